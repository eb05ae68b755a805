"""Blocks that follow from others: questions, reasoning, test hints, uncertainties and pathways.

Each is made only where it says something true and complete; there is no filler.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from vulgate.model import blocks as b
from vulgate.model.ids import slug
from vulgate.model.suggest import did_you_mean
from vulgate.model.versions import holds_on
from vulgate.passes.linking import Linking, part_of_block

_HEDGE = re.compile(
    r"\b(usually|often|typically|probably|mostly|in most cases|sometimes|tends? to|roughly)\b", re.IGNORECASE
)
_CONFIDENCE: Final = 0.9


def derive_questions(link: Linking) -> None:
    """Asks only what the book answers: terms, contrasts, the reasons of rules, and headings that are questions."""
    asked = {slug(block.title, 40) for block in link.blocks if isinstance(block, b.Qa)}
    follows = _first_concepts(link)
    for block in link.blocks:
        question, answer = _question(block, follows)
        if not question or not answer or (name := slug(question, 40)) in asked:
            continue
        source, start, end = answer
        asked.add(name)
        common = _derived(link, source, "questions", f"{source.id}--qa")
        link.derived.append(
            b.Qa(
                **{**common, **part_of_block(source, start, end)},
                title=question,
                scope="book",
                confidence=min(_CONFIDENCE, block.confidence),
                inner=(start, end),
            )
        )


def _question(block: b.Block, follows: dict[str, b.Block]) -> tuple[str, tuple[b.Block, int, int] | None]:
    if isinstance(block, b.Term):
        return f"What does “{block.title}” mean?", _whole(block)
    if isinstance(block, b.Contrast) and len(block.sides) == 2:
        return f"What is the difference between {block.sides[0]} and {block.sides[1]}?", _whole(block)
    if isinstance(block, b.Rule):
        return f"Why does the rule “{block.title}” hold?", _reason(block)
    if isinstance(block, b.Section) and block.title.endswith("?") and block.id in follows:
        concept = follows[block.id]
        return block.title, (concept, concept.span.start, concept.span.start + len(concept.text.rstrip().encode()))
    return "", None


def _whole(block: b.DirectiveBlock) -> tuple[b.Block, int, int] | None:
    return (block, *block.inner) if block.body.strip(" \t\r\n>") else None


def _reason(rule: b.Rule) -> tuple[b.Block, int, int] | None:
    """The prose before a rule's first fence."""
    body = rule.body
    fence = re.search(r"^[ \t>]*(?:`{3}|~{3}|:{3})", body, re.MULTILINE)
    reason = body[: fence.start()] if fence else body
    if not reason.strip():
        return None
    start = rule.inner[0] + len(reason.encode()) - len(reason.lstrip().encode())
    return rule, start, start + len(reason.strip().encode())


def _first_concepts(link: Linking) -> dict[str, b.Block]:
    """The concept that directly follows each section's heading."""
    follows: dict[str, b.Block] = {}
    previous: b.Block | None = None
    for block in link.blocks:
        if isinstance(block, b.Concept) and isinstance(previous, b.Section) and not block.parent:
            follows[previous.id] = block
        previous = block
    return follows


def derive_reasoning(link: Linking) -> None:
    """Chains a rule's facts, its mechanism, the consequence of breaking it and the remedy, where all are there."""
    for block in link.blocks:
        if not isinstance(block, b.Rule):
            continue
        facts = link.fields[block.id].get("because", ())
        bad = [link.by_id[id] for id in block.bad]
        shown = list(block.harm) or [e.id for e in bad if isinstance(e, b.Example) and (e.output or e.fence.raises)]
        if not facts or not shown or not block.good or not _reason(block):
            continue
        steps = [("fact", fact) for fact in facts]
        steps += [("mechanism", block.id), ("consequence", shown[0]), ("remedy", block.good[0])]
        common = _derived(link, block, "reasoning", f"{block.id}--reasoning")
        common["origin"] = b.Origin("reasoning", tuple(dict.fromkeys(id for _, id in steps)))
        link.derived.append(
            b.Reasoning(**common, title=block.title, steps=tuple(b.ReasoningStep(*step) for step in steps))
        )


