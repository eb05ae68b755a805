"""`--fix`: what is mended, and what must not change."""

import json
import os
import signal
import stat
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.build.books import environment
from tests.check.projects import PROGRAM, Project, notebook
from tests.support import modest
from vulgate.check.fix import mend
from vulgate.detect.base import Match
from vulgate.detect.edits import apply_fixes
from vulgate.detect.source import Edit
from vulgate.model.findings import Finding, Fix, Position, TextEdit

posix = pytest.mark.skipif(os.name == "nt", reason="needs a POSIX system")
ALL = ("--select", "all")


def fixed(project: Project, data: bytes, *words: str) -> bytes:
    """A file after `--fix`."""
    project.put({"a.py": data}).check("--fix", *words)
    return project.read("a.py")


# ------------------------------------------------------------------------------------------------ safe and unsafe


def test_safe_fixes_are_made(project: Project) -> None:
    project.put({"a.py": "import os\nif len(x) == 0: pass\n", "b.py": "x = 1\n"})
    told = project.told("--fix", *ALL)
    assert (told["exit"], told["findings"], told["summary"]["fixed"]) == (0, [], 2)
    assert project.read("a.py") == b"if not x: pass\n"
    assert project.read("b.py") == b"x = 1\n"


def test_unsafe_fixes_are_made_only_if_asked_for(project: Project) -> None:
    text = b"def f(a=[]):\n    pass\n"
    assert fixed(project, text) == text
    assert "--fix --unsafe-fixes" in project.check("--fix").output
    mended = fixed(project, text, "--unsafe-fixes")
    assert b"a=None" in mended
    assert project.found() == []


def test_unsafe_fixes_alone_change_nothing(project: Project) -> None:
    text = b"def f(a=[]):\n    pass\nlen(x) == 0\n"
    project.put({"a.py": text}).check("--unsafe-fixes")
    assert project.read("a.py") == text


def test_what_is_left_decides_the_exit_code(project: Project) -> None:
    told = project.put({"a.py": "len(x) == 0\nprint(1)\n"}).told("--fix")
    assert (told["exit"], told["summary"]["fixed"], len(told["findings"])) == (1, 1, 1)


def test_a_suppressed_finding_is_not_mended(project: Project) -> None:
    text = b"len(x) == 0  # vulgate: ignore[empty-length] why\n"
    assert fixed(project, text) == text


def test_a_finding_in_a_file_that_is_ignored_is_not_mended(project: Project) -> None:
    project.configure('[per-file-ignores]\n"a.py" = ["empty-length"]\n')
    assert fixed(project, b"len(x) == 0\n") == b"len(x) == 0\n"


def test_fixes_are_made_until_nothing_is_left(project: Project) -> None:
    assert fixed(project, b"len(len(x) == 0) == 0\n") == b"not not x\n"
    assert project.check().exit_code == 0


def test_fixes_that_touch_each_other(project: Project) -> None:
    text = b"import os, sys\nimport re\nif len(x) == 0 == None: pass\n"
    mended = fixed(project, text, "--unsafe-fixes", *ALL)
    assert b"import" not in mended
    compile(mended, "a.py", "exec")


# ------------------------------------------------------------------------------------------------ showing


def test_a_diff_is_shown_and_nothing_written(project: Project) -> None:
    project.put({"a.py": "x = 1\nlen(x) == 0\n", "sub/b.py": "len(y) == 0"})
    result = project.check("--fix", "--diff")
    assert result.output == (
        "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n x = 1\n-len(x) == 0\n+not x\n"
        "--- a/sub/b.py\n+++ b/sub/b.py\n@@ -1 +1 @@\n-len(y) == 0\n\\ No newline at end of file\n"
        "+not y\n\\ No newline at end of file\n"
    )
    assert result.exit_code == 1
    assert project.read("a.py") == b"x = 1\nlen(x) == 0\n"


