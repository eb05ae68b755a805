"""The guides of a book for one agent: which rules, in which guide, within a budget.

A budget is what an agent carries for any one file. Guides that are loaded apart may take a fifth of it each; the core gets what
the two largest of them leave. So the core and two more guides always fit, and a file that three of them reach is rare.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from vulgate.editions.agents.base import Guidance, Guide, Scope
from vulgate.editions.agents.scopes import CORE, BookScopes, book_scopes
from vulgate.editions.agents.selection import Candidate, Selection, curve, select
from vulgate.editions.agents.tokenizer import count
from vulgate.editions.agents.wording import instruction, names
from vulgate.editions.base import EditionOptionsError
from vulgate.model.blocks import Rule, Status
from vulgate.model.book import CompiledBook
from vulgate.model.findings import SEVERITIES
from vulgate.model.inline import plain

BUDGET: Final = 4000
"""Tokens by default: reasoning gets worse from some 3,000 tokens of instructions on (Levy et al., arXiv:2402.14848), and about
150 orders is where models begin to drop some (IFScale, arXiv:2507.11538); the core is then below both."""
APART: Final = 0.2
"""The part of the budget that one guide may take which is loaded apart."""
VALUE: Final = {"critical": 8.0, "high": 4.0, "medium": 2.0, "low": 1.0}
"""What a rule is worth by its severity."""
UNSHOWN: Final = 0.8
"""What a rule is worth that has no bad and good example to prove it by, beside one that has. Whether the proof has been run on
this machine does not count: the same book gives the same files everywhere."""
ENFORCED: Final = 0.25
"""What telling a rule is worth that the project's own linter enforces anyway, beside one that nothing enforces."""
_MEANING: Final = {
    "critical": "Critical: security, lost data, silent failure",
    "high": "High: wrong results",
    "medium": "Medium: will hurt later",
    "low": "Low: style",
}


class BudgetError(EditionOptionsError):
    """No rule fits into the budget; the text says how much would be needed.

    Attributes:
        least: The tokens that the smallest rule needs.
    """

    def __init__(self, budget: int, least: int, agent: str = "") -> None:
        tokens = f"{budget} token{'' if budget == 1 else 's'}" + (f" for {agent}" if agent else "")
        super().__init__(f"a budget of {tokens} holds no rule; the smallest one needs {least}")
        self.least = least


class Project(Struct, frozen=True):
    """What is known of the project that the guides are for.

    Attributes:
        left_out: Why a rule cannot apply there, by id of the rule.
        enforced: The tool that enforces a rule there already, by id of the rule.
        book: What commands have to name the book by; empty if it is the one that they take by themselves.
    """

    left_out: Mapping[str, str] = {}
    enforced: Mapping[str, str] = {}
    book: str = ""


class Entry(Struct, frozen=True):
    """A rule of the book, and what became of it.

    Attributes:
        rule: Its id.
        name: What it is looked up by.
        severity: Its severity.
        chapter: Its chapter.
        scope: Name of its scope.
        text: Its words, as an item of a list.
        tokens: What these take.
        value: What it is worth, before what is chosen with it counts.
        guide: Name of the scope whose guide it is in; empty if it is in none.
        reason: Why it is in none; or why it is worth less.
    """

    rule: str
    name: str
    severity: str
    chapter: str
    scope: str
    text: str
    tokens: int
    value: float
    guide: str = ""
    reason: str = ""


class _Frame(Struct, frozen=True):
    """What all guides of a book say: its title, and how a command names it."""

    title: str
    named: str


class Composition(Struct, frozen=True):
    """Guides, and the account of them.

    Attributes:
        guidance: The guides.
        entries: All rules of the book, in reading order.
        share: The value of what the core holds, as a share of all that may be in it.
        bound: A share that no choice within its budget exceeds.
        curve: Tokens and share of the value, for the core, as its budget grows.
    """

    guidance: Guidance
    entries: tuple[Entry, ...]
    share: float
    bound: float
    curve: tuple[tuple[int, float], ...]


