"""The public surface: what `import vulgate` promises."""

import subprocess
import sys
from pathlib import Path

import pytest

import vulgate
from tests.support import write


def test_every_public_name_is_there() -> None:
    assert sorted(vulgate.__all__) == sorted(set(vulgate.__all__))
    for name in vulgate.__all__:
        assert getattr(vulgate, name) is not None
    assert set(dir(vulgate)) == set(vulgate.__all__)


def test_every_kind_of_block_is_public() -> None:
    from vulgate.model import blocks

    kinds = [
        value.__name__
        for value in vars(blocks).values()
        if isinstance(value, type) and issubclass(value, vulgate.Block)
    ]
    assert set(kinds) <= set(vulgate.__all__)


def test_an_unknown_name() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Rul'"):
        vulgate.Rul  # noqa: B018


def test_the_example_of_the_documentation(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "# A\n\n:::{rule} Do it\nWhy.\n:::\n"})
    compilation = vulgate.compile_book(vulgate.open_book(tmp_path))
    assert [(rule.id, rule.title) for rule in compilation.book.of_kind(vulgate.Rule)] == [("a/do-it", "Do it")]
    assert all(diagnostic.code and diagnostic.message for diagnostic in compilation.diagnostics)


def test_to_import_the_package_imports_nothing_else() -> None:
    script = "import sys, vulgate; print([name for name in sys.modules if name.startswith('vulgate.')])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "['vulgate.version']"


def test_a_book_knows_its_blocks(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "# A\n\n## S\n\n:::{note} N\n:id: n\n:formerly: m\nx\n:::\n"})
    book = vulgate.compile_book(vulgate.open_book(tmp_path)).book
    assert "a/n" in book
    assert "a/m" not in book
    assert book["a/m"] is book["a/n"]
    with pytest.raises(KeyError):
        book["a/nothing"]
    assert [block.id for block in book.authored("a")] == ["a", "a/s", "a/n"]
    assert book.authored("nothing") == []
