"""`vulgate check --hook`: what a coding agent says, and what it is told of its edit."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.check.projects import Project, git, notebook
from vulgate.check.feedback import CHARACTERS, MOST
from vulgate.check.hooks import AGENTS, HookError, answer, read_event
from vulgate.check.touched import Hunk, Piece, Touched, lines_of

OLD = "def f(a=[]):\n    return a\n\n\ndef g():\n    return 1\n"
NEW = OLD + "\n\ndef h(b={}):\n    return len(b) == 0\n"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["file_path", "path", "notebook_path", "edits", "new_string", "old_string", "new_source", "patch", "content"]
)


def claude(
    path: Path | str, tool: str = "Edit", folder: Path | None = None, response: Any = None, **given: Any
) -> bytes:
    """What Claude Code writes to a hook."""
    event = {
        "session_id": "abc",
        "cwd": str(folder or Path(path).parent),
        "permission_mode": "default",
        "hook_event_name": "PostToolUse",
        "tool_name": tool,
        "tool_input": {"file_path": str(path), **given},
        "tool_response": response or {"filePath": str(path)},
    }
    return json.dumps(event).encode()


def cursor(path: Path | str, tool: str = "Write", folder: Path | None = None, **given: Any) -> bytes:
    """What Cursor writes to a hook."""
    event = {
        "conversation_id": "abc",
        "hook_event_name": "postToolUse",
        "cursor_version": "3.1.0",
        "workspace_roots": [str(folder or Path(path).parent)],
        "tool_name": tool,
        "tool_input": {"file_path": str(path), **given},
        "tool_output": "{}",
    }
    return json.dumps(event).encode()


def told(project: Project, data: bytes, *words: str, agent: str = "claude") -> str:
    """What the agent reads; nothing else is printed, and nothing goes wrong."""
    result = project.check("--hook", agent, *words, input=data)
    assert result.exit_code == 0
    assert result.stderr == ""
    if not result.stdout:
        return ""
    value = json.loads(result.stdout)
    if agent == "claude":
        assert value.pop("decision") == "block"
        return str(value.pop("reason"))
    return str(value.pop("additional_context"))


def quiet(project: Project, data: bytes, *words: str, agent: str = "claude") -> str:
    """The word for people where the agent is told nothing."""
    result = project.check("--hook", agent, *words, input=data)
    assert (result.exit_code, result.stdout) == (0, "")
    return result.stderr


# --------------------------------------------------------------------------------------------------- what is said


def test_only_the_lines_of_the_edit_are_told(project: Project) -> None:
    project.put({"a.py": NEW})
    text = told(
        project, claude(project.folder / "a.py", old_string="", new_string="def h(b={}):\n    return len(b) == 0\n")
    )
    assert [line for line in text.splitlines() if line.startswith("- ")] == [
        "- a.py:9 high: mutable default. Fix: Make it None. [mutable-default]",
        "- a.py:10 high: empty length. It fails later. [empty-length]",
    ]
    assert text.startswith("vulgate: the edited lines break rules of “Team rules”:\n")
    assert "1 older finding on other lines, not from this edit. `vulgate check a.py` lists all." in text
    assert "`vulgate explain ID`" in text


def test_cursor_reads_it_as_context(project: Project) -> None:
    project.put({"a.py": NEW})
    data = cursor(project.folder / "a.py", "StrReplace", old_string="", new_string="def h(b={}):")
    assert "a.py:9 high" in told(project, data, agent="cursor")


def test_nothing_is_said_of_a_clean_edit(project: Project) -> None:
    project.put({"a.py": NEW})
    for new in ("def g():\n    return 1\n", "return 1", ""):
        assert told(project, claude(project.folder / "a.py", old_string="x", new_string=new)) == ""


def test_the_difference_that_the_agent_tells_counts(project: Project) -> None:
    project.put({"a.py": NEW})
    patch = [
        {
            "oldStart": 4,
            "oldLines": 3,
            "newStart": 5,
            "newLines": 5,
            "lines": [" def g():", "     return 1", "+", "+", "+def h(b={}):"],
        }
    ]
    text = told(project, claude(project.folder / "a.py", "Write", response={"structuredPatch": patch}, content=NEW))
    assert "a.py:9 high" in text
    assert "a.py:10" not in text
    assert "2 older findings" in text


def test_a_new_file_is_told_whole(project: Project) -> None:
    project.put({"a.py": NEW})
    text = told(
        project,
        claude(project.folder / "a.py", "Write", content=NEW, response={"type": "create", "structuredPatch": []}),
    )
    assert [f"a.py:{line} " in text for line in (1, 9, 10)] == [True] * 3


def test_of_a_file_that_was_written_anew_what_git_does_not_know_is_told(project: Project) -> None:
    project.put({"a.py": OLD})
    git(project.folder, "init", "-q")
    git(project.folder, "add", ".")
    git(project.folder, "commit", "-qm", "x")
    project.put({"a.py": NEW, "b.py": NEW})
    text = told(project, cursor(project.folder / "a.py", content=NEW), agent="cursor")
    assert [f"a.py:{line} " in text for line in (1, 9, 10)] == [False, True, True]
    assert "a.py:1 " in told(project, cursor(project.folder / "a.py", content=NEW), agent="cursor") or "1 older" in text
    assert "b.py:1 " in told(project, cursor(project.folder / "b.py", content=NEW), agent="cursor"), (
        "Git does not know it"
    )
    project.put({"a.py": OLD})
    assert told(project, cursor(project.folder / "a.py", content=OLD), agent="cursor") == "", "as it was"


def test_a_patch_may_reach_over_several_files(project: Project) -> None:
    project.put({"a.py": NEW, "sub/b.py": NEW, "c.py": NEW})
    patch = (
        "*** Begin Patch\n*** Update File: a.py\n@@\n+def h(b={}):\n+    return len(b) == 0\n"
        "*** Add File: sub/b.py\n+def h(b={}):\n*** Delete File: c.py\n*** End Patch\n"
    )
    event = json.loads(cursor("", "ApplyPatch", project.folder))
    for tool_input in (patch, {"patch": patch}):
        event["tool_input"] = tool_input
        text = told(project, b"\xef\xbb\xbf" + json.dumps(event).encode(), agent="cursor")
        assert "a.py:9 " in text
        assert "sub/b.py:9 " in text
        assert "c.py" not in text


def test_the_cell_of_a_notebook(project: Project) -> None:
    cells = notebook("%matplotlib inline\nprint(1)\n", ("markdown", "text"), "x = 1\nprint(2)\n")
    project.put({"a.ipynb": cells})
    place = project.folder / "a.ipynb"
    event = json.loads(claude(place, "NotebookEdit", new_source="%matplotlib inline\nprint(1)\n"))
    event["tool_input"]["notebook_path"] = event["tool_input"].pop("file_path")
    text = told(project, json.dumps(event).encode())
    assert "a.ipynb cell 1 line 2 high: no print." in text
    assert "1 older finding" in text


def test_code_that_does_not_parse_is_told(project: Project) -> None:
    project.put({"a.py": "x = 1\ndef f(:\n"})
    text = told(project, claude(project.folder / "a.py", new_string="def f(:"))
    assert text.startswith("vulgate: the edited file cannot be read as code.\n- a.py:2:7 does not parse: ")


def test_a_long_list_is_cut_between_findings(project: Project) -> None:
    body = "".join(f"def a_function_with_a_long_name_{n}(x=[]):\n    return x\n\n\n" for n in range(60))
    project.put({f"{'folder_with_a_long_name/' * 9}a.py": body, "b.py": body})
    for path, most in ((f"{'folder_with_a_long_name/' * 9}a.py", MOST - 1), ("b.py", MOST)):
        text = told(project, claude(project.folder / path, "Write", project.folder))
        shown = [line for line in text.splitlines() if line.startswith("- ")]
        assert 0 < len(shown) <= most
        assert f"{60 - len(shown)} more on the edited lines." in text
        assert len(text) <= CHARACTERS
        assert all(line.endswith("[mutable-default]") for line in shown)


def test_severities(project: Project) -> None:
    project.put({"a.py": "import os\nx = 1\nif x == None:\n    print(x)\n"})
    data = claude(project.folder / "a.py", "Write")
    assert "unused-import" not in told(project, data), "low"
    assert "compare-none" in told(project, data, "--select", "all"), "medium"
    assert "unused-import" in told(project, data, "--select", "all", "--fail-on", "low")
    assert "compare-none" not in told(project, data, "--select", "all", "--fail-on", "high")
    project.configure('fail-on = "high"\nselect = ["all"]\n')
    assert "compare-none" not in told(project, data)
    assert "no-print" in told(project, data)


def test_what_the_configuration_lets_pass(project: Project) -> None:
    project.put({"a.py": "print(1)\nprint(2)  # vulgate: ignore[no-print] a reason\n", "tests/a.py": "print(1)\n"})
    data = claude(project.folder / "a.py", "Write")
    assert "a.py:1 " in told(project, data)
    assert "a.py:2 " not in told(project, data)
    assert told(project, claude(project.folder / "tests/a.py", "Write", project.folder)) == ""
    assert told(project, data, "--ignore", "no-print") == ""
    project.configure('exclude = ["a.py"]\n')
    assert told(project, data) == ""
    project.configure('baseline = "known.json"\n').check("--baseline-update")
    assert told(project, data) == ""


def test_what_hangs_on_other_files_is_left_out(project: Project) -> None:
    project.put({"a/twin.py": "x = 1\n", "b/twin.py": "x = 1  # vulgate: ignore[twins] they are\n"})
    assert told(project, claude(project.folder / "b/twin.py", "Write", project.folder)) == ""


def test_paths_are_as_the_agent_sees_them(project: Project) -> None:
    project.put({"packages/one/pyproject.toml": "[tool.vulgate]\n", "packages/one/src/a.py": "print(1)\n"})
    place = project.folder / "packages/one/src/a.py"
    for folder, path in (
        (project.folder, "packages/one/src/a.py"),
        (place.parent, "a.py"),
        (place.parents[1], "src/a.py"),
    ):
        text = told(project, claude(place, "Write", folder))
        assert f"- {path}:1 " in text


# ---------------------------------------------------------------------------------------------- what is not answered


def test_files_that_nothing_is_said_of(project: Project, tmp_path: Path) -> None:
    project.put({"a.md": "print(1)\n", "sub": "", "latin.py": b"s = 'caf\xe9'\n", "nul.py": b"print(1)\x00\n"})
    (project.folder / "folder.py").mkdir()
    outside = tmp_path / "outside.py"
    outside.write_text("print(1)\n")
    for place in (project.folder / "a.md", project.folder / "gone.py", project.folder / "folder.py", outside):
        assert quiet(project, claude(place, "Write", project.folder)) == ""
    assert "latin.py is not UTF-8" in quiet(project, claude(project.folder / "latin.py", "Write"))
    assert "nul.py holds a NUL byte" in quiet(project, claude(project.folder / "nul.py", "Write"))


def test_a_large_file(project: Project) -> None:
    project.put({"a.py": b"print(1)\n" * 1_200_000})
    assert "files over 10 MB are not checked" in quiet(project, claude(project.folder / "a.py", "Write"))


def test_a_file_that_git_ignores(project: Project) -> None:
    git(project.folder, "init", "-q")
    project.put({".gitignore": "build/\n", "build/a.py": "print(1)\n", "a.py": "print(1)\n", "build/b.py": "def f(:\n"})
    assert quiet(project, claude(project.folder / "build/a.py", "Write", project.folder)) == ""
    assert quiet(project, claude(project.folder / "build/b.py", "Write", project.folder)) == ""
    assert told(project, claude(project.folder / "a.py", "Write")) != ""


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "is no JSON"),
        (b"{", "is no JSON"),
        (b"\xff\xfe{}", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b"[]", "is no JSON object"),
        (b"{}", "the event is 'not named'"),
        (b'{"hook_event_name": "SessionStart"}', "the event is 'SessionStart'; only PostToolUse has an answer"),
        (b'{"hook_event_name": "afterFileEdit", "cursor_version": "2"}', "only postToolUse has an answer"),
        (b'{"hook_event_name": "PostToolUse", "tool_name": "Edit", "tool_input": {"file_path": "a\\u0000"}}', "NUL"),
    ],
)
def test_what_is_no_event(data: bytes, word: str, project: Project) -> None:
    assert word in quiet(project, data)


@pytest.mark.parametrize("tool", ["Read", "Bash", "", "mcp__x__edit"])
def test_other_tools(tool: str, project: Project) -> None:
    project.put({"a.py": "print(1)\n"})
    assert quiet(project, claude(project.folder / "a.py", tool)) == ""


def test_faults_of_the_project_never_stop_the_agent(project: Project) -> None:
    project.put({"a.py": "print(1)\n"})
    data = claude(project.folder / "a.py", "Write")
    assert "no book `nothing`" in quiet(project, data, "--book", "nothing")
    assert "no rule, chapter or tag" in quiet(project, data, "--select", "nothing")
    assert "no baseline" in quiet(project, data, "--baseline", "none.json")
    project.configure("selekt = 3\n")
    assert "nothing was checked" in quiet(project, data)


def test_a_fault_of_ours_never_stops_the_agent(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.put({"a.py": "print(1)\n"})

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("no such thing")

    monkeypatch.setattr("vulgate.check.checker.Checker.run", fail)
    assert "ZeroDivisionError" in quiet(project, claude(project.folder / "a.py", "Write"))


def test_a_detector_that_fails_costs_its_own_findings(wild: Project) -> None:
    wild.put({"a.py": "print(1)\n# RAISES EXITS DIES\n"})
    result = wild.check("--hook", "claude", input=claude(wild.folder / "a.py", "Write"))
    assert "no-print" in json.loads(result.stdout)["reason"]
    assert "it-raises" in result.stderr or "no such thing" in result.stderr
    assert "ends the process that it runs in" in result.stderr


def test_usage(project: Project) -> None:
    for words in (["a.py"], ["--fix"], ["--rules"], ["--stdin-filename", "a.py"], ["--watch"]):
        assert project.check("--hook", "claude", *words).exit_code == 2
    assert "claude" in project.check("--hook", "clippy").output


def test_cursor_runs_hooks_of_claude_code(project: Project) -> None:
    """It loads `.claude/settings.json` as well; who has both hooks is told once."""
    project.put({"a.py": "print(1)\n"})
    data = cursor(project.folder / "a.py", content="print(1)\n")
    result = project.check("--hook", "claude", input=data)
    assert "a.py:1" in json.loads(result.stdout)["additional_context"]
    project.put({".cursor/hooks.json": '{"hooks": {"postToolUse": [{"command": "vulgate check --hook cursor"}]}}'})
    assert quiet(project, data) == ""
    assert "a.py:1" in told(project, data, agent="cursor")


def test_as_a_process(project: Project) -> None:
    project.put({"a.py": NEW})
    done = project.spawn("--hook", "claude", input=claude(project.folder / "a.py", "Write"))
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["decision"] == "block"
    again = project.spawn("--hook", "claude", input=claude(project.folder / "a.py", "Write"))
    assert again.stdout == done.stdout, "with what was kept"


# ------------------------------------------------------------------------------------------------------- any input


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()), st.sampled_from(list(AGENTS)))
def test_any_input_is_an_event_or_has_a_reason(data: bytes, agent: str) -> None:
    try:
        read_event(agent, data)
    except HookError as error:
        assert str(error)


@given(
    JSON | st.dictionaries(KEYS, JSON),
    JSON | st.fixed_dictionaries({"structuredPatch": JSON}),
    st.sampled_from(list(AGENTS)),
    st.text(),
)
def test_any_edit_has_lines_in_the_file(given: Any, response: Any, agent: str, text: str) -> None:
    event = {
        "hook_event_name": AGENTS[agent].event,
        "tool_name": "Write",
        "tool_input": given,
        "tool_response": response,
    }
    try:
        touched = read_event(agent, json.dumps(event).encode()).touched
    except HookError:
        return
    for one in touched:
        lines = lines_of(one, text)
        assert lines is None or all(line >= 0 for line in lines)


LINES = st.lists(st.sampled_from(["", "a", "b", "x = 1", "    y", "é"]), max_size=12)


@given(LINES, LINES, LINES, LINES)
@example(["a"], ["b"], [], ["a"])
def test_an_edit_is_found_where_it_was_made(head: list[str], old: list[str], new: list[str], tail: list[str]) -> None:
    """The lines of the new text are told, but for those at its ends that were there before."""
    text = "\n".join([*head, "<", *new, ">", *tail])
    piece = Piece("\n".join(["<", *old, ">"]), "\n".join(["<", *new, ">"]))
    lines = lines_of(Touched(Path("a.py"), pieces=(piece,)), text)
    assert lines is not None
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    same_end = 0
    while same_end < min(len(old), len(new)) - same and old[-1 - same_end] == new[-1 - same_end]:
        same_end += 1
    first = len(head) + 2 + same
    assert set(range(first, len(head) + 2 + len(new) - same_end)) <= lines
    assert lines <= set(range(first - 1, len(head) + 3 + len(new)))
    assert lines_of(Touched(Path("a.py"), pieces=(piece,)), text.replace("\n", "\r\n")) == lines


@given(LINES, LINES, LINES)
def test_a_hunk_tells_the_lines_that_it_adds(head: list[str], new: list[str], tail: list[str]) -> None:
    lines = (*(f" {line}" for line in head), *(f"+{line}" for line in new), *(f" {line}" for line in tail))
    found = lines_of(Touched(Path("a.py"), hunks=(Hunk(1, lines),)), "")
    assert found == frozenset(range(len(head) + 1, len(head) + len(new) + 1))


@given(st.sampled_from(list(AGENTS)), st.text())
def test_an_answer_is_one_line_of_ascii(agent: str, text: str) -> None:
    line = answer(agent, text)
    assert line.isascii()
    assert "\n" not in line
    assert text in json.loads(line).values()


def test_the_clock(project: Project) -> None:
    """A hook starts no pool of workers and asks no detector of its queries a second time: both take longer than a file."""
    project.put({"a.py": NEW})
    data = claude(project.folder / "a.py", "Write")
    project.spawn("--hook", "claude", input=data)
    script = (
        "import sys; from vulgate.cli import main; sys.argv[1:] = sys.argv[2:]\ntry: main()\nexcept SystemExit: pass\n"
    )
    script += "print(sorted({'pebble', 'yaml', 'packaging', 'rich'} & {*sys.modules}), file=sys.stderr)"
    assert os.name == "nt" or _modules(project, data, script) == "[]\n"


def _modules(project: Project, data: bytes, script: str) -> str:
    import subprocess
    import sys

    words = ["--book", str(project.book), "--hook", "claude"]
    done = subprocess.run(
        [sys.executable, "-c", script, "x", "check", *words],
        cwd=project.folder,
        input=data,
        capture_output=True,
        check=True,
    )
    return done.stderr.decode()
