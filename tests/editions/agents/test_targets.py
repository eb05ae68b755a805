"""What every target promises: which files it writes, that none is told twice, and how large they may be."""

import re
from datetime import date
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import ROOT, modest
from vulgate.editions.agents.base import AgentFile, Guidance, Guide, Layout, Scope
from vulgate.editions.agents.targets import TARGETS, Target
from vulgate.editions.agents.targets.folders import MOST, folders_of
from vulgate.editions.agents.targets.page import reference
from vulgate.store.atomic import HEAD, MARK

PYTHON = Scope("core", "Python", ("**/*.py", "**/*.pyi"))
TESTS = Scope("tests", "Tests", ("**/tests/**", "**/test_*.py"), "write, change or review tests")
API = Scope("api", "`src/api/**`", ("src/api/**",), "write or review src/api/**")
ASYNC = Scope("async", "Asynchronous code", (), "write or review `async def`")
FOLDERS = ("src", "src/api", "src/api/tests", "src/api/tests/tests", "tests", "tests/unit")
SHARED = {
    "AGENTS.md",
    "CLAUDE.md",
    "GEMINI.md",
    ".github/copilot-instructions.md",
    ".junie/guidelines.md",
    ".rules",
    "CONVENTIONS.md",
}

each_target = pytest.mark.parametrize("target", TARGETS.values(), ids=list(TARGETS))


def guide(scope: Scope) -> Guide:
    return Guide(scope, f"# {scope.title}\n\n- **Rule of {scope.name}.** Keep it.\n", (f"a/{scope.name}",), 12)


GUIDANCE = Guidance("python", "How we write Python", guide(PYTHON), (guide(TESTS), guide(API), guide(ASYNC)))


def layout(*chosen: str, folders: tuple[str, ...] = FOLDERS, files: tuple[str, ...] = ()) -> Layout:
    return Layout(folders, chosen, files)


def paths(name: str, *others: str, files: tuple[str, ...] = ()) -> list[str]:
    return [file.path for file in TARGETS[name].files(GUIDANCE, layout(name, *others, files=files))]


def none(text: str) -> int:
    return 0


# ------------------------------------------------------------------------------------------------ data


def test_the_names_are_the_ones_that_users_type() -> None:
    names = "agents-md claude cursor copilot devin windsurf cline gemini junie zed aider"
    assert list(TARGETS) == names.split()
    assert [target.name for target in TARGETS.values()] == list(TARGETS)


@each_target
def test_a_target_says_where_it_is_documented_and_when_that_was_read(target: Target) -> None:
    assert target.url.startswith("https://")
    assert date(2026, 1, 1) < date.fromisoformat(target.checked) < date(2027, 1, 1)
    assert target.evidence
    assert target.laws
    assert bool(target.schema) == (target.by_globs or target.by_description)


def test_the_page_of_the_targets_says_what_they_are() -> None:
    assert (ROOT / "docs" / "agent-targets.md").read_text(encoding="utf-8") == reference(), "run docs/generate.py"


# ------------------------------------------------------------------------------------------------ files


@each_target
@pytest.mark.parametrize("others", [(), ("agents-md",), tuple(TARGETS)], ids=["alone", "with agents-md", "with all"])
def test_only_paths_that_the_agent_reads_are_written(target: Target, others: tuple[str, ...]) -> None:
    files = target.files(GUIDANCE, layout(target.name, *others))
    assert len({file.path for file in files}) == len(files)
    for file in files:
        assert target.read(file.path, file.text).when != "never", file.path
        assert file.shared == (file.path in SHARED or PurePosixPath(file.path).name == "AGENTS.md")
        assert file.text.endswith("\n")
        assert (MARK in file.text.encode()[:HEAD]) != file.shared


@each_target
def test_alone_every_guide_is_written(target: Target) -> None:
    files = target.files(GUIDANCE, layout(target.name))
    assert {name for file in files for name in file.guides} == {"core", "tests", "api", "async"}
    for each in (GUIDANCE.core, *GUIDANCE.scoped):
        assert any(each.text in file.text for file in files)


@each_target
def test_a_core_stands_with_nothing_that_the_agent_can_load_apart(target: Target) -> None:
    apart = {each.scope.name for each in GUIDANCE.scoped if target.delivers(each.scope, layout(target.name))}
    (core,) = [file for file in target.files(GUIDANCE, layout(target.name)) if "core" in file.guides]
    assert not apart & set(core.guides)


