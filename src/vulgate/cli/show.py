"""`vulgate show`."""

from pathlib import Path
from typing import Any

import click

from vulgate.cli.common import compile_or_exit, is_path, json_option, print_json
from vulgate.model.blocks import Block, Relation
from vulgate.model.book import CompiledBook
from vulgate.model.suggest import nearest

EPILOG = """\b
Examples:
  vulgate show functions/no-mutable-default        in the bundled handbook
  vulgate show mybook tour/closure
  vulgate show no-mutable-default --json
"""
_CLAIMS = ("rule", "fact", "example", "exercise")


@click.command(epilog=EPILOG)
@click.argument("words", nargs=-1, required=True, metavar="[BOOK] ID")
@json_option
def show(words: tuple[str, ...], as_json: bool) -> None:
    """Show one block of BOOK: its place, its fields, its source, and what it is linked with.

    ID may leave the chapter out where the rest is unique. Without BOOK, the bundled handbook is meant.
    """
    if len(words) > 2:
        raise click.UsageError("name a book and an id, or an id alone")
    if len(words) == 1 and is_path(words[0]):
        raise click.UsageError(f"{words[0]} is a book; add the id of a block (`vulgate outline {words[0]}` lists them)")
    compilation = compile_or_exit(Path(words[0]) if len(words) == 2 else None)
    book = compilation.book
    block = _find(book, words[-1])
    links = _links(book, block)
    if as_json:
        print_json({"block": block, "place": book.place(block), **links})
        return
    _print(book, block, links)


def _find(book: CompiledBook, wanted: str) -> Block:
    try:
        return book[wanted]
    except KeyError:
        pass
    found = [block for block in book.blocks if block.id.partition("/")[2] == wanted]
    if len(found) == 1:
        return found[0]
    candidates = [block.id for block in found]
    if not candidates:
        own = [block.id for block in book.blocks if block.is_authored and block.title]
        names = {**{id.partition("/")[2]: id for id in reversed(own)}, **{id: id for id in own}}
        candidates = list(dict.fromkeys(names[name] for name in nearest(wanted, names)))
    help = f"; did you mean {', '.join(candidates)}?" if candidates else ""
    raise click.UsageError(f"no block has the id {wanted}{help}")


def _links(book: CompiledBook, block: Block) -> dict[str, Any]:
    relations = [item for item in book.of_kind(Relation) if block.id in (item.source, item.target)]
    outgoing = {item.target for item in relations}
    return {
        "relations": [{"type": item.type, "to": item.target} for item in relations if item.source == block.id],
        "backlinks": [{"type": item.type, "from": item.source} for item in relations if item.target == block.id],
        "addresses": sorted({link.target for link in block.links if link.target not in outgoing}),
        "inside": [child.id for child in book.children(block.id)],
    }


def _print(book: CompiledBook, block: Block, links: dict[str, Any]) -> None:
    click.echo(f"{block.kind} {block.id}")
    if block.title:
        click.echo(f"  title       {block.title}")
    click.echo(f"  place       {book.place(block)} ({block.span.file}:{block.span.first}-{block.span.last})")
    shown = {
        "severity",
        "detect",
        "fix",
        "holds",
        "cite",
        "aliases",
        "level",
        "language",
        "number",
        "type",
        "how",
        "reason",
        "detail",
        "hours",
    }
    for name in block.__struct_fields__:
        value = getattr(block, name)
        if name in shown and value:
            click.echo(f"  {name:<11} {', '.join(value) if isinstance(value, tuple) else value}")
    status = f", {block.status}" if block.kind in _CLAIMS else ""
    click.echo(f"  importance  {block.importance}, confidence {block.confidence}, by {block.origin.by}{status}")
    for verdict in block.verdicts:
        click.echo(f"  {verdict.status:<11} on {verdict.runtime}" + (f": {verdict.reason}" if verdict.reason else ""))
    for relation in links["relations"]:
        click.echo(f"  {relation['type']:<11} {relation['to']}")
    for relation in links["backlinks"]:
        click.echo(f"  <- {relation['type']:<8} {relation['from']}")
    for address in links["addresses"]:
        click.echo(f"  link        {address}")
    if block.text:
        click.echo()
        click.echo(block.text.rstrip("\n"))
