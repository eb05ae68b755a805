"""`vulgate init`: the book that a newcomer starts from shows everything, is clean, and tells the truth."""

import contextlib
import io
from pathlib import Path
from typing import Any

import pytest

import vulgate
from tests.build.books import build, compiled, run, tree
from vulgate.markdown.directives import NAMES


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> vulgate.CompiledBook:
    folder = tmp_path_factory.mktemp("init") / "mybook"
    assert run("init", str(folder)).exit_code == 0
    return compiled(folder)


def test_it_says_what_it_made_and_what_comes_next(tmp_path: Path) -> None:
    folder = tmp_path / "mybook"
    lines = run("init", str(folder)).stdout.splitlines()
    assert [line.removeprefix("made ") for line in lines if line.startswith("made ")] == [
        str(folder / name) for name in ("vulgate.toml", "index.md", "tour.md", "naming.md")
    ]
    assert f"now: vulgate build {folder}" in lines
    assert f"and: vulgate verify {folder}" in lines
    assert str(folder / "dist" / "mybook.cursor.md") in lines[-1]
    assert len(tree(folder)) == 4


def test_it_builds_without_any_diagnostic(tmp_path: Path) -> None:
    run("init", str(tmp_path / "mybook"))
    result = build(tmp_path / "mybook")
    assert result.diagnostics == ()
    assert len(result.outputs) == 3


def test_it_shows_every_directive(book: vulgate.CompiledBook) -> None:
    source = "".join(block.text for block in book.blocks if block.is_authored and not block.parent)
    assert [name for name in NAMES if f"{{{name}}}" not in source] == []
    kinds = {block.kind for block in book.blocks}
    assert {name for name in NAMES if name not in ("tip", "warning")} <= kinds
    assert {note.style for note in book.of_kind(vulgate.Note)} >= {"note", "tip", "warning"}


@pytest.mark.parametrize(
    ("folder", "title", "id"),
    [
        ("my-book", None, "my-book"),
        ("my_book", "How we build", "how-we-build"),
        ("a", "C++ & Rust: 100% 'fun' <b> # $x {id} {title}", None),
        ("b", "[[nowhere]] and [x](gone.md)", None),
        ("c", "Chapter 99", None),
        ("d", "日本語", "book"),
        ("e", "Привет", "book"),
        ("f", "Über Straßen", "uber-strassen"),
        ("g", "---", "book"),
        ("h", "# * `x", "x"),
        ("日本", None, "book"),
        ("i", "x" * 300, None),
        ("j", ":::{rule}", "rule"),
    ],
)
def test_odd_titles_and_folders(folder: str, title: str | None, id: str | None, tmp_path: Path) -> None:
    result = run("init", str(tmp_path / folder), *(["--title", title] if title else []))
    assert result.exit_code == 0, result.output
    assert vulgate.compile_book(vulgate.open_book(tmp_path / folder)).diagnostics == ()
    made = compiled(tmp_path / folder).book
    assert made.title == (title or folder.replace("-", " ").capitalize())
    assert id is None or made.id == id


def test_a_long_title_can_be_built(tmp_path: Path) -> None:
    run("init", str(tmp_path / "long"), "--title", "x" * 300)
    assert build(tmp_path / "long").diagnostics == ()


@pytest.mark.parametrize("title", ['a "quoted" one', "back\\slash", "two\nlines", "bell\a", "", " "])
def test_titles_that_a_manifest_cannot_hold(title: str, tmp_path: Path) -> None:
    result = run("init", str(tmp_path / "mybook"), "--title", title)
    if result.exit_code:
        assert result.exit_code == 2
        assert not (tmp_path / "mybook").exists()
    else:
        assert vulgate.compile_book(vulgate.open_book(tmp_path / "mybook")).diagnostics == ()


@pytest.mark.parametrize("name", ["vulgate.toml", "index.md", "tour.md", "naming.md"])
def test_it_overwrites_nothing(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    result = run("init", str(tmp_path))
    assert result.exit_code == 2
    assert name in result.stderr
    assert tree(tmp_path) == {name: b"mine"}


def test_it_works_in_a_folder_with_other_files(tmp_path: Path) -> None:
    (tmp_path / "README.txt").write_text("mine", encoding="utf-8")
    assert run("init", str(tmp_path)).exit_code == 0
    assert (tmp_path / "README.txt").read_text(encoding="utf-8") == "mine"


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "mybook").write_text("mine", encoding="utf-8")
    for place in ("mybook", "mybook/inside"):
        result = run("init", str(tmp_path / place))
        assert result.exit_code == 2
        assert "cannot write into" in result.stderr
    assert tree(tmp_path) == {"mybook": b"mine"}


# ------------------------------------------------------------------------------------------------ its examples

Namespace = dict[str, Any]


def execute(example: vulgate.Example, namespace: Namespace) -> str:
    """Runs an example as the source format says; what it prints."""
    printed = io.StringIO()
    code = compile(example.code, f"{example.span.file}:{example.span.first}", "exec")
    with contextlib.redirect_stdout(printed):
        if example.fence.raises:
            with pytest.raises(BaseException) as caught:  # noqa: PT011
                exec(code, namespace)
            assert caught.type.__name__ == example.fence.raises
            assert example.fence.match in str(caught.value)
        else:
            exec(code, namespace)
    return printed.getvalue()


def test_its_examples_keep_their_word(book: vulgate.CompiledBook) -> None:
    groups: dict[tuple[str, str], Namespace] = {}
    seen: set[str] = set()
    for example in book.of_kind(vulgate.Example):
        fence = example.fence
        if example.language != "python" or fence.static or fence.skip:
            continue
        name = {"harm": "bad", "test": "solution"}.get(fence.role, fence.role)
        key = (example.parent, name) if name else (example.chapter, fence.group or example.id)
        if fence.role in ("harm", "test"):
            assert key in groups, f"{example.id} runs after nothing"
        printed = execute(example, groups.setdefault(key, {"__name__": "__main__"}))
        assert example.output is None or printed == example.output
        seen.add(fence.role or ("group" if fence.group else "output" if example.output is not None else "plain"))
    assert seen >= {"bad", "harm", "good", "near", "proof", "starter", "solution", "test", "group", "output"}


def test_each_rule_shows_its_harm(book: vulgate.CompiledBook) -> None:
    rules = list(book.of_kind(vulgate.Rule))
    assert rules
    for rule in rules:
        assert rule.bad
        assert rule.good
        shown = [book[id] for id in rule.bad]
        assert rule.harm or any(isinstance(block, vulgate.Example) and block.fence.raises for block in shown)