@each_target
def test_two_books_live_side_by_side(target: Target) -> None:
    other = Guidance("rust", "How we write Rust", guide(PYTHON), GUIDANCE.scoped)
    here, there = (target.files(each, layout(target.name)) for each in (GUIDANCE, other))
    assert not {file.path for file in here if not file.shared} & {file.path for file in there}


@each_target
def test_a_book_without_scoped_guides_is_written(target: Target) -> None:
    files = target.files(Guidance("python", "Python", guide(PYTHON)), layout(target.name))
    assert [file.guides for file in files] == [("core",)]


@each_target
def test_what_always_matters_is_no_matter_of_choice(target: Target) -> None:
    core = guide(Scope("core", "Anything", (), "write anything"))
    (file,) = target.files(Guidance("book", "Book", core), layout(target.name))
    assert target.read(file.path, file.text).when == "always"


def test_which_guides_an_agent_can_load_apart() -> None:
    here = layout()
    told = {name: [target.delivers(scope, here) for scope in (TESTS, API, ASYNC)] for name, target in TARGETS.items()}
    for name in ("cursor", "copilot", "devin", "windsurf"):
        assert told.pop(name) == [True, True, True]
    for name in ("agents-md", "claude", "cline"):
        assert told.pop(name) == [True, True, False]
    assert told == {name: [False, False, False] for name in ("gemini", "junie", "zed", "aider")}
    assert not TARGETS["agents-md"].delivers(TESTS, layout(folders=("src",)))


@each_target
def test_globs_that_hold_nothing_deliver_nothing(target: Target) -> None:
    blank = Scope("blank", "Blank", ("", " \n", "/"), "\u200b \n")
    assert not target.delivers(blank, layout())
    files = target.files(Guidance("python", "P", guide(PYTHON), (guide(blank),)), layout(target.name))
    (reading,) = [target.read(file.path, file.text) for file in files if "blank" in file.guides]
    assert reading.when == "always"


# ------------------------------------------------------------------------------------------------ no doubling


def test_agents_md_stands_in_the_root_and_in_the_topmost_folders_that_globs_mean() -> None:
    files = {file.path: file.guides for file in TARGETS["agents-md"].files(GUIDANCE, layout("agents-md"))}
    assert files == {
        "AGENTS.md": ("core", "async"),
        "src/api/tests/AGENTS.md": ("tests",),
        "tests/AGENTS.md": ("tests",),
        "src/api/AGENTS.md": ("api",),
    }


def test_guides_for_one_folder_stand_in_one_file() -> None:
    both = Guidance("b", "B", guide(PYTHON), (guide(TESTS), guide(Scope("unit", "Unit", ("tests/*.py",)))))
    (_, nested) = TARGETS["agents-md"].files(both, layout("agents-md", folders=("tests",), files=("tests/a.py",)))
    assert nested.guides == ("tests", "unit")
    assert nested.text.count("\n# ") == 1


def test_what_agents_md_says_is_said_once() -> None:
    assert paths("cursor", "agents-md") == [".cursor/rules/python-async.mdc"]
    assert paths("devin", "agents-md") == [".devin/rules/python-async.md"]
    assert paths("copilot", "agents-md") == [
        f".github/instructions/python-{scope}.instructions.md" for scope in ("tests", "api", "async")
    ]
    assert paths("cline", "agents-md") == [f".clinerules/python-{scope}.md" for scope in ("tests", "api", "async")]
    for name in ("junie", "zed", "aider"):
        assert paths(name, "agents-md") == []


@pytest.mark.parametrize(("name", "path", "line"), [("claude", "CLAUDE.md", "@"), ("gemini", "GEMINI.md", "@./")])
def test_agents_that_do_not_look_for_agents_md_import_it(name: str, path: str, line: str) -> None:
    stub, *rest = TARGETS[name].files(GUIDANCE, layout(name, "agents-md"))
    assert stub == AgentFile(path, f"{line}AGENTS.md\n", shared=True)
    assert all("core" not in file.guides for file in rest)


def test_claude_alone_leaves_the_users_claude_md_alone() -> None:
    assert paths("claude", files=("CLAUDE.md",)) == [
        ".claude/rules/python.md",
        *(f".claude/rules/python-{scope}.md" for scope in ("tests", "api", "async")),
    ]


