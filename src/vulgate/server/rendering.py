"""Answers as Markdown: what a model reads. Nothing but the book's passages and where they come from."""

from collections.abc import Iterable, Iterator, Sequence
from functools import singledispatch
from typing import Any, Final

from vulgate.search.answers import (
    BlockAnswer,
    BookStamp,
    Cited,
    CompareAnswer,
    Hit,
    OutlineAnswer,
    OutlineEntry,
    Reference,
    RulesAnswer,
    SearchAnswer,
    told_status,
)
from vulgate.server.reports import CheckAnswer, CodeFinding

_MARKS: Final = str.maketrans("", "", "*`_[]")
DIGITS: Final = 12
"""How much of a digest is shown."""


@singledispatch
def render(answer: Any, many: bool = False) -> str:
    """An answer as Markdown.

    Args:
        answer: An answer of one of the tools.
        many: Whether several books are served, so that an id needs its book to be handed back.

    Raises:
        TypeError: It is none of the answers.
    """
    raise TypeError(f"no Markdown for {type(answer).__name__}")


@render.register
def _(answer: SearchAnswer, many: bool = False) -> str:
    found = [_hit(number, hit, many) for number, hit in enumerate(answer.hits, 1)]
    return _page(found or [f"Nothing found for {answer.query[:200]!r}."], answer)


@render.register
def _(answer: BlockAnswer, many: bool = False) -> str:
    title = "" if answer.title in answer.text.partition("\n")[0] else f"**{answer.title}**"
    head = [title, f"{answer.kind} `{_id(answer.books[0].id, answer.id, many)}`", answer.place, answer.file]
    state = [_held(answer.python), told_status(answer.kind, answer.status), "; ".join(answer.proof)]
    parts = [_line(head), _line(state), answer.text.rstrip()]
    if answer.related:
        parts.append("Related:\n" + "\n".join(_reference(one, many) for one in answer.related))
    return _page(parts, answer)


@render.register
def _(answer: CompareAnswer, many: bool = False) -> str:
    parts: list[str] = []
    for title, passages in (("Both", answer.direct), (answer.a, answer.of_a), (answer.b, answer.of_b)):
        if passages:
            parts.append(f"## {title[:200]}")
            parts += (_cited(passage, many) for passage in passages)
    return _page(parts or ["Nothing found."], answer)


@render.register
def _(answer: RulesAnswer, many: bool = False) -> str:
    parts = [
        f"- **{rule.title}** (`{_id(rule.book, rule.id, many)}`, {rule.severity}, {rule.detect or 'review'})"
        + (f"\n  fix: {rule.fix}" if rule.fix else "")
        + (f"\n  why here: {', '.join(rule.why)}" if rule.why else "")
        for rule in answer.rules
    ]
    return _page(["\n".join(parts) or "No rule fits."], answer)


@render.register
def _(answer: OutlineAnswer, many: bool = False) -> str:
    return _page(["\n".join(_entry(entry, many) for entry in answer.entries) or "Nothing there."], answer)


@render.register
def _(answer: CheckAnswer, many: bool = False) -> str:
    words = "finding" if answer.found == 1 else "findings"
    parts = [f"{answer.path}: {answer.found} {words}, {answer.checked} rules looked for"]
    parts += [f"not checked: {problem}" for problem in answer.problems]
    for rule in answer.rules:
        head = f"**{rule.title}** (`{_id(rule.book, rule.id, many)}`, {rule.severity}, {rule.place})"
        own = [_finding(one) for one in answer.findings if (one.book, one.rule) == (rule.book, rule.id)]
        parts.append("\n".join([head, *filter(None, [rule.gist, rule.fix and f"fix: {rule.fix}"]), *own]))
    return _page(parts, answer)


# ------------------------------------------------------------------------------------------------ the parts


def _hit(number: int, hit: Hit, many: bool) -> str:
    head = _line([f"{number}. **{hit.title}**", f"{hit.kind} `{_id(hit.book, hit.id, many)}`", hit.place])
    state = [told_status(hit.kind, hit.status), _held(hit.python)]
    excerpt = hit.excerpt.removeprefix(hit.title).strip()
    gist = "" if _bare(hit.gist).rstrip(".… ") in _bare(f"{hit.title} {excerpt}") else hit.gist
    return "\n".join(filter(None, [_line([head, *state]), gist, excerpt]))


def _cited(passage: Cited, many: bool) -> str:
    text = passage.text.strip()
    title = "" if passage.title in text.partition("\n")[0] else f"**{passage.title}**"
    state = told_status(passage.kind, passage.status)
    return f"{_line([title, f'{passage.kind} `{_id(passage.book, passage.id, many)}`', passage.place, state])}\n{text}"


def _reference(one: Reference, many: bool) -> str:
    relation = f"{one.relation}: " if one.relation else ""
    return f"- {relation}{one.title} (`{_id(one.book, one.id, many)}`, {one.kind})"


def _entry(entry: OutlineEntry, many: bool) -> str:
    counts = ", ".join(f"{count} {kind}" for kind, count in entry.blocks.items())
    name = f"{entry.number} {entry.title}".strip()
    kind = "" if entry.kind in ("part", "chapter", "section") else f", {entry.kind}"
    return f"{'  ' * entry.depth}- {name} (`{_id(entry.book, entry.id, many)}`{kind}{'; ' + counts if counts else ''})"


def _finding(finding: CodeFinding) -> str:
    message = f": {finding.message}" if finding.message else ""
    code = f" [{finding.code}]" if finding.code else ""
    edits = [
        f"    {edit.line}:{edit.column}-{edit.end_line}:{edit.end_column} -> {edit.text!r}" for edit in finding.edits
    ]
    mend = [f"  edits, {'safe' if finding.safe else 'may change what the program does'}:", *edits] if edits else []
    also = [f"  also: {', '.join(finding.also)}"] if finding.also else []
    return "\n".join([f"- line {finding.line}, column {finding.column}{message}{code}", *also, *mend])


def _page(parts: Iterable[str], answer: Any) -> str:
    return "\n\n".join(filter(None, [*parts, "\n".join(_foot(answer))])) + "\n"


def _foot(answer: Any) -> Iterator[str]:
    yield from (f"note: {note}" for note in getattr(answer, "notes", ()))
    if answer.truncated:
        yield "truncated" + (f"; cursor: {answer.cursor}" if getattr(answer, "cursor", "") else "")
    yield from map(stamp, answer.books)


def stamp(book: BookStamp) -> str:
    """Which copy of which book answered, in a line."""
    return f"book: {book.title} ({book.id}), digest {book.digest[:DIGITS]}, built {book.built}, vulgate {book.version}"


def _line(parts: Sequence[str]) -> str:
    return " · ".join(filter(None, parts))


def _bare(text: str) -> str:
    """A text without marks and line ends, to see whether another one says it already."""
    return " ".join(text.translate(_MARKS).split())


def _held(python: str) -> str:
    return f"python {python}" if python else ""


def _id(book: str, id: str, many: bool) -> str:
    """An id as it can be handed back."""
    return f"{book}:{id}" if many else id
