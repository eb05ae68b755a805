"""The index pages: rules, terms, questions, names, sources."""

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from itertools import groupby
from typing import Final, NamedTuple

from vulgate.editions.web.badges import badge, citation, proof
from vulgate.editions.web.context import Context
from vulgate.editions.web.text import attribute, escape, inline, link
from vulgate.model import blocks as b
from vulgate.model.book import CompiledBook
from vulgate.model.inline import plain

_SEVERITIES: Final = ("critical", "high", "medium", "low")
_MOST_PLACES: Final = 3
_MOST_NAMES: Final = 1200
"""Names on a page: some 50 KB as transferred."""


def rules_page(context: Context) -> str:
    """All rules, a table a chapter; a script filters by what the rows say of themselves."""
    rules = [rule for rule in context.book.of_kind(b.Rule) if rule.is_authored]
    parts = [_filters(rules, context)] if rules else []
    for chapter, group in groupby(rules, key=lambda rule: rule.chapter):
        name = inline(context.name(chapter))
        parts.append(
            f"<section data-group><h2>{name}</h2><div class=scroll tabindex=0 role=group aria-label='Rules'><table>"
        )
        parts.append("<thead><tr><th>Rule</th><th>Severity</th><th>Detector</th><th>Proof</th></tr></thead><tbody>")
        parts += (_rule_row(rule) for rule in group)
        parts.append("</tbody></table></div></section>\n")
    return "".join(parts)


def _filters(rules: list[b.Rule], context: Context) -> str:
    chapters = [(id, plain(context.name(id))) for id in dict.fromkeys(rule.chapter for rule in rules)]
    detectors = [(name, name) for name in sorted({_detector(rule) for rule in rules})]
    severities = [(name, name) for name in _SEVERITIES if any(rule.severity == name for rule in rules)]
    selects = (
        _select("severity", "Severity", severities)
        + _select("chapter", "Chapter", chapters)
        + _select("detector", "Detector", detectors)
    )
    return f"<form class=filters data-filters hidden>{selects}<output aria-live=polite>{len(rules)} rules</output></form>\n"


def _select(name: str, label: str, choices: list[tuple[str, str]]) -> str:
    options = "".join(f'<option value="{attribute(value)}">{escape(text)}</option>' for value, text in choices)
    return f'<label>{label} <select name={name}><option value="">all</option>{options}</select></label>'


def _detector(rule: b.Rule) -> str:
    return rule.detect.partition(" ")[0] or "none"


def _rule_row(rule: b.Rule) -> str:
    detector = _detector(rule)
    return (
        f'<tr data-row data-severity="{attribute(rule.severity)}" data-chapter="{attribute(rule.chapter)}" '
        f'data-detector="{attribute(detector)}"><td>{link(rule.id, inline(rule.title))}</td>'
        f"<td>{badge(rule.severity, rule.severity)}</td><td><code>{escape(rule.detect or 'none')}</code></td>"
        f"<td>{proof(rule) or 'unproven'}</td></tr>\n"
    )


def glossary_page(context: Context) -> str:
    """All terms, by letter."""
    terms = sorted(
        (term for term in context.book.of_kind(b.Term) if term.is_authored),
        key=lambda term: plain(term.title).casefold(),
    )
    parts: list[str] = []
    for letter, group in groupby(terms, key=lambda term: plain(term.title)[:1].upper()):
        parts.append(f"<h2>{escape(letter)}</h2><dl class=glossary>")
        for term in group:
            also = f" <span class=also>also {', '.join(map(inline, term.aliases))}</span>" if term.aliases else ""
            gist = inline(term.body.strip().partition("\n\n")[0])
            parts.append(f"<dt>{link(term.id, inline(term.title))}{also}</dt><dd>{gist}</dd>")
        parts.append("</dl>\n")
    return "".join(parts)


def questions_page(context: Context) -> str:
    """All questions that the book answers, by chapter: the author's, and those that follow from terms, rules and contrasts."""
    parts: list[str] = []
    questions = sorted(context.book.of_kind(b.Qa), key=_reading_order(context))
    for chapter, group in groupby(questions, key=lambda question: question.chapter):
        items = "".join(f"<li>{link(_answer(question), inline(question.title))}</li>" for question in group)
        parts.append(f"<h2>{inline(context.name(chapter))}</h2><ul class=questions>{items}</ul>\n")
    return "".join(parts)


class _reading_order:  # noqa: N801  (used as a function)
    """Sorts blocks as a reader meets them."""

    def __init__(self, context: Context) -> None:
        self.chapters = {chapter.id: index for index, chapter in enumerate(context.book.chapters)}

    def __call__(self, block: b.AnyBlock) -> tuple[int, int]:
        return self.chapters.get(block.chapter, -1), block.span.start


def _answer(question: b.Qa) -> str:
    return question.id if question.is_authored or not question.origin.sources else question.origin.sources[0]


def symbols_page(context: Context, letters: Collection[str] = ()) -> str:
    """The names that code defines and imports, by letter, each with where it does.

    Args:
        context: The book.
        letters: The first letters that are wanted; all if there are none.
    """
    parts: list[str] = []
    for letter, names in _by_letter(context.book).items():
        if letters and letter not in letters:
            continue
        parts.append(f'<h2 id="{attribute(letter)}">{escape(letter)}</h2><dl class=symbols>')
        parts += (
            f"<dt><code>{escape(name)}</code></dt><dd>{_places(ids, context)}</dd>" for name, ids in names.items()
        )
        parts.append("</dl>\n")
    return "".join(parts)


