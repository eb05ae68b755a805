"""Directives as cards: what comes before the author's text, and what after it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from vulgate.editions.web.badges import badge, citations, proof
from vulgate.editions.web.context import Context
from vulgate.editions.web.text import attribute, escape, inline, link, option
from vulgate.model import blocks as b

_LABELS: Final = {
    "rule": "Rule",
    "fact": "Fact",
    "term": "Term",
    "pattern": "Pattern",
    "contrast": "Contrast",
    "rationale": "Why",
    "qa": "Question",
    "exercise": "Exercise",
    "quick": "In short",
    "intuition": "Intuition",
    "role": "For",
    "story": "Story",
}
_OPEN_PARTS: Final = ("bad", "good", "starter", "")
_NARROW: Final = 44
"""Characters of the longest line with which two examples fit side by side."""
Fences = Sequence[tuple[b.Example, str]]
"""Examples inside a card, with their HTML."""


class Card:
    """The HTML around the text of a directive.

    Args:
        block: The directive.
        anchor: Its anchor.
        depth: The level of its title as a heading.
        context: The book around it.
    """

    def __init__(self, block: b.DirectiveBlock, anchor: str, depth: int, context: Context) -> None:
        self.block = block
        self.anchor = anchor
        self.depth = min(depth, 6)
        self.context = context

    def opening(self) -> str:
        """The frame and the title."""
        block = self.block
        kind = block.style if isinstance(block, b.Note) else block.kind
        label = block.style.capitalize() if isinstance(block, b.Note) else _LABELS.get(block.kind, block.kind)
        classes = f"card {kind} {block.severity}" if isinstance(block, b.Rule) else f"card {kind}"
        parts = [f'<section class="{classes}" id="{self.anchor}" data-kind={block.kind}>']
        parts.append(f"<header><span class=label>{label}</span>{''.join(self._badges())}")
        if block.title:
            title = inline(block.title)
            if isinstance(block, b.Term):
                title = f"<dfn>{title}</dfn>"
            parts.append(f"<h{self.depth}>{title}{permalink(self.anchor)}</h{self.depth}>")
        parts.append("</header>\n")
        if isinstance(block, b.Pattern):
            parts += self._lines(("Use when", block.use_when), ("Avoid when", block.avoid_when))
        if isinstance(block, b.Term) and block.aliases:
            parts.append(f"<p class=also>Also: {', '.join(map(inline, block.aliases))}</p>")
        if isinstance(block, b.Qa) and block.self_check:
            parts.append("<details class=answer><summary>Answer</summary>")
        return "".join(parts)

    def closing(self) -> str:
        """What the options say beside the text, who leads here, and the end of the frame."""
        block = self.block
        parts: list[str] = []
        if isinstance(block, b.Qa) and block.self_check:
            parts.append("</details>")
        if isinstance(block, b.Rule):
            parts += self._rule(block)
        elif isinstance(block, b.Fact) and block.cite:
            parts.append(f"<p class=cite>Source: {citations(block.cite)}</p>")
        parts.append(backlinks(self.context, block.id))
        parts.append("</section>\n")
        return "".join(parts)

    def _badges(self) -> Iterator[str]:
        block = self.block
        if isinstance(block, b.Rule):
            yield badge(block.severity, block.severity)
            yield badge(f"Python {block.python}") if block.python else ""
        elif isinstance(block, b.Fact):
            yield badge(block.holds) if block.holds else ""
        elif isinstance(block, b.Exercise):
            yield badge(block.difficulty)
            yield badge(f"{block.minutes} min") if block.minutes else ""
        yield proof(block)

    def _lines(self, *lines: tuple[str, str]) -> list[str]:
        titles = self.context.titles
        return [
            f"<p class=option><b>{label}</b> {option(self.block, text, titles)}</p>\n" for label, text in lines if text
        ]

    def _rule(self, rule: b.Rule) -> Iterator[str]:
        yield from self._lines(("Fix", rule.fix))
        details = []
        if rule.because:
            facts = (link(id, inline(self.context.name(id))) for id in rule.because if self.context.book.find(id))
            details.append(("Because", "; ".join(facts)))
        details += [("Detector", f"<code>{escape(rule.detect)}</code>")] if rule.detect else []
        details += [("Applies to", escape(", ".join(rule.applies)))] if rule.applies else []
        details += [("Only if asked for", inline(rule.opt_in))] if rule.opt_in else []
        details += [("Source", citations(rule.cite))] if rule.cite else []
        details.append(("Id", f"<code>{escape(rule.id.rpartition('/')[2])}</code>"))
        if details:
            yield "<dl class=facts>" + "".join(f"<div><dt>{name}</dt><dd>{html}</dd></div>" for name, html in details)
            yield "</dl>\n"


def arrange(fences: Fences, is_folded: Callable[[b.Example], bool]) -> str:
    """The fences of a card: bad and good side by side, the rest below, folded where a reader may do without."""
    pair = [html for fence, html in fences if fence.fence.role in ("bad", "good")]
    lines = [line for fence, _ in fences if fence.fence.role in ("bad", "good") for line in fence.code.split("\n")]
    width = "pair narrow" if max(map(len, lines), default=0) <= _NARROW else "pair"
    parts = [f'<div class="{width}">{"".join(pair)}</div>\n'] if pair else []
    for fence, html in fences:
        role = fence.fence.role
        if role in ("bad", "good"):
            continue
        parts.append(_folded(role, html, fence) if is_folded(fence) else html)
    return "".join(parts)


_SUMMARIES: Final = {
    "near": "Looks like the fault, and is none",
    "harm": "What the bad form does",
    "proof": "Proof",
    "detect": "Detector",
    "solution": "Solution",
    "test": "Tests",
}


def folded(fence: b.Example) -> bool:
    """Whether a part of a directive is shown only when it is asked for."""
    return fence.fence.role not in _OPEN_PARTS


def _folded(role: str, html: str, fence: b.Example) -> str:
    summary = _SUMMARIES.get(role, role)
    return f"<details class=part><summary>{summary}</summary>{html}</details>\n"


def permalink(anchor: str) -> str:
    """A mark that leads to the place where it stands."""
    return f'<a class=permalink href="#{attribute(anchor)}" aria-label="Link to this place">#</a>'


def backlinks(context: Context, id: str) -> str:
    """The blocks that lead to a block."""
    sources = context.backlinks.get(id, ())
    if not sources:
        return ""
    items = "".join(f"<li>{link(source, inline(context.name(source)))}</li>" for source in sources)
    count = len(sources)
    return f"<details class=backlinks><summary>Used by {count}</summary><ul>{items}</ul></details>\n"
