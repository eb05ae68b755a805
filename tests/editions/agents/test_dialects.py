"""Each agent reads what is written for it as it was meant; and what else may stand in its files by its own rules."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, convert

from tests.editions.agents.test_targets import GUIDANCE, each_target, layout
from tests.support import modest
from vulgate.editions.agents.base import Guidance, Guide, Layout, Scope
from vulgate.editions.agents.targets import TARGETS, Reading, Target
from vulgate.editions.agents.targets.globs import clean, expanded, split_commas, without_commas
from vulgate.editions.agents.targets.matter import MARK_LINE
from vulgate.editions.agents.targets.writing import description_of
from vulgate.store.atomic import HEAD, MARK

GOLDEN: Final = Path(__file__).parent / "golden"
DIALECTS: Final = [target for target in TARGETS.values() if target.schema]
COMMAS: Final = ("cursor", "copilot")
DESCRIBED: Final = ("cursor", "copilot", "devin", "windsurf")
each_dialect = pytest.mark.parametrize("target", DIALECTS, ids=lambda target: target.name)


# ------------------------------------------------------------------------------------------------ there and back

WORDS: Final = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            'say "no": never # a comment',
            "it's 100 % [sure] {really}",
            "- list",
            "? key",
            "&anchor *alias !tag",
            "a\n---\nb: c\n",
            "true",
            "null",
            "12:30",
            "\\n \\u0041 C:\\x",
            "日本語 é \U0001f40d",
            "\u202eevil\ufeff\x00\x85\u2028",
            "@file.md `code`",
            "",
        ]
    ),
)
PATHS: Final = st.one_of(
    st.sampled_from(["**/*.py", "src/api/**", "*.[ch]", "a b/*.py", "**/{a,b}/*.{py,pyi}", "#x/*", "'q'/*", '"q"/**']),
    st.text("abc*?/.,{}[]#:'\"\\ \né!&@`-", min_size=1, max_size=20),
)


@each_dialect
@modest(150)
@given(title=WORDS, about=WORDS, book=WORDS, globs=st.lists(PATHS, max_size=5), body=WORDS)
def test_what_is_written_is_read_as_it_was_meant(
    target: Target, title: str, about: str, book: str, globs: list[str], body: str
) -> None:
    scope = Scope("part", title, tuple(globs), about)
    part = Guide(scope, f"# Part\n\n{body.encode('utf-8', 'replace').decode()}\n".replace("\r", ""), (), 1)
    guidance = Guidance("book", book, GUIDANCE.core, (part,))
    here = Layout((), (target.name,))
    (file,) = [file for file in target.files(guidance, here) if "part" in file.guides]
    reading = target.read(file.path, file.text)
    assert reading.problem == ""
    assert reading.body == part.text
    if target.name in DESCRIBED:
        assert reading.description == description_of(guidance, part)
    wanted = without_commas(scope.globs) if target.name in COMMAS else clean(scope.globs)
    if target.name == "copilot" and "**" in wanted:
        assert reading.when == "always"
    elif wanted:
        assert (reading.when, reading.globs) == ("globs", wanted)
    else:
        assert reading.when == ("description" if target.delivers(scope, here) else "always")
    assert MARK in file.text.encode("utf-8", "replace")[:HEAD]


@each_dialect
def test_the_mark_is_found_below_long_front_matter(target: Target) -> None:
    globs = tuple(f"packages/package-number-{number}/**/*.py" for number in range(60))
    long = Guide(Scope("long", "Long", globs, "write any of them"), "# Long\n", (), 1)
    files = target.files(Guidance("book", "Book", GUIDANCE.core, (long,)), layout(target.name))
    (file,) = [file for file in files if "long" in file.guides]
    assert MARK in file.text.encode()[:HEAD]
    assert target.read(file.path, file.text).globs == globs
    assert target.read(file.path, file.text).body == long.text


@each_dialect
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_change_nothing(target: Target, end: str) -> None:
    for file in target.files(GUIDANCE, layout(target.name)):
        if not file.shared:
            assert target.read(file.path, file.text.replace("\n", end)) == target.read(file.path, file.text)


@each_dialect
def test_the_front_matter_has_the_keys_of_its_schema_and_their_types(target: Target) -> None:
    schema = target.schema
    assert schema
    strict = type("Strict", (schema,), {}, forbid_unknown_fields=True)
    seen = [convert(matter, strict) for matter in matters(target)]
    assert all(isinstance(one, Struct) for one in seen)
    assert len(seen) >= 2


def matters(target: Target) -> Iterator[dict[str, object]]:
    for file in target.files(GUIDANCE, layout(target.name)):
        if file.text.startswith("---\n"):
            lines = file.text.split("---\n")[1].splitlines()
            # What Cursor takes for globs is an alias in YAML.
            yield yaml.safe_load(
                "\n".join(f"{line[:7]}'{line[7:]}'" if line.startswith("globs: *") else line for line in lines)
            )


@pytest.mark.parametrize(
    ("glob", "written"),
    [("**/*.py", "**/*.py"), ("#x/*", '"#x/*"'), ("[ab]/*", '"[ab]/*"'), ("a #/*", '"a #/*"'), ("*.{c,h}", "*.c,*.h")],
)
def test_cursors_globs_are_quoted_only_where_they_would_be_something_else(glob: str, written: str) -> None:
    part = Guide(Scope("part", "Part", (glob,)), "# Part\n", (), 1)
    files = TARGETS["cursor"].files(Guidance("book", "Book", GUIDANCE.core, (part,)), layout("cursor"))
    assert f"\nglobs: {written}\n" in files[1].text


@each_target
def test_files_are_what_they_were(target: Target) -> None:
    files = target.files(GUIDANCE, layout(target.name))
    text = "".join(f"==== {file.path}{' (shared)' if file.shared else ''}\n{file.text}" for file in files)
    assert text == (GOLDEN / f"{target.name}.txt").read_text(encoding="utf-8")


# ------------------------------------------------------------------------------------------------ the agents' own rules

CASES: Final = {
    "cursor": (
        ("description: d\nglobs: **/*.py\nalwaysApply: true", Reading("always", (), "d")),
        ("globs: src/**/*.py, *.pyi", Reading("globs", ("src/**/*.py", "*.pyi"))),
        ("globs: **/*.{py,pyi}", Reading("globs", ("**/*.{py,pyi}",))),
        ("globs:\n  - '*.py'", Reading("globs", ("*.py",))),
        ("description: d\nglobs:\nalwaysApply: false", Reading("description", (), "d")),
        ("globs:\nalwaysApply: false", Reading("never")),
        ("", Reading("never")),
    ),
    "claude": (
        ("paths:\n  - 'a/*'\n  - b", Reading("globs", ("a/*", "b"))),
        ("paths: a/{x,y}, b", Reading("globs", ("a/{x,y}", "b"))),
        ("paths: []", Reading("always")),
        ("globs: a/*\nalwaysApply: false", Reading("always")),
        ("", Reading("always")),
    ),
    "cline": (
        ("paths:\n  - a/*", Reading("globs", ("a/*",))),
        ("paths: []", Reading("never")),
        ("description: d", Reading("always")),
        ("", Reading("always")),
    ),
    "devin": (
        ("trigger: always_on\nglobs: [a]", Reading("always")),
        ("trigger: glob\nglobs: [a, b]", Reading("globs", ("a", "b"))),
        ("trigger: model_decision\ndescription: d", Reading("description", (), "d")),
        ("trigger: manual\ndescription: d", Reading("never", (), "d")),
        ("globs: [a]\ndescription: d", Reading("globs", ("a",), "d")),
        ("description: d", Reading("description", (), "d")),
        ("", Reading("never")),
    ),
    "copilot": (
        ("applyTo: '**/*.ts,**/*.tsx'", Reading("globs", ("**/*.ts", "**/*.tsx"))),
        ("applyTo: '**'", Reading("always")),
        ("description: d\nexcludeAgent: code-review", Reading("description", (), "d")),
        ("name: n", Reading("never")),
    ),
}
PLACES: Final = {
    "cursor": ".cursor/rules/a/b.mdc",
    "claude": ".claude/rules/a/b.md",
    "cline": ".clinerules/b.md",
    "devin": ".devin/rules/b.md",
    "copilot": ".github/instructions/a/b.instructions.md",
}


@pytest.mark.parametrize(
    ("name", "matter", "wanted"), [(name, *case) for name, cases in CASES.items() for case in cases]
)
def test_front_matter_means_what_the_agent_says_it_means(name: str, matter: str, wanted: Reading) -> None:
    reading = TARGETS[name].read(PLACES[name], f"---\n{matter}\n---\nBody.\n")
    assert (reading.when, reading.globs, reading.description) == (wanted.when, wanted.globs, wanted.description)
    assert reading.body == "Body.\n"
    assert reading.problem == ""


@pytest.mark.parametrize(
    ("name", "matter", "when"),
    [
        ("cursor", 'alwaysApply: "true"', "never"),
        ("cursor", 'description: d\nalwaysApply: "true"', "description"),
        ("cursor", "description: [a", "never"),
        ("claude", "paths: [a", "always"),
        ("claude", "paths:\n  a: b", "always"),
        ("cline", "paths: a/*", "always"),
        ("cline", "paths: *a", "always"),
        ("devin", "trigger: glob", "never"),
        ("devin", "trigger: sometimes", "never"),
        ("devin", "globs: '*.py'", "never"),
        ("copilot", "applyTo: [a]", "never"),
        ("copilot", "- a\n- b", "never"),
    ],
)
def test_front_matter_that_fails_says_so(name: str, matter: str, when: str) -> None:
    reading = TARGETS[name].read(PLACES[name], f"---\n{matter}\n---\nBody.\n")
    assert (reading.when, bool(reading.problem)) == (when, True)


def test_front_matter_that_cline_cannot_parse_stays_in_the_text() -> None:
    text = "---\npaths: [a\n---\nBody.\n"
    assert TARGETS["cline"].read(".clinerules/b.md", text).body == text


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("cursor", ".cursor/rules/b.md"),
        ("claude", ".claude/rules/b.txt"),
        ("copilot", ".github/instructions/b.md"),
        ("devin", ".windsurf/rules/b.md"),
        ("gemini", "AGENTS.md"),
        ("agents-md", "myAGENTS.md"),
        ("junie", ".junie/rules.md"),
    ],
)
def test_a_file_elsewhere_is_not_read(name: str, path: str) -> None:
    assert TARGETS[name].read(path, "Text.\n").when == "never"


@each_target
@modest(150)
@given(
    st.one_of(
        st.text(max_size=200),
        st.text(max_size=100).map(lambda text: f"---\n{text}\n---\n"),
        st.lists(
            st.sampled_from(
                ["---\n", "paths:", "globs:", "alwaysApply:", " [", "- *a", ": ", "\n", "!!python/x", "&a ", "{"]
            )
        )
        .map("".join)
        .map(lambda text: f"---\n{text}\n---\nBody"),
    )
)
def test_anything_can_be_read(target: Target, text: str) -> None:
    for path in (PLACES.get(target.name, "AGENTS.md"), ".windsurf/rules/x.md", "CLAUDE.md", ""):
        assert target.read(path, text).when in ("always", "globs", "description", "never")


@each_dialect
@pytest.mark.parametrize(
    "matter",
    [
        "[" * 10_000,
        "a: &a [x]\n" + "b: [*a, *a, *a]\n" * 900,
        "x: 2026-99-99",
        "? [a]\n: b",
        "x" * 100_000,
        "!!python/object/apply:os.system [ls]",
    ],
)
def test_hostile_front_matter_is_only_broken(target: Target, matter: str) -> None:
    path = PLACES.get(target.name, ".windsurf/rules/b.md")
    assert target.read(path, f"---\n{matter}\n---\nBody\n").when in ("always", "never")


# ------------------------------------------------------------------------------------------------ globs


@pytest.mark.parametrize(
    ("glob", "written"),
    [
        ("*.{py,pyi}", ["*.py", "*.pyi"]),
        ("{a,b}/{c,d}", ["a/c", "a/d", "b/c", "b/d"]),
        ("{a,{b,c}}/x", ["a/x", "b/x", "c/x"]),
        ("{a}", ["a"]),
        ("{a", ["{a"]),
        ("a}", ["a}"]),
    ],
)
def test_braces_are_written_out(glob: str, written: list[str]) -> None:
    assert sorted(expanded(glob)) == sorted(written)


@modest(200)
@given(st.lists(st.text("ab{},*/", max_size=40), max_size=4))
def test_a_list_with_commas_comes_back_and_stays_small(globs: list[str]) -> None:
    written = without_commas(globs)
    assert split_commas(",".join(written)) == written
    assert len(written) <= 64 * len(globs)


def test_the_mark_is_a_comment() -> None:
    assert MARK_LINE.startswith("<!-- ")
    assert MARK_LINE.endswith(" -->")
