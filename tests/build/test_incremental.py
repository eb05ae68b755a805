"""What is compiled again after an edit, in the style of mypy's edit scripts. A warm build gives the same bytes as a cold one."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import vulgate
from tests.build.books import RULE, Files, build, codes, tree, write


def manifest(*chapters: str, title: str = "Book", rest: str = "") -> str:
    listed = ", ".join(f'"{chapter}"' for chapter in chapters)
    return f'[book]\ntitle = "{title}"\n\n[[parts]]\ntitle = "Part"\nchapters = [{listed}]\n{rest}'


ONE: Final = "---\ntags: [a]\n---\n# One\n\nFirst, see [[c/last]] and Chapter 2.\n\n![a picture](picture.svg)\n"
TWO: Final = f"# Two\n\n## Rules\n{RULE}\n:::{{term}} Word\nA word.\n:::\n"
THREE: Final = (
    "# Three\n\n## Last\n\nSee [two](b.md#rules).\n\n```python\nimport os\nx = 1\n```\n\n```python\nprint(x)\n```\n"
)
BASE: Final[Files] = {
    "vulgate.toml": manifest("a.md", "b.md", "c.md"),
    "a.md": ONE,
    "b.md": TWO,
    "c.md": THREE,
    "picture.svg": "<svg/>",
}


class Case(NamedTuple):
    """An edit, and what the next build has to do."""

    name: str
    edit: Files
    recompiled: set[str]
    up_to_date: bool = False
    errors: Sequence[str] = ()
    options: Mapping[str, object] = MappingProxyType({})


def moved(path: str, text: str) -> str:
    return text.replace("b.md", path)


CASES: Final = [
    Case("nothing", {}, set(), up_to_date=True),
    Case("the same text again", {"a.md": ONE, "vulgate.toml": BASE["vulgate.toml"]}, set(), up_to_date=True),
    Case("a space at a line's end", {"a.md": ONE.replace("picture](", "picture ](")}, {"a.md"}),
    Case("a newline at the end", {"a.md": ONE + "\n"}, {"a.md"}),
    Case("no newline at the end", {"a.md": ONE.rstrip()}, {"a.md"}),
    Case("other line ends", {"b.md": TWO.replace("\n", "\r\n")}, {"b.md"}),
    Case("one chapter", {"c.md": THREE + "\nMore.\n"}, {"c.md"}),
    Case("two chapters", {"a.md": ONE + "\nMore.\n", "c.md": THREE + "\nMore.\n"}, {"a.md", "c.md"}),
    Case(
        "an id that others refer to", {"c.md": THREE.replace("## Last", "## Last {#end}")}, {"c.md"}, errors=["VG403"]
    ),
    Case(
        "an id that others refer to by its old name",
        {"c.md": THREE.replace("## Last\n", ":::{note} End\n:id: end\n:formerly: last\n\nText.\n:::\n")},
        {"c.md"},
    ),
    Case("a title that others show", {"c.md": THREE.replace("## Last", "## The end {#last}")}, {"c.md"}),
    Case("front matter", {"a.md": ONE.replace("tags: [a]", "tags: [b]")}, {"a.md"}),
    Case("the order of chapters", {"vulgate.toml": manifest("c.md", "b.md", "a.md")}, set()),
    Case(
        "a new chapter",
        {"vulgate.toml": manifest("a.md", "b.md", "c.md", "d.md"), "d.md": "# Four\n\nText.\n"},
        {"d.md"},
    ),
    Case(
        "a new chapter in front",
        {"vulgate.toml": manifest("d.md", "a.md", "b.md", "c.md"), "d.md": "# D\n\nT.\n"},
        {"d.md"},
    ),
    Case("a removed chapter", {"vulgate.toml": manifest("b.md", "c.md"), "a.md": None}, set()),
    Case(
        "a removed chapter that others link to",
        {"vulgate.toml": manifest("a.md", "c.md"), "b.md": None},
        set(),
        errors=["VG402"],
    ),
    Case(
        "a renamed chapter",
        {
            "vulgate.toml": manifest("a.md", "new.md", "c.md"),
            "b.md": None,
            "new.md": TWO,
            "c.md": moved("new.md", THREE),
        },
        {"new.md", "c.md"},
    ),
    Case(
        "a chapter in another folder",
        {"vulgate.toml": manifest("x/a.md", "b.md", "c.md"), "a.md": None, "x/a.md": ONE, "x/picture.svg": "<svg/>"},
        {"x/a.md"},
    ),
    Case("the book's title", {"vulgate.toml": manifest("a.md", "b.md", "c.md", title="Other")}, set()),
    Case("a comment in the manifest", {"vulgate.toml": manifest("a.md", "b.md", "c.md", rest="# nothing\n")}, set()),
    Case(
        "an option of an edition",
        {"vulgate.toml": manifest("a.md", "b.md", "c.md", rest="[editions.agents]\nbudget = 3000\n")},
        set(),
    ),
    Case(
        "a learning path",
        {"vulgate.toml": manifest("a.md", "b.md", "c.md", rest='[[paths]]\ntitle = "P"\nchapters = ["a", "c"]\n')},
        set(),
    ),
    Case("fewer editions", {}, set(), options={"editions": ["ssm"]}),
    Case("a linked file disappears", {"picture.svg": None}, set(), errors=["VG407"]),
    Case("a linked file changes", {"picture.svg": "<svg></svg>"}, set(), up_to_date=True),
    Case("a file nobody links to", {"other.svg": "<svg/>", "notes.txt": "x"}, set(), up_to_date=True),
    Case("an unlisted chapter", {"extra.md": "# Extra\n"}, set()),
    Case("an error", {"a.md": ONE + "[[nowhere]]\n"}, {"a.md"}, errors=["VG403"]),
]


def cold_build(folder: Path, **options: object) -> tuple[vulgate.BuildResult, dict[str, bytes]]:
    """Builds the sources of a book elsewhere, where no cache is."""
    sources = {path: data for path, data in tree(folder).items() if not path.startswith((".vulgate/", "dist/"))}
    cold = write(folder.parent / f"cold-{len(list(folder.parent.iterdir()))}" / folder.name, sources)
    return build(cold, **options), tree(cold / "dist")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_an_edit(case: Case, tmp_path: Path) -> None:
    book = write(tmp_path / "book", BASE)
    first = build(book)
    assert first.diagnostics == ()
    before = tree(book / "dist")
    assert len(before) == 3
    write(book, case.edit)
    warm = build(book, **case.options)
    cold, expected = cold_build(book, **case.options)
    assert set(warm.recompiled) == case.recompiled
    assert warm.up_to_date == case.up_to_date
    assert [item.code for item in warm.diagnostics if item.severity is vulgate.Severity.ERROR] == list(case.errors)
    assert (warm.diagnostics, warm.summary) == (cold.diagnostics, cold.summary)
    if case.errors:
        assert tree(book / "dist") == before
    elif case.options:  # editions that were not asked for stay as they are
        assert tree(book / "dist") == {**before, **expected}
        assert warm.removed == ()
    else:
        assert tree(book / "dist") == expected
        assert set(warm.written) == {path for path, data in expected.items() if before.get(path) != data}
        assert set(warm.removed) == before.keys() - expected.keys()
    assert build(book, **case.options).recompiled == ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_an_edit_and_back(case: Case, tmp_path: Path) -> None:
    book = write(tmp_path / "book", BASE)
    build(book)
    before = tree(book / "dist")
    write(book, case.edit)
    build(book, **case.options)
    for path in [path for path in tree(book) if not path.startswith((".vulgate/", "dist/")) and path not in BASE]:
        (book / path).unlink()
    write(book, BASE)
    assert build(book).diagnostics == ()
    assert tree(book / "dist") == before


def test_modification_times_decide_nothing(tmp_path: Path) -> None:
    book = write(tmp_path, BASE)
    build(book)
    for place in book.glob("*.*"):
        os.utime(place, (1, 1))
    assert build(book).up_to_date
    stamp = (book / "a.md").stat()
    write(book, {"a.md": ONE.replace("First", "Forst")})
    os.utime(book / "a.md", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert build(book).recompiled == ("a.md",)


def test_a_linked_file_appears(tmp_path: Path) -> None:
    book = write(tmp_path / "book", BASE)
    write(book, {"picture.svg": None})
    assert codes(build(book).diagnostics) == ["VG407"]
    write(book, {"picture.svg": "<svg/>"})
    warm = build(book)
    assert (warm.diagnostics, warm.recompiled) == ((), ())
    assert tree(book / "dist") == cold_build(book)[1]


def test_a_missing_file_of_a_lenient_book_appears(tmp_path: Path) -> None:
    book = write(tmp_path / "book", {"a.md": ONE.replace("see [[c/last]] and Chapter 2", "")})
    assert codes(build(book).diagnostics) == ["VG407"]
    assert build(book).up_to_date
    write(book, {"picture.svg": "<svg/>"})
    warm = build(book)
    assert (warm.diagnostics, warm.recompiled, warm.up_to_date) == ((), (), False)
    assert tree(book / "dist") == cold_build(book)[1]
    write(book, {"picture.svg": None})
    assert codes(build(book).diagnostics) == ["VG407"]


def test_a_manifest_makes_a_lenient_book_strict(tmp_path: Path) -> None:
    book = write(tmp_path / "book", {"a.md": "# A\n\n[[nowhere]]\n"})
    assert not build(book).has_errors
    write(book, {"vulgate.toml": manifest("a.md")})
    strict = build(book)
    assert strict.has_errors
    assert strict.recompiled == ("a.md",)


def test_another_compiler_compiles_everything_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = write(tmp_path, BASE)
    build(book)
    with monkeypatch.context() as patch:
        for module in ("vulgate.build", "vulgate.store.cache"):
            patch.setattr(f"{module}.compiler_digest", lambda: "another")
        result = build(book)
        assert result.recompiled == ("a.md", "b.md", "c.md")
        assert (result.written, result.up_to_date) == ((), False)
        assert build(book).up_to_date
    assert build(book).recompiled == ("a.md", "b.md", "c.md")


def test_another_folder_is_another_build(tmp_path: Path) -> None:
    book = write(tmp_path / "book", BASE)
    build(book)
    other = build(book, out=tmp_path / "other")
    assert (other.recompiled, other.up_to_date) == ((), False)
    assert tree(tmp_path / "other") == tree(book / "dist")


def test_a_moved_book_keeps_its_cache(tmp_path: Path) -> None:
    book = write(tmp_path / "book", BASE)
    build(book)
    moved_book = book.rename(tmp_path / "moved")
    result = build(moved_book)
    assert (result.recompiled, result.written) == ((), ())


def test_commands_that_only_look_use_the_cache_and_leave_the_build_alone(tmp_path: Path) -> None:
    from tests.build.books import run

    book = write(tmp_path / "book", BASE)
    assert run("outline", str(book)).exit_code == 0
    assert build(book).recompiled == ()
    before = tree(book)
    for arguments in (["outline"], ["stats"], ["show"]):
        run(*arguments, str(book), *(["a"] if arguments == ["show"] else []))
    assert tree(book) == before


EDITS: Final[list[Callable[[str], str]]] = [
    lambda text: text + "\nMore text.\n",
    lambda text: text.replace("\n\n", "\n\n\n", 1),
    lambda text: text.replace("Word", "Words"),
    lambda text: text.replace("print(x)", "print(x, os)"),
    lambda text: "",
    lambda text: text.replace(":::\n", ""),
    lambda text: text.replace("[[c/last]]", "[[c/last|end]]"),
]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["a.md", "b.md", "c.md"]), st.sampled_from(range(len(EDITS)))), min_size=1, max_size=5
    )
)
def test_any_edits_in_a_row(steps: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory) -> None:
    book = write(tmp_path_factory.mktemp("edits") / "book", BASE)
    build(book)
    for path, index in steps:
        text = (book / path).read_bytes().decode()
        write(book, {path: EDITS[index](text)})
        warm = build(book, keep_going=True)
        assert set(warm.recompiled) <= {path}
    cold, expected = cold_build(book, keep_going=True)
    assert warm.diagnostics == cold.diagnostics
    assert tree(book / "dist") == expected