def test_the_old_folder_is_only_written_for_those_who_have_not_moved() -> None:
    assert paths("windsurf")[0] == ".windsurf/rules/python.md"
    assert paths("windsurf", "devin") == []


# ------------------------------------------------------------------------------------------------ the first of several


@pytest.mark.parametrize(
    ("name", "others", "there", "written"),
    [
        ("zed", (), (), [".rules"]),
        ("zed", (), ("CLAUDE.md",), ["CLAUDE.md"]),
        ("zed", (), ("CLAUDE.md", ".cursorrules"), [".cursorrules"]),
        ("zed", ("copilot",), (), []),
        ("zed", ("copilot",), (".rules",), [".rules"]),
        ("zed", ("gemini",), (), []),
        ("junie", (), (), [".junie/guidelines.md"]),
        ("junie", (), ("AGENTS.md",), ["AGENTS.md"]),
        ("junie", (), (".junie/AGENTS.md", "AGENTS.md"), [".junie/AGENTS.md"]),
    ],
)
def test_the_file_that_an_agent_reads_now_is_not_hidden(
    name: str, others: tuple[str, ...], there: tuple[str, ...], written: list[str]
) -> None:
    assert paths(name, *others, files=there) == written
    assert TARGETS[name].notes(layout(name, *others, files=there)) == []


def test_a_file_that_hides_agents_md_is_noted() -> None:
    here = layout("zed", "agents-md", files=(".cursorrules", "AGENTS.md"))
    assert TARGETS["zed"].notes(here) == [
        "Zed reads `.cursorrules` and so not `AGENTS.md`: move what `.cursorrules` says there, and delete it."
    ]


def test_a_file_that_agents_md_hides_is_noted_once() -> None:
    zed = TARGETS["zed"]
    assert "read `CLAUDE.md` until now" in zed.notes(layout("zed", "agents-md", files=("CLAUDE.md",)))[0]
    assert zed.notes(layout("zed", "agents-md", files=("AGENTS.md", "CLAUDE.md"))) == []


def test_notes_say_what_the_user_has_to_do() -> None:
    assert "`read: CONVENTIONS.md`" in TARGETS["aider"].notes(layout("aider"))[0]
    assert "`read: AGENTS.md`" in TARGETS["aider"].notes(layout("aider", "agents-md"))[0]
    assert "`Guidelines path` to `AGENTS.md`" in TARGETS["junie"].notes(layout("junie", "agents-md"))[0]
    assert "chat.instructionsFilesLocations" in TARGETS["copilot"].notes(layout("copilot", "claude"))[0]
    assert TARGETS["copilot"].notes(layout("copilot")) == []


# ------------------------------------------------------------------------------------------------ folders


@pytest.mark.parametrize(
    ("glob", "found"),
    [
        ("**/tests/**", ["src/api/tests", "tests"]),
        ("tests/**", ["tests"]),
        ("src/api/**/*.py", ["src/api"]),
        ("./src/api/*.py", ["src/api"]),
        ("src/**/tests/**", ["src/api/tests"]),
        ("src/*/tests/*", ["src/api/tests"]),
        ("**/{api,unit}/**", ["src/api", "tests/unit"]),
        ("**/t?sts/**", ["src/api/tests", "tests"]),
        ("**/*.py", []),
        ("**/test_*.py", []),
        ("**/*/**", []),
        ("src/api/views.py", []),
        ("**/Tests/**", []),
        ("docs/**", []),
        ("src/**/src/**", []),
        ("", []),
        ("**", []),
        ("**/{tests/**", []),
    ],
)
def test_the_folders_that_a_glob_means(glob: str, found: list[str]) -> None:
    files = ("src/api/views.py", "src/api/tests/test_views.py", "tests/unit/test_a.py")
    assert list(folders_of(Scope("s", "S", (glob,)), layout(files=files))) == found


