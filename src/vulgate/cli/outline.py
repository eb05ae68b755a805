"""`vulgate outline`."""

from pathlib import Path
from typing import Any

import click

from vulgate.cli.common import book_argument, compile_or_exit, json_option, print_json
from vulgate.model.blocks import Chapter, Section
from vulgate.model.book import CompiledBook

EPILOG = """\b
Examples:
  vulgate outline
  vulgate outline mybook --blocks
  vulgate outline mybook --depth 1 --json
"""


@click.command(epilog=EPILOG)
@book_argument
@click.option("--depth", type=click.IntRange(0), help="Levels of sections to show; 0 shows chapters only.")
@click.option("--blocks", "with_blocks", is_flag=True, help="Show the authored blocks in each section too.")
@json_option
def outline(book: Path | None, depth: int | None, with_blocks: bool, as_json: bool) -> None:
    """Show the tree of BOOK: parts, chapters and sections, each with its number and id."""
    compilation = compile_or_exit(book)
    rows = _rows(compilation.book, depth, with_blocks)
    if as_json:
        print_json({"book": compilation.book.book, "outline": rows})
    else:
        click.echo(f"{compilation.book.book.title} ({compilation.book.book.id})")
        width = max((len(_label(row)) for row in rows), default=0)
        for row in rows:
            click.echo(f"{_label(row).ljust(min(width, 72))}  {row['id']}")
    raise SystemExit(1 if compilation.has_errors else 0)


def _label(row: dict[str, Any]) -> str:
    number = (
        f"{row['number']} "
        if row["number"]
        else f"[{row['kind']}] "
        if row["kind"] not in ("chapter", "section", "part")
        else ""
    )
    return f"{'  ' * row['depth']}{number}{row['title']}"


def _rows(book: CompiledBook, depth: int | None, with_blocks: bool) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    first = {part.chapters[0]: part for part in book.book.parts if part.chapters and part.title}
    indent = 0
    for block in book.blocks:
        if isinstance(block, Chapter):
            if part := first.get(block.id):
                rows.append({"kind": "part", "number": part.number, "title": part.title, "id": part.id, "depth": 0})
            indent = 1 if block.part and first else 0
            rows.append(
                {"kind": "chapter", "number": block.number, "title": block.title, "id": block.id, "depth": indent}
            )
        elif isinstance(block, Section):
            level = block.number.count(".")
            if depth is None or level <= depth:
                rows.append(
                    {
                        "kind": "section",
                        "number": block.number,
                        "title": block.title,
                        "id": block.id,
                        "depth": indent + max(level, 1),
                    }
                )
        elif with_blocks and block.is_authored and not block.parent:
            rows.append({"kind": block.kind, "number": "", "title": block.title, "id": block.id, "depth": indent + 2})
    return rows
