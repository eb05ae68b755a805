"""`vulgate verify`: what it shows, what it selects, and its options."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.build.books import environment, run
from tests.verify.commands import HERE, PROGRAM, Book, other_python, python

TWO = f"""\
## First {{#first}}

Text.

{python("one = 1", "group=numbers")}
{python("assert one == 1", "group=numbers")}
## Second {{#second}}

Lists may hold fences and quotes:

* ```python
  def broken():
      raise ValueError("no\\nyes")


  broken()
  ```

{python('print("real")', output="expected" + chr(10))}
:::{{fact}} Numbers add up
:id: sum

```python {{proof}}
assert 1 + 1 == 2
```
:::
"""


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Book:
    """A book with three fences that hold and two that fail, in the current folder."""
    monkeypatch.chdir(tmp_path)
    return Book(Path("book"), TWO)


# ------------------------------------------------------------------------------------------------ a run


def test_a_summary_says_what_was_proven_where(book: Book) -> None:
    shown = book.verify()
    assert shown.exit_code == 1
    lines = shown.stdout.splitlines()
    assert f"{HERE:<13}3 proven, 2 failed" in lines
    assert any(line.startswith("isolation    limits only; network and files are open") for line in lines)
    assert re.fullmatch(r"done in \d+\.\d\d s", lines[-1])
    assert not shown.stderr


def test_a_book_that_holds_ends_with_0(book: Book) -> None:
    book.write(python("assert True"))
    shown = book.verify()
    assert shown.exit_code == 0
    assert shown.stdout.splitlines()[0] == f"{HERE:<13}1 proven"


def test_a_failure_tells_all_that_is_needed(book: Book) -> None:
    paragraphs = book.verify("--quiet").stdout.rstrip("\n").split("\n\n")
    assert len(paragraphs) == 2
    raised, printed = sorted(paragraphs, key=lambda text: "prints" in text)
    assert [line for line in raised.splitlines() if line.strip(" ~^")] == [  # since 3.13 calls are underlined
        f"failed a/second/lists-may-hold-fences-and-quotes/broken on {HERE}",
        "  --> book/a.md:23",
        "  ValueError: no ...",
        "    Traceback (most recent call last):",
        '      File "a.md", line 26, in <module>',
        "        broken()",
        '      File "a.md", line 23, in broken',
        '        raise ValueError("no\\nyes")',
        "    ValueError: no",
        "    yes",
        f"  = rerun: vulgate verify book a/second/lists-may-hold-fences-and-quotes/broken --python {HERE}",
    ]
    assert printed.splitlines() == [
        f"failed a/second/print-real on {HERE}",
        "  --> book/a.md:29",
        "  prints something else",
        "    -expected",
        "    +real",
        f"  = rerun: vulgate verify book a/second/print-real --python {HERE}",
    ]


def test_the_command_of_a_failure_runs_just_that_one_again(book: Book) -> None:
    commands = re.findall(r"= rerun: vulgate (.*)", book.verify().stdout)
    assert len(commands) == 2
    for command in commands:
        words = shlex.split(command)
        (result,) = json.loads(run(*words, "--json", "--isolation", "process").stdout)["results"]
        assert (result["block"], result["runtime"], result["status"]) == (words[2], words[4], "failed")


def test_a_failure_of_one_version_names_that_version(book: Book) -> None:
    other = other_python() or pytest.skip("there is one Python only")
    book.write(python(f"import sys\nassert sys.version_info[:2] != ({other.replace('.', ', ')})"))
    shown = book.verify("--python", HERE, "--python", other)
    (command,) = re.findall(r"= rerun: vulgate (.*)", shown.stdout)
    assert shlex.split(command)[-2:] == ["--python", other]
    assert {f"{HERE:<13}1 proven", f"{other:<13}1 failed"} <= set(shown.stdout.splitlines())


def test_an_interpreter_named_by_its_path_is_named_so_again(book: Book) -> None:
    book.write(python("assert False"))
    (command,) = re.findall(r"= rerun: vulgate (.*)", book.verify("--python", sys.executable).stdout)
    assert os.path.sep in shlex.split(command)[-1]
    (result,) = json.loads(run(*shlex.split(command), "--json").stdout)["results"]
    assert result["status"] == "failed"


def test_a_book_in_the_current_folder_needs_no_name(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(book.folder)
    shown = run("verify", "--isolation", "process").stdout
    assert "--> a.md:23" in shown
    assert f"rerun: vulgate verify a/second/lists-may-hold-fences-and-quotes/broken --python {HERE}" in shown


def test_a_book_with_errors_is_not_run(book: Book) -> None:
    book.write(f"See [[nowhere]].\n\n{python('assert False')}")
    shown = book.verify()
    assert shown.exit_code == 1
    assert "error[VG403]" in shown.stderr
    assert not shown.stdout


def test_versions_that_the_book_names_and_nobody_tried_are_told(book: Book) -> None:
    book.describe("", python=f'["{HERE}", "3.99"]')
    book.write(python("assert True"))
    assert "not tried    3.99, which the book names" in book.verify().stdout


def test_text_of_examples_cannot_speak_to_the_terminal(book: Book) -> None:
    book.write(python("print('\\x1b[31mred\\x07')", output="x\n") + python("raise ValueError('\\x1b[2J')"))
    assert "\x1b" not in book.verify().stdout


# ------------------------------------------------------------------------------------------------ pipes and terminals


def test_in_a_pipe_there_is_no_progress_and_no_colour(book: Book) -> None:
    shown = subprocess.run(
        [*PROGRAM, "verify", "book"], capture_output=True, text=True, env=environment(), timeout=60, check=False
    )
    assert shown.returncode == 1
    assert shown.stderr == ""
    assert "\x1b" not in shown.stdout
    assert shown.stdout.startswith("failed ")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pty")
def test_on_a_terminal_progress_goes_beside_the_output(book: Book) -> None:
    import pty

    terminal, slave = pty.openpty()
    with subprocess.Popen(
        [*PROGRAM, "verify", "book"],
        stdout=subprocess.PIPE,
        stderr=slave,
        env=environment(TERM="xterm"),
        stdin=subprocess.DEVNULL,
    ) as process:
        os.close(slave)
        assert process.stdout is not None
        output = process.stdout.read().decode()
        progress = os.read(terminal, 1 << 16).decode()
    os.close(terminal)
    assert process.returncode == 1
    assert "proving" in progress
    assert "\x1b" not in output
    assert output.count("rerun: ") == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGPIPE")
def test_a_reader_that_goes_away_is_no_fault(book: Book) -> None:
    with subprocess.Popen(
        [*PROGRAM, "verify", "book"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaints = process.stderr.read().decode()
    assert "Traceback" not in complaints
    assert process.returncode not in (0, 3)


def test_colours_are_forced_and_forbidden(book: Book) -> None:
    assert "\x1b[1;31mfailed\x1b[0m" in run("verify", "book", NO_COLOR="", FORCE_COLOR="1").stdout
    assert "\x1b" not in run("verify", "book", FORCE_COLOR="1").stdout


# ------------------------------------------------------------------------------------------------ selection

ALL = [
    "first/one",
    "first/assert-one-1",
    "second/lists-may-hold-fences-and-quotes/broken",
    "second/print-real",
    "sum/proof",
]


@pytest.mark.parametrize(
    ("word", "selected"),
    [
        ("a", ALL),
        ("a.md", ALL),
        ("a/first", ALL[:2]),
        ("first", ALL[:2]),
        ("a/second/lists-may-hold-fences-and-quotes/broken", ["second/lists-may-hold-fences-and-quotes/broken"]),
        ("second/lists-may-hold-fences-and-quotes/broken", ["second/lists-may-hold-fences-and-quotes/broken"]),
        ("sum", ["sum/proof"]),
        ("a/sum", ["sum/proof"]),
        ("a.md:8", ["first/one"]),
        ("a.md:12", ["first/assert-one-1"]),
        ("a.md:23", ["second/lists-may-hold-fences-and-quotes/broken"]),
        ("a.md:19", ["second/lists-may-hold-fences-and-quotes/broken"]),
        ("a.md:17", ["second/lists-may-hold-fences-and-quotes/broken", "second/print-real", "sum/proof"]),
        ("a.md:38", ["sum/proof"]),
        ("a.md:42", ["sum/proof"]),
    ],
)
def test_selection(word: str, selected: list[str], book: Book) -> None:
    assert list(book.results(word)) == selected


def test_a_section_is_selected_with_those_below_it(book: Book) -> None:
    names = ("outer", "inner", "last")
    book.write(
        "".join(f"{'###' if name == 'inner' else '##'} {name} {{#{name}}}\n\n{python(f'{name} = 1')}" for name in names)
    )
    assert list(book.results("outer")) == ["outer/outer", "inner/inner"]
    assert list(book.results("inner")) == ["inner/inner"]


@pytest.mark.parametrize("word", ["first/text", "a.md:5"])
def test_where_there_is_nothing_to_prove_nothing_is_said_to_hold(word: str, book: Book) -> None:
    shown = book.verify(word)
    assert shown.exit_code == 2
    assert f"there is nothing to prove in {word} on {HERE}" in shown.stderr


def test_a_fence_for_other_versions_is_nothing_to_prove(book: Book) -> None:
    book.write(python("future = 1", 'python=">=3.99"'))
    assert book.verify("future").exit_code == 2


def test_several_are_selected_together(book: Book) -> None:
    assert list(book.results("first/one", "sum")) == ["first/one", "sum/proof"]


def test_an_unknown_id_is_suggested(book: Book) -> None:
    shown = book.verify("a/second/print-rel")
    assert shown.exit_code == 2
    assert "no block has the id a/second/print-rel; did you mean `a/second/print-real`" in shown.stderr
    assert not shown.stdout


@pytest.mark.parametrize("word", ["a.md:1000", "b.md:3", "", "\0", "a.md:", "nowhere"])
def test_what_does_not_exist_is_refused(word: str, book: Book) -> None:
    shown = book.verify(word)
    assert shown.exit_code == 2
    assert "no block has the id" in shown.stderr


def test_a_fence_of_a_group_brings_those_above_it(book: Book) -> None:
    (result,) = book.results("first/assert-one-1").values()
    assert result["status"] == "proven"


# ------------------------------------------------------------------------------------------------ options


def test_fail_fast_stops_at_the_first_failure(book: Book) -> None:
    slow = "import time\ntime.sleep(0.2)\nassert False"
    book.write("".join(python(f"{slow}, {number}") for number in range(8)))
    told = book.told("--fail-fast", "--jobs", "1")
    assert told["counts"] == {"failed": 1}
    assert book.told("--jobs", "4")["counts"] == {"failed": 8}


def test_shuffling_with_a_seed_gives_the_same_order_twice(book: Book, tmp_path: Path) -> None:
    place = tmp_path / "order"
    code = "with open({!r}, 'a') as stream:\n    stream.write('{} ')"
    book.write("".join(python(code.format(str(place), number)) for number in range(12)))

    def order(*words: str) -> str:
        place.write_text("")
        assert book.verify("--fresh", "--jobs", "1", *words).exit_code == 0
        return place.read_text()

    in_order = " ".join(map(str, range(12))) + " "
    assert order() == in_order
    first = order("--shuffle", "7")
    assert sorted(first.split()) == sorted(in_order.split())
    assert first != in_order
    assert order("--shuffle", "7") == first
    shown = book.verify("--fresh", "--shuffle").stdout
    seed = re.search(r"^shuffled +--shuffle (\d+) gives the same order again$", shown, re.MULTILINE)
    assert seed
    assert order("--shuffle", seed[1]) == order("--shuffle", seed[1])


def test_a_session_is_not_torn_by_shuffling(book: Book) -> None:
    book.write(python("n = 0", "group=g") + "".join(python(f"n += 1\nassert n == {n}", "group=g") for n in range(1, 9)))
    for seed in range(4):
        assert book.told("--fresh", "--shuffle", str(seed))["counts"] == {"proven": 9}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--shuffle", "x"], "--shuffle takes a number"),
        (["--python", "2.7"], "there is no Python 2.7 on this machine"),
        (["--python", "nonsense"], "`nonsense` is no Python"),
        (["--types", "nonsense"], "no type checker `nonsense`; there are mypy, ty, pyright"),
        (["--jobs", "0"], "0 is not in the range"),
        (["--isolation", "walls"], "'walls' is not one of"),
        (["--json", "--format", "github"], "choose one of --json and --format github"),
    ],
)
def test_wrong_options(words: list[str], message: str, book: Book) -> None:
    shown = run("verify", str(book.folder), *words)
    assert shown.exit_code == 2
    assert message in shown.stderr


def test_a_process_for_each_example_finds_the_same(book: Book) -> None:
    assert book.statuses("--spawn", "--fresh") == book.statuses("--fresh")


def test_every_installed_python_that_the_book_names(book: Book) -> None:
    other = other_python() or pytest.skip("there is one Python only")
    book.write(python("one = 1"))
    book.describe("", python=f'["{other}", "3.99"]')
    assert book.statuses("--all-pythons") == {f"one on {other}": "proven"}
    book.describe("", python="[]")
    assert {"one", f"one on {other}"} <= set(book.statuses("--all-pythons"))


def test_the_pythons_of_the_manifest(book: Book) -> None:
    other = other_python() or pytest.skip("there is one Python only")
    book.write(python("one = 1"))
    book.describe(f'[verify]\npythons = ["{other}"]\n')
    assert book.statuses() == {f"one on {other}": "proven"}
    assert book.statuses("--python", HERE) == {"one": "proven"}


def test_limits_of_the_manifest(book: Book) -> None:
    book.describe("[verify.limits]\nseconds = 0.5\noutput_kb = 1\n")
    book.write(python("while True: pass") + python("print('x' * 2000)"))
    reasons = [result["reason"] for result in book.results().values()]
    assert reasons == ["ran longer than 0.5 s", "printed more than 1 kB; the rest is cut"]