def compose(
    book: CompiledBook,
    budget: int = BUDGET,
    *,
    delivers: Callable[[Scope], bool] = lambda scope: False,
    project: Project = Project(),  # noqa: B008 -- it is frozen
    read: Sequence[Guide] = (),
) -> Composition:
    """Chooses rules and writes them as guides.

    Args:
        book: The book.
        budget: Tokens that the core and any two of the other guides may take together.
        delivers: Whether the agent can load a guide for the files of a scope apart; the rules of other scopes are in the core.
        project: What is known of the project.
        read: The guides that the agent reads in files written for others, the core first. It is told their rules nowhere else,
            and gets no core of its own.

    Raises:
        BudgetError: The budget is smaller than the core with one rule.
    """
    scopes = book_scopes(book)
    entries = _entries(book, scopes, project)
    failed = {rule.id: "its proof fails" for rule in book.of_kind(Rule) if rule.status is Status.FAILED}
    told = {rule: f"the guide for {guide.scope.name} tells it" for guide in read for rule in guide.rules}
    out = {**failed, **project.left_out, **told}
    usable = [entry for entry in entries if entry.rule not in out]
    frame = _Frame(plain(book.book.title), f" --book {project.book}" if project.book else "")
    apart: dict[str, tuple[Guide, Selection]] = {}
    for scope in _distinct(scopes.of[entry.rule] for entry in usable):
        if scope != scopes.core and delivers(scope):
            own = [entry for entry in usable if entry.scope == scope.name]
            if made := _guide(frame, scope, own, int(budget * APART)):
                apart[scope.name] = made
    largest = sum(sorted((guide.tokens for guide, _ in apart.values()), reverse=True)[:2])
    general = [entry for entry in usable if entry.scope not in apart]
    core = (read[0], Selection((), 0.0, 0.0, 0)) if read else _guide(frame, scopes.core, general, budget - largest)
    if core is None and general:
        least = min(count(_text(frame, scopes.core, [entry], len(general) - 1)) for entry in general)
        raise BudgetError(budget, least + largest)
    empty = Guide(scopes.core, "", (), 0)
    guide, selection = core or (empty, Selection((), 0.0, 0.0, 0))
    scoped = (*read[1:], *(each for each, _ in apart.values()))
    guide_of = {rule: each.scope.name for each in (guide, *scoped) for rule in each.rules}
    return Composition(
        guidance=Guidance(book.book.id, plain(book.book.title), guide, scoped),
        entries=tuple(_accounted(entry, guide_of, out, project.enforced) for entry in entries),
        share=selection.value,
        bound=selection.bound,
        curve=tuple(curve(_candidates(general))),
    )


def _entries(book: CompiledBook, scopes: BookScopes, project: Project) -> list[Entry]:
    short = names(book)
    found = []
    for rule in book.of_kind(Rule):
        text = instruction(book, rule, short[rule.id])
        value = VALUE.get(rule.severity, 1.0) * (0.75 + 0.5 * rule.importance)
        value *= 1.0 if rule.bad and rule.good else UNSHOWN
        value *= ENFORCED if rule.id in project.enforced else 1.0
        scope = scopes.of[rule.id].name
        tokens = count(f"{text}\n")
        found.append(Entry(rule.id, short[rule.id], rule.severity, rule.chapter, scope, text, tokens, round(value, 4)))
    return found


def _accounted(entry: Entry, guide_of: Mapping[str, str], out: Mapping[str, str], enforced: Mapping[str, str]) -> Entry:
    tool = enforced.get(entry.rule)
    worth = f"{tool} enforces it already" if tool else ""
    if guide := guide_of.get(entry.rule, ""):
        return replace(entry, guide=guide, reason=worth)
    return replace(
        entry, reason=out.get(entry.rule) or ", ".join(filter(None, ["the budget has no room for it", worth]))
    )


def _candidates(entries: Iterable[Entry]) -> list[Candidate]:
    return [Candidate(entry.rule, entry.chapter, entry.value, entry.tokens) for entry in entries]


def _guide(frame: _Frame, scope: Scope, entries: Sequence[Entry], budget: int) -> tuple[Guide, Selection] | None:
    """The guide of a scope, or `None` where not one rule fits."""
    room = budget - count(_text(frame, scope, [], len(entries)))
    while room > 0:
        selection = select(_candidates(entries), room)
        guide = _written(frame, scope, entries, selection.chosen)
        if guide.rules and guide.tokens <= budget:
            return guide, selection
        room -= max(1, guide.tokens - budget)  # the headings between the items take room, too
    for entry in sorted(entries, key=lambda entry: -entry.value):
        guide = _written(frame, scope, entries, (entry.rule,))
        if guide.tokens <= budget:
            return guide, select(_candidates([entry]), budget)
    return None


def _written(frame: _Frame, scope: Scope, entries: Sequence[Entry], chosen: Collection[str]) -> Guide:
    """The guide with some of a scope's rules."""
    items = [entry for entry in entries if entry.rule in chosen]
    text = _text(frame, scope, items, len(entries) - len(items))
    return Guide(scope, text, _in_text(items), count(text))


def _text(frame: _Frame, scope: Scope, entries: Sequence[Entry], more: int) -> str:
    """The guide as Markdown; what an agent should do stands first, and the more it matters, the further up."""
    title = frame.title
    if scope.name == CORE:
        code = f"the {scope.title} code of this repository" if scope.title else "this repository"
        head = [f"# {title}: rules", "", f"Follow these rules in {code}."]
    else:
        head = [
            f"# {title}: {scope.title[:1].lower()}{scope.title[1:]}",
            "",
            f"Follow these rules when you {scope.about}.",
        ]
    head[-1] += f" Each ends with its id: `vulgate explain ID{frame.named}` gives the reason and examples."
    head[-1] += f' `vulgate search "QUESTION"{frame.named}` finds {more} more and the rest of the book.' if more else ""
    lines = list(head)
    for severity in SEVERITIES:
        if items := [entry.text for entry in entries if entry.severity == severity]:
            lines += ["", f"## {_MEANING[severity]}", "", *items]
    return "\n".join(lines) + "\n"


def _in_text(entries: Sequence[Entry]) -> tuple[str, ...]:
    """Ids in the order of the text."""
    return tuple(entry.rule for severity in SEVERITIES for entry in entries if entry.severity == severity)


def _distinct(scopes: Iterable[Scope]) -> list[Scope]:
    return list(dict.fromkeys(scopes))
