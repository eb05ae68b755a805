"""Whole books: the one that comes with the program, and a large one that nobody wrote for it."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

import vulgate
from tests.support import BUNDLED, LEGACY, SHARED, check_book, errors, handbook, write
from vulgate.editions.base import NoOptions
from vulgate.editions.cursor import CursorEdition
from vulgate.editions.ssm import SsmEdition
from vulgate.model.diagnostics import Severity
from vulgate.source.folder import FolderReader

FIDELITY = SHARED / "bench" / "fidelity.py"

needs_legacy = pytest.mark.skipif(not LEGACY.is_dir(), reason=f"{LEGACY} is not on this machine")
needs_fidelity = pytest.mark.skipif(not FIDELITY.is_file(), reason=f"{FIDELITY} is not on this machine")


@pytest.fixture(scope="module")
def legacy() -> tuple[vulgate.SourceBook, vulgate.Compilation]:
    source = FolderReader().read(LEGACY)  # as plain Markdown: its own reader takes the numbers out of its headings
    return source, vulgate.compile_book(source)


def test_the_bundled_book() -> None:
    found = handbook()
    check_book(vulgate.open_book(BUNDLED), found)
    assert errors(found) == []
    assert sum(1 for _ in found.book.of_kind(vulgate.Rule)) > 20


@needs_legacy
def test_a_book_that_was_not_written_for_us(legacy: tuple[vulgate.SourceBook, vulgate.Compilation]) -> None:
    """No errors, and every byte of every chapter stands in exactly one block."""
    source, found = legacy
    check_book(source, found)
    assert [item for item in found.diagnostics if item.severity is Severity.ERROR] == []
    assert len(source.chapters) == len(list(LEGACY.glob("*.md")))
    assert sum(len(chapter.file.data) for chapter in source.chapters) > 700_000
    for chapter, head in zip(source.chapters, found.book.chapters, strict=True):
        text = "".join(block.text for block in found.book.authored(head.id) if not block.parent)
        assert text.encode() == chapter.file.data


def measure(output: Path) -> dict[str, Any]:
    spec = importlib.util.spec_from_file_location("fidelity", FIDELITY)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    report: dict[str, Any] = module.measure(str(LEGACY), str(output))
    return report


@needs_legacy
@needs_fidelity
@pytest.mark.parametrize("edition", ["ssm", "cursor"])
def test_nothing_is_lost_in_an_edition(
    legacy: tuple[vulgate.SourceBook, vulgate.Compilation], edition: str, tmp_path: Path
) -> None:
    """Measured by a program that knows nothing of this one."""
    book = legacy[1].book
    render = {
        "ssm": lambda: SsmEdition().render(book, SsmEdition.options()),
        "cursor": lambda: CursorEdition().render(book, NoOptions()),
    }
    files = render[edition]()
    markdown = {path: data for path, data in files.items() if path.endswith(".md")}
    (path,) = markdown
    write(tmp_path, markdown)
    report = measure(tmp_path / path)
    lost = report.get("examples_of_loss")
    assert report["code_fences"]["total"] > 600
    assert report["code_fences"]["block_rate"] == 1.0, lost
    for part, tier in (
        ("paragraphs", "text_rate"),
        ("headings", "text_rate"),
        ("tables", "cell_rate"),
        ("links", "url_rate"),
    ):
        assert report[part][tier] >= 0.999, (part, lost)
    assert report["whole"]["code_still_next_to_its_prose"]["rate"] == 1.0, lost
    assert report["whole"]["times_each_long_paragraph_occurs"] <= 1.005