def test_git_can_apply_the_diff(project: Project) -> None:
    files = {"a.py": "x = 1\r\nlen(x) == 0\r\n", "ü b.py": "len(y) == 0", "c.py": "import os\n"}
    shown = project.put(files).spawn("--diff", *ALL).stdout
    done = subprocess.run(
        ["git", "apply", "-"], cwd=project.folder, input=shown.encode(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert project.read("a.py") == b"x = 1\r\nnot x\r\n"
    assert project.read("ü b.py") == b"not y"
    assert project.read("c.py") == b""


def test_an_empty_diff(project: Project) -> None:
    result = project.put({"a.py": "x = 1\n"}).check("--diff")
    assert (result.output, result.exit_code) == ("", 0)


# ------------------------------------------------------------------------------------------------ what stays


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"x = 1\r\nlen(x) == 0\r\n", b"x = 1\r\nnot x\r\n"),
        (b"x = 1\rlen(x) == 0\r", b"x = 1\rnot x\r"),
        (b"x = 1\r\nlen(x) == 0\ny = 2\r\n", b"x = 1\r\nnot x\ny = 2\r\n"),
        (b"x = 1\nlen(x) == 0", b"x = 1\nnot x"),
        (b"\xef\xbb\xbflen(x) == 0\n", b"\xef\xbb\xbfnot x\n"),
        ("s = 'ü😀'; len(s) == 0\n".encode(), "s = 'ü😀'; not s\n".encode()),
        (b"s = 'a\\\r\nb'\r\nlen(s) == 0\r\n", b"s = 'a\\\r\nb'\r\nnot s\r\n"),
        (b"x = 1\n\x0clen(x) == 0\n", b"x = 1\n\x0cnot x\n"),
        ("s = '\u2028'\nlen(s) == 0\n".encode(), "s = '\u2028'\nnot s\n".encode()),
        (b"len(x) == 0 \t \n\n\n", b"not x \t \n\n\n"),
        (b"import os\r\nx = 1\r\n", b"x = 1\r\n"),
        (b"# -*- coding: utf-8 -*-\nlen(x) == 0\n", b"# -*- coding: utf-8 -*-\nnot x\n"),
    ],
)
def test_all_else_stays_as_it_is(before: bytes, after: bytes, project: Project) -> None:
    assert fixed(project, before, *ALL) == after


def test_inserted_lines_end_as_those_of_the_file(project: Project) -> None:
    mended = fixed(project, b"def f(a=[]):\r\n    return a\r\n", "--unsafe-fixes")
    assert mended.count(b"\r\n") == mended.count(b"\n") > 2


@posix
@pytest.mark.parametrize("mode", [0o755, 0o600, 0o644])
def test_the_mode_of_a_file_stays(mode: int, project: Project) -> None:
    project.put({"a.py": "len(x) == 0\n"})
    (project.folder / "a.py").chmod(mode)
    project.check("--fix")
    assert project.read("a.py") == b"not x\n"
    assert stat.S_IMODE((project.folder / "a.py").stat().st_mode) == mode


@posix
def test_a_read_only_file_is_left_as_it_is(project: Project) -> None:
    project.put({"a.py": "len(x) == 0\n", "b.py": "len(x) == 0\n"})
    (project.folder / "a.py").chmod(0o444)
    told = project.told("--fix")
    assert project.read("a.py") == b"len(x) == 0\n"
    assert project.read("b.py") == b"not x\n"
    assert told["exit"] == 2
    assert told["summary"]["fixed"] == 1
    assert told["problems"][0]["message"] == "is read-only, and is left as it is"


@posix
def test_behind_a_link_the_file_is_mended(project: Project, tmp_path: Path) -> None:
    (tmp_path / "real.py").write_text("len(x) == 0\n")
    (project.folder / "a.py").symlink_to(tmp_path / "real.py")
    project.check("--fix")
    assert (project.folder / "a.py").is_symlink()
    assert (tmp_path / "real.py").read_text() == "not x\n"


@posix
def test_a_file_with_two_names_is_mended_once(project: Project) -> None:
    project.put({"a.py": "len(x) == 0\n"})
    (project.folder / "b.py").symlink_to("a.py")
    told = project.told("--fix")
    assert (told["exit"], told["problems"]) == (0, [])
    assert project.read("a.py") == b"not x\n"