def _by_letter(book: CompiledBook) -> dict[str, dict[str, dict[str, None]]]:
    """The blocks of each name in code, by the name and its first letter; what is no letter comes first."""
    found: dict[str, dict[str, None]] = {}
    for symbol in book.symbols:
        if symbol.type != "term":
            found.setdefault(symbol.name, {}).update(dict.fromkeys(symbol.blocks))
    names = sorted(found, key=lambda name: (name.lstrip("_").casefold(), name))
    letters: dict[str, dict[str, dict[str, None]]] = {}
    for name in names:
        initial = name.lstrip("_")[:1].upper()
        letters.setdefault(initial if initial.isalpha() else "_", {})[name] = found[name]
    return letters


def _places(ids: Iterable[str], context: Context) -> str:
    """Links to places under the names of what stands there, each name once."""
    named: dict[str, str] = {}
    for id in ids:
        named.setdefault(context.name(id), id)
    shown = [link(id, inline(name)) for name, id in list(named.items())[:_MOST_PLACES]]
    more = f" and {len(named) - _MOST_PLACES} more" if len(named) > _MOST_PLACES else ""
    return ", ".join(shown) + more


def sources_page(context: Context) -> str:
    """What the book cites: the PEPs by number, then everything else."""
    cited: dict[str, list[str]] = {}
    for block in context.book.blocks:
        if isinstance(block, (b.Rule, b.Fact)) and block.is_authored:
            for source in block.cite:
                cited.setdefault(source, []).append(block.id)
    peps = sorted((source for source in cited if source.startswith("PEP ")), key=lambda text: int(text[4:]))
    others = sorted((source for source in cited if not source.startswith("PEP ")), key=str.casefold)
    return "".join(_sources("PEPs", peps, cited, context)) + "".join(_sources("Other sources", others, cited, context))


def _sources(title: str, names: list[str], cited: dict[str, list[str]], context: Context) -> Iterator[str]:
    if names:
        yield f"<h2>{title}</h2><dl class=symbols>"
        for name in names:
            yield f"<dt>{citation(name)}</dt><dd>{_places(cited[name], context)}</dd>"
        yield "</dl>\n"


class Index(NamedTuple):
    """An index page.

    Attributes:
        name: The name of its file without the ending.
        title: Its title.
        lead: What it is.
        make: Makes its body.
        has_any: Whether the book has anything to list there.
        of: The name of the index that it continues, or empty.
        letters: The first letters of what it lists, where an index has several pages.
    """

    name: str
    title: str
    lead: str
    make: Callable[[Context], str]
    has_any: Callable[[CompiledBook], bool]
    of: str = ""
    letters: tuple[str, ...] = ()


def _proof(context: Context) -> str:
    from vulgate.editions.web.proof import proof_page  # takes its time to load, and a helper process makes it

    return proof_page(context)


def _has_authored(kind: type[b.AnyBlock]) -> Callable[[CompiledBook], bool]:
    return lambda book: any(block.is_authored for block in book.of_kind(kind))


def _cites(book: CompiledBook) -> bool:
    return any(isinstance(block, (b.Rule, b.Fact)) and block.is_authored and block.cite for block in book.blocks)


_INDEXES: Final = (
    Index("rules", "Rules", "All rules of the book.", rules_page, _has_authored(b.Rule)),
    Index("glossary", "Glossary", "All terms that the book defines.", glossary_page, _has_authored(b.Term)),
    Index("questions", "Questions", "What the book answers.", questions_page, lambda book: any(book.of_kind(b.Qa))),
    Index(
        "symbols",
        "Names in code",
        "The names that the book's code defines and imports.",
        symbols_page,
        lambda book: any(symbol.type != "term" for symbol in book.symbols),
    ),
    Index("sources", "Sources", "What the book cites.", sources_page, _cites),
    Index("proof", "Proof", "How much of the book is proven.", _proof, lambda book: True),
)


def indexes_of(book: CompiledBook) -> list[Index]:
    """The index pages that a book has something for."""
    found: list[Index] = []
    for index in _INDEXES:
        if index.has_any(book):
            found += _cut(index, book) if index.make is symbols_page else [index]
    return found


def _cut(index: Index, book: CompiledBook) -> list[Index]:
    """The index of names as one page, or as several of neighbouring letters."""
    groups: list[list[str]] = [[]]
    size = 0
    for letter, names in _by_letter(book).items():
        if groups[-1] and size + len(names) > _MOST_NAMES:
            groups.append([])
            size = 0
        groups[-1].append(letter)
        size += len(names)
    if len(groups) == 1:
        return [index]
    return [_page(index, at, tuple(letters)) for at, letters in enumerate(groups, 1)]


def _page(index: Index, at: int, letters: tuple[str, ...]) -> Index:
    return index._replace(
        name=index.name if at == 1 else f"{index.name}--{at}",
        make=partial(symbols_page, letters=letters),
        of="" if at == 1 else index.name,
        letters=letters,
    )
