"""What cannot be checked: a clear message, the run goes on, and the exit code tells. And standard input."""

import json
import multiprocessing.util
import os
from pathlib import Path

import pytest

from tests.check.projects import Project, notebook

GOOD = {"good.py": "print(1)\n"}


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"x = 1\ndef f(:\n", 2, "does not parse"),
        (b'print "hello"\n', 1, "does not parse"),
        (b"exec 'x = 1'\n", 1, "does not parse"),
        (b"try:\n    pass\nexcept A, e:\n    print(1)\n    raise A, 'x'\n", 0, "does not parse"),
        (b"x = (\n", 0, "does not parse"),
        (b"  x = 1\n", 1, "does not parse"),
        (b"s = 'caf\xe9'\n", 1, "is not UTF-8 (byte 0xe9)"),
        (b"# -*- coding: latin-1 -*-\ns = 'caf\xe9'\n", 2, "is not UTF-8 (byte 0xe9); it declares latin-1"),
        (b"\xff\xfep\x00r\x00i\x00n\x00t\x00", 1, "is not UTF-8 (byte 0xff)"),
        (b"x = 1\ny = '\x00'\n", 2, "holds a NUL byte"),
        (b"print(1)\n<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> b\n", 2, "does not parse"),
    ],
)
def test_a_file_that_cannot_be_checked(data: bytes, line: int, message: str, project: Project) -> None:
    told = project.put({**GOOD, "bad.py": data}).told()
    assert [finding["path"] for finding in told["findings"]] == ["good.py"], "the others are checked"
    assert told["exit"] == 1
    (problem,) = told["problems"]
    assert problem["path"] == "bad.py"
    assert problem["kind"] == "file"
    assert message in problem["message"]
    assert not line or problem["line"] == line
    assert project.check("bad.py").exit_code == 1, "also where nothing else is found"
    assert project.check("bad.py", "--exit-zero").exit_code == 0
    assert message.partition(" (")[0] in project.check().output
    assert problem == project.told()["problems"][0], "also from the cache"


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "3",
        "null",
        "{}",
        '{"cells": 3}',
        '{"cells": [3]}',
        '{"cells": [{}]}',
        '{"cells": [{"cell_type": "code", "source": 3}]}',
        '{"cells": [], "metadata": 3}',
        '{"cells": [], "metadata": {"language_info": null}}',
        "[" * 100_000,
        "",
    ],
    ids=lambda text: text[:30],
)
def test_a_broken_notebook(text: str, project: Project) -> None:
    told = project.put({**GOOD, "bad.ipynb": text}).told()
    assert [finding["path"] for finding in told["findings"]] == ["good.py"]
    assert [problem["path"] for problem in told["problems"]] == ["bad.ipynb"]
    assert told["exit"] == 1


@pytest.mark.parametrize("language", ["R", "julia"])
def test_a_notebook_in_another_language(language: str, project: Project) -> None:
    cells = notebook("print(1)", language_info={"name": language}, kernelspec={"language": language})
    told = project.put({"a.ipynb": cells}).told()
    assert (told["exit"], told["findings"], told["problems"]) == (0, [], [])


def test_the_cells_of_a_notebook(project: Project) -> None:
    cells = (
        ("markdown", "# print(0)"),
        "x = 1\nprint(1)",
        "%%bash\nprint(2)",
        "!ls\nprint(3)",
        "def f(a=[]):\n    pass",
        "x?\n",
    )
    told = project.put({"a.ipynb": notebook(*cells)}).told()
    places = [(one["slug"], one["cell"], one["line_in_cell"], one["start"]["column"]) for one in told["findings"]]
    assert sorted(places) == [("mutable-default", 5, 1, 9), ("no-print", 2, 2, 1), ("no-print", 4, 2, 1)]
    assert told["problems"] == []


def test_a_syntax_error_in_a_notebook(project: Project) -> None:
    told = project.put({"a.ipynb": notebook("x = 1", "def f(:")}).told()
    assert told["findings"] == []
    assert "does not parse" in told["problems"][0]["message"]


@pytest.mark.parametrize("data", [b"", b"\n", b"\xef\xbb\xbf", b"# only a comment", b"\x0c\n", b"\r"])
def test_a_file_with_nothing_in_it(data: bytes, project: Project) -> None:
    told = project.put({"a.py": data}).told("--select", "all")
    assert (told["exit"], told["findings"], told["problems"], told["summary"]["files"]) == (0, [], [], 1)


def test_a_line_of_five_megabytes(project: Project) -> None:
    line = "x = [" + "1, " * 1_700_000 + "]; print(1)"
    told = project.put({**GOOD, "big.py": f"print(0)\n{line}\nprint(2)\n"}).told()
    assert [(one["path"], one["start"]["line"]) for one in told["findings"]] == [
        ("big.py", 1),
        ("big.py", 2),
        ("big.py", 3),
        ("good.py", 1),
    ]
    assert len(json.dumps(told)) < 100_000


def test_many_findings_on_a_long_line(project: Project) -> None:
    told = project.put({"big.py": "print(1); " * 3000 + "\n"}).told()
    assert len(told["findings"]) == 3000
    assert len(json.dumps(told)) < 3_000_000


