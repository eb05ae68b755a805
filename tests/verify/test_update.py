"""`vulgate verify --update`: the real output is written where an output fence or a `#>` comment is, and nowhere else."""

from pathlib import Path

import pytest

from tests.build.books import run
from tests.verify.commands import HERE, Book, other_python, python
from vulgate.source import open_book
from vulgate.verify.rewrite import rewrite
from vulgate.verify.verifier import Verifier


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path / "book")


def updated(book: Book, chapter: str) -> str:
    """The chapter after an update, which must have made it right: the next run proves all of it."""
    book.write(chapter)
    shown = book.verify("--update")
    assert shown.exit_code == 0, shown.stdout
    assert "failed" not in shown.stdout
    after = book.chapter.read_bytes()
    again = book.verify("--update")
    assert again.exit_code == 0
    assert f"{HERE:<13}" in again.stdout
    assert "unproven" not in again.stdout
    assert book.chapter.read_bytes() == after, "a second update changes something"
    return after.decode().removeprefix("# A\n\n")


# ------------------------------------------------------------------------------------------------ output fences

CASES = {
    "plain": (
        "```python\nprint(1)\nprint(2)\n```\n\n```output\nx\n```\n",
        "```python\nprint(1)\nprint(2)\n```\n\n```output\n1\n2\n```\n",
    ),
    "nothing expected": ("```python\nprint(1)\n```\n```output\n```\n", "```python\nprint(1)\n```\n```output\n1\n```\n"),
    "nothing printed": ("```python\none = 1\n```\n```output\nx\n```\n", "```python\none = 1\n```\n```output\n```\n"),
    "no newline at the end": (
        "```python\nprint(1, end='')\n```\n\n```output\nx\n```\n",
        "```python\nprint(1, end='')\n```\n\n```output\n1\n```\n",
    ),
    "empty lines": (
        "```python\nprint('\\na\\n\\n\\nb\\n')\n```\n\n```output\nx\n```\n",
        "```python\nprint('\\na\\n\\n\\nb\\n')\n```\n\n```output\n\na\n\n\nb\n\n```\n",
    ),
    "blanks and tabs": (
        "```python\nprint(' a \\n\\tb')\n```\n\n```output\nx\n```\n",
        "```python\nprint(' a \\n\\tb')\n```\n\n```output\n a \n\tb\n```\n",
    ),
    "tildes": (
        "~~~~python\nprint('~~~')\n~~~~\n\n~~~output\nx\n~~~\n\nText.\n",
        "~~~~python\nprint('~~~')\n~~~~\n\n~~~~output\n~~~\n~~~~\n\nText.\n",
    ),
    "backticks": (
        "```python\nprint('```\\nx\\n  `````')\n```\n\n```output\nx\n```\n",
        "```python\nprint('```\\nx\\n  `````')\n```\n\n``````output\n```\nx\n  `````\n``````\n",
    ),
    "a fence that is longer than it must be": (
        "```python\nprint('```')\n```\n\n`````output\nx\n```````\n",
        "```python\nprint('```')\n```\n\n`````output\n```\n```````\n",
    ),
    "a list": (
        "* item\n\n  ```python\n  print('a\\n\\nb')\n  ```\n\n  ```output\n  x\n  ```\n\n* item\n",
        "* item\n\n  ```python\n  print('a\\n\\nb')\n  ```\n\n  ```output\n  a\n\n  b\n  ```\n\n* item\n",
    ),
    "the first line of an item": (
        "1. ```python\n   print('a\\n b')\n   ```\n   ```output\n   ```\n2. Text.\n",
        "1. ```python\n   print('a\\n b')\n   ```\n   ```output\n   a\n    b\n   ```\n2. Text.\n",
    ),
    "a quote": (
        "> ```python\n> print('a\\n\\nb')\n> ```\n>\n> ```output\n> x\n> ```\n",
        "> ```python\n> print('a\\n\\nb')\n> ```\n>\n> ```output\n> a\n>\n> b\n> ```\n",
    ),
    "a list in a quote in a list": (
        "- > 1. ```python\n  >    print('a\\n\\nb')\n  >    ```\n  >\n  >    ```output\n  >    ```\n",
        "- > 1. ```python\n  >    print('a\\n\\nb')\n  >    ```\n  >\n  >    ```output\n  >    a\n  >\n  >    b\n  >    ```\n",
    ),
    "a directive": (
        ":::{note}\n```python\nprint(':::')\n```\n\n```output\nx\n```\n:::\n",
        ":::{note}\n```python\nprint(':::')\n```\n\n```output\n:::\n```\n:::\n",
    ),
    "letters of all kinds": (
        "Zwölf.\n\n```python\nprint('äß日\\U0001f600')\n```\n\n```output\nö\n```\n\nÖl.\n",
        "Zwölf.\n\n```python\nprint('äß日\\U0001f600')\n```\n\n```output\näß日\U0001f600\n```\n\nÖl.\n",
    ),
    "no newline at the end of the file": (
        "```python\nprint(1)\n```\n\n```output\nx\n```",
        "```python\nprint(1)\n```\n\n```output\n1\n```",
    ),
    "one of two": (
        "```python\nprint(1)\n```\n\n```output\n1\n```\n\n```python\nprint(2)\n```\n\n```output\n1\n```\n",
        "```python\nprint(1)\n```\n\n```output\n1\n```\n\n```python\nprint(2)\n```\n\n```output\n2\n```\n",
    ),
    "several in a group": (
        python("n = 1\nprint(n)", "group=g", output="") + python("print(n + 1)", "group=g", output="x\n"),
        python("n = 1\nprint(n)", "group=g", output="1\n") + python("print(n + 1)", "group=g", output="2\n"),
    ),
    "a wildcard that still has its lines": (
        "```python\nprint('a\\nb\\nc\\nd')\n```\n\n```output\na\n...\nx\n```\n",
        "```python\nprint('a\\nb\\nc\\nd')\n```\n\n```output\na\n...\nd\n```\n",
    ),
    "wildcards around lines that are still there": (
        "```python\nprint('1\\nb\\n2\\n3\\nd\\ne')\n```\n\n```output\n...\nb\n ... \nd\nx\n```\n",
        "```python\nprint('1\\nb\\n2\\n3\\nd\\ne')\n```\n\n```output\n...\nb\n...\nd\ne\n```\n",
    ),
    "a wildcard beside lines that are gone": (
        "```python\nprint('a\\nb\\nc\\nd')\n```\n\n```output\na\n...\nx\n...\nd\n```\n",
        "```python\nprint('a\\nb\\nc\\nd')\n```\n\n```output\na\nb\nc\nd\n```\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES)
def test_output_fences(before: str, after: str, book: Book) -> None:
    assert updated(book, before) == after


@pytest.mark.parametrize(("before", "after"), list(CASES.values())[:12:3], ids=list(CASES)[:12:3])
def test_output_fences_of_a_file_from_windows(before: str, after: str, book: Book) -> None:
    assert updated(book, before.replace("\n", "\r\n")) == after.replace("\n", "\r\n")


def test_a_shell_s_output(book: Book) -> None:
    if "bash" not in book.verify("--list").stdout:
        book.write("```bash\necho 1\n```\n\n```output\nx\n```\n")
    shown = book.verify("--update")
    if "needs bash" in shown.stdout:
        pytest.skip("bash is not installed")
    assert book.chapter.read_text().endswith("```bash\necho 1\n```\n\n```output\n1\n```\n")


# ------------------------------------------------------------------------------------------------ comments

COMMENTS = {
    "beside": ("print(1)  #> x\n", "print(1)  #> 1\n"),
    "beside, and nothing is printed": ("one = 1  #> x\n", "one = 1  #>\n"),
    "below": ("print(1)\n#> x\n#> y\n", "print(1)\n#> 1\n"),
    "more lines below": ("print('a\\n\\nb')\n#> x\none = 1\n", "print('a\\n\\nb')\n#> a\n#>\n#> b\none = 1\n"),
    "more lines than fit beside": (
        "def f():\n    print('a\\nb')  #> a\n    return 1\n\n\nf()\n",
        "def f():\n    print('a\\nb')\n    #> a\n    #> b\n    return 1\n\n\nf()\n",
    ),
    "the mark in a text": ("print('#> x')  #> y\n", "print('#> x')  #> #> x\n"),
    "blanks at the end": ("print('a ')\n#> b\n", "print('a ')\n#> a \n"),
    "one of several": (
        "print(1)  #> 1\nprint(2)  #> 3\nprint(3)  #> 3\n",
        "print(1)  #> 1\nprint(2)  #> 2\nprint(3)  #> 3\n",
    ),
    "a wildcard": ("print('a\\nb\\nc')\n#> a\n#> ...\n#> d\n", "print('a\\nb\\nc')\n#> a\n#> ...\n#> c\n"),
}


@pytest.mark.parametrize(("before", "after"), COMMENTS.values(), ids=COMMENTS)
@pytest.mark.parametrize("prefix", ["", "   ", "> "], ids=["plain", "in a list", "in a quote"])
def test_comments(before: str, after: str, prefix: str, book: Book) -> None:
    def fenced(code: str) -> str:
        lines = ["```python", *code.split("\n")[:-1], "```"]
        first = "1. " if prefix == "   " else prefix
        body = [f"{prefix}{line}" if line else prefix.rstrip() for line in lines[1:]]
        return "\n".join([first + lines[0], *body]) + "\n"

    assert updated(book, fenced(before)) == fenced(after)


def test_comments_of_a_file_from_windows(book: Book) -> None:
    before = "- ```python\r\n  print('a\\nb')\r\n  #> x\r\n\r\n  one = 1\r\n  ```\r\n"
    after = "- ```python\r\n  print('a\\nb')\r\n  #> a\r\n  #> b\r\n\r\n  one = 1\r\n  ```\r\n"
    assert updated(book, before) == after


# ------------------------------------------------------------------------------------------------ what is left alone


def test_no_other_byte_changes(book: Book) -> None:
    around = "\tText\t\r\n\r\n\r\n* a\r\n\r\n     odd  \r\n<!-- c -->\r\r\n| a |\r\n|--|\r\n|b|\r\n\r\n"
    fence = "```python  {group=g}\r\nprint(1)\r\n```  \r\n\r\n\r\n ```output\t\r\n{}\r\n  ```\r\n"
    book.write(around + fence.replace("{}", "x") + around)
    assert book.verify("--update").exit_code == 0
    assert book.chapter.read_bytes().decode() == "# A\n\n" + around + fence.replace("{}", "1") + around


def test_a_book_that_is_right_is_not_touched(book: Book) -> None:
    book.write(python("print(1)", output="1\n"))
    before = book.chapter.stat()
    shown = book.verify("--update")
    assert "updated" not in shown.stdout
    assert book.chapter.stat().st_mtime_ns == before.st_mtime_ns


def test_without_the_option_nothing_is_written(book: Book) -> None:
    book.write(python("print(1)", output="x\n"))
    before = book.chapter.read_bytes()
    assert book.verify().exit_code == 1
    assert book.chapter.read_bytes() == before


def test_what_failed_otherwise_is_still_a_failure(book: Book) -> None:
    book.write(
        python("print(1)", output="x\n") + python("print(1)\nraise ValueError", output="1\n") + python("assert False")
    )
    shown = book.verify("--update")
    assert shown.exit_code == 1
    assert shown.stdout.count("\nfailed ") + shown.stdout.startswith("failed ") == 2
    assert "1 unproven" in shown.stdout
    assert f"updated      {book.chapter}" in shown.stdout
    assert "```output\n1\n```" in book.chapter.read_text()


@pytest.mark.parametrize("printed", ["a\\rb", "a\\x00b"], ids=["carriage return", "NUL"])
def test_what_markdown_cannot_hold_is_not_written(printed: str, book: Book) -> None:
    book.write(python(f"print('{printed}')", output="x\n") + python("print(2)", output="x\n"))
    shown = book.verify("--update")
    assert shown.exit_code == 1
    assert "prints something else" in shown.stdout
    assert b"```output\nx\n```" in book.chapter.read_bytes()
    assert b"```output\n2\n```" in book.chapter.read_bytes()


def test_a_session_is_not_rewritten(book: Book) -> None:
    book.write("```python\n>>> 1 + 1\n3\n```\n")
    assert book.verify("--update").exit_code == 1
    assert book.chapter.read_text().endswith(">>> 1 + 1\n3\n```\n")


def test_only_what_is_selected_is_updated(book: Book) -> None:
    book.write(python("print('first')", output="x\n") + python("print('second')", output="x\n"))
    assert book.verify("print-second", "--update").exit_code == 0
    assert book.chapter.read_text().count("```output\nx\n```") == 1


# ------------------------------------------------------------------------------------------------ two versions

VERSION = "import sys\n\nprint('{}', sys.version_info[:2])"


def test_outputs_that_differ_between_versions_are_not_written(book: Book) -> None:
    other = other_python() or pytest.skip("there is one Python only")
    book.write(python(VERSION.format("a"), output="x\n") + python("print('same')", output="x\n"))
    shown = book.verify("--update", "--python", HERE, "--python", other)
    assert shown.exit_code == 1
    assert "error[VG504]: the output of `a/import-sys` is not the same on" in shown.stderr
    assert "```output\nx\n```\n\n```python\nprint('same')" in book.chapter.read_text()
    assert "```output\nsame\n```" in book.chapter.read_text()


def test_an_output_that_is_right_on_one_version_is_not_overwritten(book: Book) -> None:
    other = other_python() or pytest.skip("there is one Python only")
    book.write(python(VERSION.format("a"), output=f"a ({HERE.replace('.', ', ')})\n"))
    before = book.chapter.read_bytes()
    for _ in range(2):  # the second time the right one is known from before
        shown = book.verify("--update", "--python", HERE, "--python", other)
        assert shown.exit_code == 1
        assert "VG504" in shown.stderr
        assert book.chapter.read_bytes() == before


def test_comments_that_differ_between_versions_are_not_written(book: Book) -> None:
    other = other_python() or pytest.skip("there is one Python only")
    book.write(python("import sys\n\nprint(sys.version_info[:2])  #> x"))
    before = book.chapter.read_bytes()
    assert "VG504" in book.verify("--update", "--python", HERE, "--python", other).stderr
    assert book.chapter.read_bytes() == before


def test_an_output_that_is_the_same_on_two_versions_is_written(book: Book) -> None:
    other = other_python() or pytest.skip("there is one Python only")
    book.write(python("print('same')", output="x\n"))
    assert book.verify("--update", "--python", HERE, "--python", other).exit_code == 0
    assert book.statuses("--python", HERE, "--python", other) == {
        "print-same": "proven",
        f"print-same on {other}": "proven",
    }


# ------------------------------------------------------------------------------------------------ the file


def test_an_edit_of_the_meantime_is_not_lost(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    book.write(python("print(1)", output="x\n"))
    real = Verifier.run

    def run_and_edit(self: Verifier) -> object:
        found = real(self)
        book.edit("print(1)", "print(3)")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(Verifier, "run", run_and_edit)
        shown = book.verify("--update")
    assert shown.exit_code == 1
    assert "error[VG505]" in shown.stderr
    assert "updated" not in shown.stdout
    assert "print(3)\n```\n\n```output\nx\n```" in book.chapter.read_text()


def test_a_chapter_that_is_gone_is_not_made_anew(book: Book) -> None:
    book.write(python("print(1)", output="x\n"))
    source = open_book(book.folder)
    results = [_result(entry) for entry in book.results().values()]
    book.chapter.unlink()
    done = rewrite(source, results)
    assert (done.written, done.mended) == ((), frozenset())
    assert [item.code for item in done.diagnostics] == ["VG505"]
    assert not book.chapter.exists()


def _result(entry: dict[str, object]) -> object:
    import msgspec

    from vulgate.model.proofs import Result

    return msgspec.convert(entry, Result)


def test_several_chapters_are_updated_at_once(tmp_path: Path) -> None:
    book = Book(tmp_path / "book", python("print(1)", output="x\n"))
    (book.folder / "vulgate.toml").write_text('[book]\ntitle = "B"\nchapters = ["a.md", "b/c.md"]\n')
    (book.folder / "b").mkdir()
    (book.folder / "b" / "c.md").write_text("# C\n\n" + python("print(2)  #> 3"))
    shown = run("verify", str(book.folder), "--update", "--isolation", "process")
    assert shown.exit_code == 0
    assert shown.stdout.count("updated ") == 2
    assert "print(2)  #> 2" in (book.folder / "b" / "c.md").read_text()
