"""`vulgate search`."""

import sys
from pathlib import Path
from typing import Final

import click

from vulgate.cli.common import json_option, print_json, wants_color
from vulgate.cli.searching import books_option, encoder_option, for_terminal, open_library, prose_width
from vulgate.report.text import printable
from vulgate.search.answers import Hit, SearchAnswer, SearchError, told_status
from vulgate.search.ranking import KINDS, LIMIT
from vulgate.search.ranking import search as find

INDENT: Final = " " * 5
EPILOG = """\b
Examples:
  vulgate search "why does my default list keep growing"
  vulgate search functools.lru_cache --kind rule,qa
  vulgate search "UnboundLocalError: cannot access local variable" --limit 3
  vulgate search B006 --json
  vulgate search retry --book mybook --book python.sqlite --chapter error-handling
\b
Exit codes: 0 found, 1 nothing found, 2 wrong usage.
"""


@click.command(epilog=EPILOG)
@click.argument("words", nargs=-1, required=True, metavar="QUERY")
@books_option
@click.option("--kind", "-k", "kinds", multiple=True, metavar="KIND,...", help=f"Only these kinds: {', '.join(KINDS)}.")
@click.option("--chapter", "-c", default="", help="Only this chapter: its id, number or title.")
@click.option("--python", default="", metavar="VERSION", help="Only what holds for this version, such as 3.12.")
@click.option("--limit", "-n", type=int, default=LIMIT, show_default=True, help="How many hits, 1 to 50.")
@click.option("--cursor", default="", help="Go on where an earlier answer ended.")
@encoder_option
@json_option
def search(
    words: tuple[str, ...],
    books: tuple[Path, ...],
    kinds: tuple[str, ...],
    chapter: str,
    python: str,
    limit: int,
    cursor: str,
    encodes: bool,
    as_json: bool,
) -> None:
    """Find the passages of a book that answer QUERY, the best first.

    QUERY is a question, an error message, a name in code, a linter's code, or any words; spelling is mended.
    """
    query = " ".join(words)
    chosen = [kind for given in kinds for kind in given.split(",") if kind.strip()]
    with open_library(books, encodes=encodes) as library:
        try:
            answer = find(library, query, kinds=chosen, chapter=chapter, python=python, limit=limit, cursor=cursor)
        except SearchError as error:
            raise click.UsageError(str(error)) from error
    if as_json:
        print_json(answer)
        return
    _print(answer, several=len(answer.books) > 1)


def _print(answer: SearchAnswer, *, several: bool) -> None:
    for note in answer.notes:
        click.echo(note, err=True)
    if not answer.hits:
        click.echo("nothing found", err=True)
        raise SystemExit(1)
    color = wants_color(sys.stdout)
    for number, hit in enumerate(answer.hits, 1):
        click.echo(_shown(number, hit, several=several, width=prose_width()), color=color)
    if answer.cursor:
        click.echo(f"more with --cursor {answer.cursor}", err=True)


def _shown(number: int, hit: Hit, *, several: bool, width: int) -> str:
    """A hit as text: what it is, where it stands, and the passage with the words of the query marked."""
    excerpt = for_terminal(hit.excerpt, width - len(INDENT))
    parts = []
    end = 0
    for start, stop in hit.highlights:
        parts += [excerpt[end:start], click.style(excerpt[start:stop], bold=True, underline=True)]
        end = stop
    passage = "".join([*parts, excerpt[end:]]) or hit.gist * (hit.gist != hit.title)
    state = ", ".join(filter(None, [told_status(hit.kind, hit.status), hit.python and f"Python {hit.python}"]))
    place = f"{hit.book}: {hit.place}" if several else hit.place
    what = [
        click.style(line, dim=True) for line in (f"{hit.kind} {hit.id}" + f" ({state})" * bool(state), place) if line
    ]
    text = "\n".join([*what, *(["", passage] if passage else [])])
    below = "\n".join(f"{INDENT}{line}".rstrip() for line in text.split("\n"))
    return f"{number:>3}. {click.style(printable(hit.title), bold=True)}\n{below}\n"