def test_nothing_is_left_behind(project: Project) -> None:
    project.put({"a.py": "len(x) == 0\n"}).check("--fix", "--no-cache")
    left = {place.name for place in project.folder.iterdir()} - {".vulgate"}
    assert left == {"a.py"}


def test_files_that_need_no_fix_are_not_touched(project: Project) -> None:
    project.put({"a.py": "len(x) == 0\n", "b.py": "x = 1\n"})
    before = (project.folder / "b.py").stat()
    project.check("--fix")
    after = (project.folder / "b.py").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


# ------------------------------------------------------------------------------------------------ notebooks


@pytest.mark.parametrize("indent", [1, 4, "\t", None], ids=str)
def test_a_notebook_keeps_its_form(indent: int | str | None, project: Project) -> None:
    cells = (
        "import os\nx = 'ü \\u00e9'",
        ("markdown", "# len(x) == 0\n"),
        "%time x\nlen(x) == 1",
        "len(x) == 0",
        "y = 1\n",
    )
    before = notebook(*cells, indent=indent)
    after = notebook(*cells[:3], "not x", cells[4], indent=indent)
    assert before != after
    project.put({"a.ipynb": before}).check("--fix")
    assert project.read("a.ipynb").decode() == after


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.removesuffix("\n"),
        lambda text: text.replace("\\u00fc", "ü"),
        lambda text: json.dumps(json.loads(text), separators=(",", ":")),
        lambda text: json.dumps(json.loads(text), indent=0) + "\n",
    ],
    ids=["CRLF", "no last line end", "not escaped", "compact", "not indented"],
)
def test_a_notebook_keeps_what_is_unusual(change: object, project: Project) -> None:
    assert callable(change)
    before, after = (change(notebook("s = 'ü'\nx = '\\u00e9'", code)) for code in ("len(s) == 0", "not s"))
    project.put({"a.ipynb": before}).check("--fix")
    assert project.read("a.ipynb").decode() == after


def test_the_last_line_of_a_cell_is_taken_away(project: Project) -> None:
    project.put({"a.ipynb": notebook("x = 1", "import os", "y = 1\nimport re", "len(x) == 0")}).check("--fix", *ALL)
    cells = ["".join(cell["source"]).strip() for cell in json.loads(project.read("a.ipynb"))["cells"]]
    assert cells == ["x = 1", "", "y = 1", "not x"]
    assert project.found(*ALL) == []


def test_a_cell_with_words_of_ipython_is_left_as_it_is(project: Project) -> None:
    before = notebook("!ls\nlen(x) == 0", "z = 1")
    told = project.put({"a.ipynb": before}).told("--fix")
    assert project.read("a.ipynb").decode() == before
    assert [one["path"] for one in told["problems"]] == ["a.ipynb"]
    assert "lines that are not Python" in told["problems"][0]["message"]


def test_a_cell_whose_source_is_one_text(project: Project) -> None:
    value = json.loads(notebook("len(x) == 0"))
    value["cells"][0]["source"] = "len(x) == 0"
    project.put({"a.ipynb": json.dumps(value, indent=1)}).check("--fix")
    assert json.loads(project.read("a.ipynb"))["cells"][0]["source"] == "not x"


# ------------------------------------------------------------------------------------------------ what goes wrong


def test_a_fix_that_breaks_the_code_is_not_written(wild: Project) -> None:
    text = "x = 1  # BREAK\nBREAK = 1\nlen(x) == 0\n".replace("# BREAK", "#").replace("BREAK = 1", "y = BREAK")
    wild.put({"a.py": text, "b.py": "len(x) == 0\n"})
    told = wild.told("--fix")
    assert wild.read("a.py").decode() == text
    assert wild.read("b.py") == b"not x\n"
    assert told["exit"] == 2
    (problem,) = told["problems"]
    assert problem["path"] == "a.py"
    assert "would not parse after the fixes of" in problem["message"]
    assert "it-breaks" in problem["message"]
    assert told["summary"]["fixed"] == 1
    assert wild.check("--fix", "--diff").output == ""