def test_a_file_over_ten_megabytes(project: Project) -> None:
    told = project.put({**GOOD, "huge.py": b"# a comment\n" * 1_000_000 + b"print(1)\n"}).told()
    assert [finding["path"] for finding in told["findings"]] == ["good.py"]
    (problem,) = told["problems"]
    assert problem["message"] == "has 12 MB, and files over 10 MB are not checked"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the administrator reads everything")
def test_a_file_that_must_not_be_read(project: Project) -> None:
    project.put({**GOOD, "secret.py": "print(1)\n"})
    (project.folder / "secret.py").chmod(0)
    told = project.told()
    assert told["exit"] == 1
    assert told["problems"][0]["message"] == "cannot be read: permission denied"


def test_deeply_nested_code(project: Project) -> None:
    told = project.put({**GOOD, "deep.py": f"x = {'(' * 3000}1{')' * 3000}\n"}).told()
    assert [finding["path"] for finding in told["findings"]] == ["good.py"]


def test_code_for_a_newer_python_than_this(project: Project) -> None:
    project.put({"a.py": "type A = int\ndef f[T](x: T = print(1)): pass\n"})
    assert project.found("--target-version", "3.13") == ["a.py:2 no-print"]


def test_columns_count_characters(project: Project) -> None:
    (finding,) = project.put({"a.py": "s = 'ü😀\u0301'; print(1)\n"}).told()["findings"]
    assert (finding["start"], finding["end"]) == (
        {"line": 1, "column": 12, "offset": 11},
        {"line": 1, "column": 20, "offset": 19},
    )


# ------------------------------------------------------------------------------------------------ standard input


def test_standard_input(project: Project) -> None:
    told = project.told("-", input=b"x = 1\nprint(1)\n")
    assert told["exit"] == 1
    assert [(one["path"], one["start"]["line"]) for one in told["findings"]] == [("stdin.py", 2)]
    assert project.told("-", input=b"x = 1\n")["exit"] == 0


def test_standard_input_with_a_name(project: Project) -> None:
    project.configure('[per-file-ignores]\n"quiet/*" = ["no-print"]\n')
    assert project.found("-", "--stdin-filename", "quiet/a.py", input=b"print(1)\n") == []
    assert project.found("--stdin-filename", "loud/a.py", input=b"print(1)\n") == ["loud/a.py:1 no-print"]
    assert project.found("--stdin-filename", "tests/a.py", input=b"print(1)\n") == []
    assert not (project.folder / "loud").exists()


def test_standard_input_takes_the_configuration_of_the_named_file(project: Project) -> None:
    project.configure("").put({"sub/vulgate-check.toml": 'ignore = ["no-print"]\n'})
    assert project.found("--stdin-filename", "sub/a.py", input=b"print(1)\n") == []


def test_standard_input_is_mended_to_standard_output(project: Project) -> None:
    done = project.spawn("-", "--fix", input=b"x = 1\r\nlen(x) == 0\r\nprint(1)\r\n")
    assert done.stdout == "x = 1\r\nnot x\r\nprint(1)\r\n"
    assert "no-print" in done.stderr
    assert done.returncode == 1
    done = project.spawn("-", "--diff", input=b"len(x) == 0\n")
    assert "+not x" in done.stdout


@pytest.mark.parametrize("name", ["../outside.py", "sub/../../outside.py", "/nowhere/outside.py"])
def test_a_name_outside_the_project_writes_nothing_there(name: str, project: Project) -> None:
    project.configure("").put({"../outside.py": "mine\n"})
    told = project.told("--stdin-filename", name, "--config", "vulgate-check.toml", input=b"print(1)\n")
    assert len(told["findings"]) == 1
    assert (project.folder.parent / "outside.py").read_text() == "mine\n"


def test_names_with_dots_stay_in_the_temporary_folder(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    multiprocessing.util.get_temp_dir()  # kept for the life of this process: not to be in the folder of this test
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "temporary").mkdir()
    project.configure("").put({"../victim.py": "mine\n"})
    (tmp_path / "temporary" / "victim.py").write_text("mine\n")
    project.check("--stdin-filename", "../victim.py", "--config", "vulgate-check.toml", "--fix", input=b"len(x) == 0\n")
    assert (tmp_path / "temporary" / "victim.py").read_text() == "mine\n"


def test_standard_input_beside_a_baseline(project: Project) -> None:
    project.configure('baseline = "known.json"\n').put({"a.py": "print(1)\n"})
    project.check("--baseline-update")
    assert project.found("--stdin-filename", "a.py", input=b"print(1)\n") == []
    assert project.found("--stdin-filename", "a.py", input=b"print(2)\n") == ["a.py:1 no-print"]


def test_standard_input_beside_contracts(project: Project) -> None:
    project.configure('[[contracts]]\ntype = "layers"\nlayers = ["shop.web", "shop.store"]\n')
    project.put({"shop/__init__.py": "", "shop/web.py": "", "shop/store.py": "from shop import web\n"})
    told = project.told("--stdin-filename", "tools/a.py", input=b"from shop import web\nprint(1)\n")
    assert (told["exit"], told["problems"]) == (1, [])
    assert [finding["slug"] for finding in told["findings"]] == ["no-print"]


def test_standard_input_that_is_no_text(project: Project) -> None:
    told = project.told("-", input=b"\xff\xfe")
    assert (told["exit"], len(told["problems"])) == (1, 1)
    assert project.told("-", input=b"")["exit"] == 0