def derive_test_hints(link: Linking) -> None:
    """Says how a machine can tell that a rule is kept, or an exercise solved."""
    for block in link.blocks:
        how = ""
        if isinstance(block, b.Rule):
            how = _detector_hint(block.detect)
        elif isinstance(block, b.Exercise) and block.test:
            how = "Run the `test` fence in the namespace of your solution; every assertion must hold."
        if how:
            link.derived.append(
                b.TestHint(**_derived(link, block, "test-hints", f"{block.id}--test-hint"), title=block.title, how=how)
            )


def _detector_hint(detect: str) -> str:
    name, _, rest = detect.partition(" ")
    if name == "ruff":
        codes = rest.removesuffix(" preview").replace(" ", "")
        preview = " --preview" if rest.endswith(" preview") else ""
        return f"Run `ruff check{preview} --select {codes}`; it reports the places that break the rule."
    if name == "ast-grep":
        return "Scan the code with the rule's ast-grep pattern; each match breaks the rule."
    if name == "type-checker":
        checker, _, code = rest.partition(":")
        return f"Run `{checker}`; it reports the places that break the rule as `{code}`."
    return ""


def derive_uncertainties(link: Linking) -> None:
    """Marks facts to be read with care: without proof, hedged, or true on some of the book's versions only."""
    versions = link.manifest.book.python
    for block in link.blocks:
        if isinstance(block, b.Fact):
            for reason, detail in _doubts(block, versions):
                common = _derived(link, block, "uncertainties", f"{block.id}--{reason}")
                link.derived.append(b.Uncertainty(**common, title=block.title, reason=reason, detail=detail))


def _doubts(fact: b.Fact, versions: list[str]) -> Iterator[tuple[str, str]]:
    if fact.is_authored and not fact.proof and not fact.cite:
        yield "unproven", "It has neither a proof nor a citation."
    if fact.holds:
        others = [version for version in versions if not holds_on(fact.holds, version)]
        if others:
            yield "version-bound", f"It does not hold on Python {', '.join(others)}."
    if hedge := _HEDGE.search(fact.title or fact.text):
        yield "hedged", f"The claim is hedged by “{hedge[0].lower()}”."


def derive_pathways(link: Linking) -> None:
    """The manifest's learning paths: their chapters must exist and stand after their prerequisites."""
    from vulgate.source.manifest import ManifestReader

    heads = {head.id: head for head in link.heads()}
    file = link.source.manifest_file
    reader = ManifestReader(file, link.reporter) if file else None
    for index, entry in enumerate(link.manifest.paths):
        steps: list[str] = []
        for wanted in entry.chapters:
            span = reader.value_span(("paths", index, "chapters"), wanted) if reader else None
            id = link.formerly.get(wanted, wanted)
            if id not in heads:
                help = did_you_mean(wanted, heads)
                link.reporter.add("unknown-path-step", span, path=entry.title, target=wanted, help=help)
                continue
            for needed in heads[id].prerequisites:
                if needed in entry.chapters and needed not in steps:
                    link.reporter.add("path-order", span, path=entry.title, chapter=id, target=needed)
            steps.append(id)
        if steps:
            common = _derived(link, heads[steps[0]], "pathways", f"path-{entry.id or slug(entry.title)}")
            common.update(chapter="", section="", origin=b.Origin("pathways", tuple(steps)), scope="book")
            hours = sum(heads[id].hours for id in steps)
            link.derived.append(
                b.Pathway(**common, title=entry.title, description=entry.description, steps=tuple(steps), hours=hours)
            )


def _derived(link: Linking, source: b.Block, by: str, id: str) -> dict[str, Any]:
    while id in link.by_id or any(id == block.id for block in link.derived[-3:]):
        id += "-2"
    return {
        "id": id,
        "chapter": source.chapter,
        "section": source.section,
        "parent": source.id,
        "span": source.span,
        "level": source.level,
        "origin": b.Origin(by, (source.id,)),
    }