def test_a_fix_that_never_ends_is_ended(wild: Project) -> None:
    wild.put({"a.py": "GROW = 1\n"}).check("--fix")
    compile(wild.read("a.py"), "a.py", "exec")


def test_a_file_that_does_not_parse_is_left_as_it_is(project: Project) -> None:
    text = b"len(x) == 0\ndef\n"
    assert fixed(project, text) == text


def test_a_file_that_changes_meanwhile_is_left_as_it_is(tmp_path: Path) -> None:
    from vulgate.check.fix import Mended, write

    (tmp_path / "a.py").write_bytes(b"new")
    assert write(tmp_path, Mended("a.py", b"old", b"mended", ())) == "changed while it was mended, and is left as it is"
    assert (tmp_path / "a.py").read_bytes() == b"new"
    assert "cannot be written" in write(tmp_path, Mended("gone.py", b"old", b"mended", ()))
    assert write(tmp_path, Mended("a.py", b"new", b"mended", ())) == ""
    assert (tmp_path / "a.py").read_bytes() == b"mended"


@posix
def test_a_kill_leaves_whole_files(project: Project) -> None:
    before, after = b"len(x) == 0\n" * 300, b"not x\n" * 300
    names = [f"m{n}.py" for n in range(40)]
    for delay in (0.35, 0.6):
        project.put(dict.fromkeys(names, before))
        process = subprocess.Popen(
            [*PROGRAM, "--book", str(project.book), "--fix", "--jobs", "2"],
            cwd=project.folder,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=60)
        assert {project.read(name) for name in names} <= {before, after}
    project.check("--fix")
    assert {project.read(name) for name in names} == {after}


# ------------------------------------------------------------------------------------------------ properties


@st.composite
def _texts_with_edits(draw: st.DrawFn) -> tuple[str, list[Match]]:
    text = draw(st.text(alphabet="ab\n\r😀é", max_size=30))
    found = []
    for n in range(draw(st.integers(0, 5))):
        edits = []
        for _ in range(draw(st.integers(0, 2))):
            start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
            edits.append(Edit(start, end, draw(st.sampled_from(["", "X", "YY\n"]))))
        found.append(Match(f"r{n}", "a.py", n, n, edits=tuple(edits)))
    return text, found


@given(_texts_with_edits())
@modest(300)
def test_what_no_edit_touches_stays(drawn: tuple[str, list[Match]]) -> None:
    text, found = drawn
    after, mended = apply_fixes(text, found)
    made = list(dict.fromkeys(edit for match in mended for edit in match.edits))
    touched = {offset for edit in made for offset in range(edit.start, edit.end)}
    left = [char for offset, char in enumerate(text) if offset not in touched]
    rest = iter(after)
    assert all(char in rest for char in left), "what was not touched is still there, in order"
    assert len(after) == len(left) + sum(len(edit.text) for edit in made)
    assert mended or after == text


@given(st.lists(st.sampled_from(["x = 1", "", "ü = '😀'", "print(1)\r\n\n", "y\n"]), min_size=1, max_size=5), st.data())
@modest(200)
def test_a_fix_in_a_notebook_changes_its_cell_only(cells: list[str], data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(cells) - 1))
    cell = cells[number]
    start, end = sorted((data.draw(st.integers(0, len(cell))), data.draw(st.integers(0, len(cell)))))
    before = sum(len(each) + 1 for each in cells[:number])
    edit = TextEdit(Position(1, 1, before + start), Position(1, 1, before + end), "NEW")
    finding = Finding("r", "a.ipynb", edit.start, edit.end, "low", fix=Fix((edit,), safe=True))
    mended = json.loads(mend("a.ipynb", notebook(*cells).encode(), [finding]).after)
    codes = ["".join(each["source"]) for each in mended["cells"]]
    if cell[start:end].endswith("\n"):
        return
    assert codes == [*cells[:number], f"{cell[:start]}NEW{cell[end:]}", *cells[number + 1 :]]