WEB = Scope("web", "Web code", ("**/api/**/*.py", "**/views.py"), "write web code")


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (("src/api/users.py",), ["src/api"]),
        (("src/api/v1/users.py", "src/views.py"), ["src/api"]),
        (("src/api/users.ts",), []),  # the folder of another language
        (("src/api/a.ts", "docs/api/b.md"), []),
        (("src/api/users.py", "src/views.py", "shop/views.py"), []),  # most are somewhere else
        ((), []),
    ],
)
def test_a_folder_counts_by_the_files_that_it_holds(files: tuple[str, ...], found: list[str]) -> None:
    folders = ("docs", "docs/api", "shop", "src", "src/api", "src/api/v1")
    assert list(folders_of(WEB, layout(folders=folders, files=files))) == found


def test_a_guide_is_not_copied_into_more_folders_than_a_person_would() -> None:
    many = tuple(f"packages/p{number:02}/tests" for number in range(MOST + 1))
    assert folders_of(TESTS, layout(folders=many)) == ()
    assert len(folders_of(TESTS, layout(folders=many[1:]))) == MOST


segments = st.sampled_from(["**", "*", "tests", "src", "a*", "?", "{a,b}", "[ab]", "", "{", "}", "é"])
anything = st.one_of(st.text(max_size=30), st.lists(segments, max_size=8).map("/".join))


@modest(300)
@given(st.lists(anything, max_size=4), st.lists(st.from_regex(r"[a-cs]{1,3}(/[a-cs]{1,3}){0,3}", fullmatch=True)))
def test_any_globs_give_folders_that_are_there_and_in_no_other(globs: list[str], folders: list[str]) -> None:
    found = folders_of(Scope("s", "S", tuple(globs)), layout(folders=tuple(folders)))
    assert set(found) <= set(folders)
    assert not any(one.startswith(f"{other}/") for one in found for other in found)


# ------------------------------------------------------------------------------------------------ sizes


def text_of(lines: int, width: int = 9) -> str:
    return ("x" * width + "\n") * lines


def codes(target: str, *files: AgentFile, count: object = None) -> list[str]:
    return [item.code for item in TARGETS[target].faults(files, count or none)]  # type: ignore[arg-type]


def test_a_rule_of_devin_has_twelve_thousand_characters() -> None:
    assert codes("devin", AgentFile(".devin/rules/a.md", text_of(1200))) == []
    assert codes("devin", AgentFile(".devin/rules/a.md", text_of(1200, 9) + "x")) == ["VG605"]
    (fault,) = TARGETS["devin"].faults([AgentFile(".devin/rules/a.md", "é" * 12_345)], none)
    assert fault.message == "`.devin/rules/a.md` has 12,345 characters, and Devin reads 12,000"


def test_codex_counts_every_agents_md_from_the_root_down() -> None:
    root, nested = AgentFile("AGENTS.md", text_of(2000)), AgentFile("a/b/AGENTS.md", text_of(1000))
    beside = AgentFile("c/AGENTS.md", text_of(1400))
    assert codes("agents-md", root, nested) == []
    (fault,) = TARGETS["agents-md"].faults([root, nested, beside], none)
    assert fault.message == "`c/AGENTS.md` has 34,000 bytes with those above it, and Codex reads 32,768", (
        "those beside it do not count"
    )


@pytest.mark.parametrize(
    ("name", "path", "lines"), [("cursor", ".cursor/rules/a/b.mdc", 500), ("claude", "CLAUDE.md", 200)]
)
def test_lines_are_advised(name: str, path: str, lines: int) -> None:
    assert codes(name, AgentFile(path, text_of(lines, 1))) == []
    assert codes(name, AgentFile(path, text_of(lines + 1, 1))) == ["VG606"]


def test_copilot_must_find_what_matters_in_the_first_characters() -> None:
    path, ours = ".github/copilot-instructions.md", f"<!-- vulgate:begin python -->\n{text_of(900)}"
    assert codes("copilot", AgentFile(path, text_of(900))) == []
    assert codes("copilot", AgentFile(path, text_of(200) + ours)) == []
    assert codes("copilot", AgentFile(path, text_of(201) + ours)) == ["VG606"]


@each_target
def test_tokens_are_counted_by_whoever_asks(target: Target) -> None:
    files = [file for file in target.files(GUIDANCE, layout(target.name)) if "core" in file.guides]
    most = max(law.warn_tokens for law in target.laws.values())
    assert target.faults(files, lambda text: 1) == []
    (fault,) = target.faults(files, lambda text: most + 1)
    assert re.search(rf"has {most + 1:,} tokens, and [\d,]+ are advised", fault.message)
