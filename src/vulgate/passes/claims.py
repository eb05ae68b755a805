"""Terms and facts that the prose states without a directive: derived, with a confidence below 1.

Precision comes before recall: a term is a definition list entry, or a paragraph that begins with a bold word and "is"; a fact
is a whole sentence that says since which version of Python something holds, and that stands on its own.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from vulgate.markdown import nodes as n
from vulgate.markdown.parser import Document
from vulgate.model import blocks as b
from vulgate.model.ids import slug
from vulgate.model.spans import LineIndex
from vulgate.passes.drafts import Draft
from vulgate.passes.identify import digest

TERM_CONFIDENCE: Final = 0.8
FACT_CONFIDENCE: Final = 0.5
_DEFINING = re.compile(r"\s+(?:is|are|means)\s+(?:an?|the|any|one|each|every|what|when|how|where)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?]*(?:[.!?](?!\s|\Z)[^.!?]*)*[.](?=\s|\Z)")
_VERSION = re.compile(
    r"\b(?:[Ss]ince|[Aa]s of|[Ff]rom|[Bb]efore|[Uu]ntil|[Ii]n) (?:C?Python|version) ?(\d\.\d+)\b(?!\.\d)"
)
_LEANING = re.compile(
    r"(?:It|Its|This|That|These|Those|They|Their|He|She|Here|There|But|And|So|Then|Both|Such|Also|However)\b"
)
_MIN_WORDS, _MAX_WORDS = 6, 45


def derive_terms(drafts: Sequence[Draft], document: Document, lines: LineIndex) -> Iterator[b.Term]:
    """Terms that a chapter's prose defines; the first definition of each counts."""
    seen: set[str] = set()
    for draft, node in _prose_nodes(drafts):
        if isinstance(node, n.DefinitionList):
            found = list(_definition_list(node, document))
        elif isinstance(node, n.Paragraph):
            found = list(_bold_definition(node, document))
        else:
            continue
        for title, start, end in found:
            name = slug(title)
            if name and name not in seen:
                seen.add(name)
                yield b.Term(
                    **_derived("terms", f"term-{name}", title, draft, document, lines, start, end),
                    confidence=TERM_CONFIDENCE,
                    inner=(start, end),
                )


def derive_facts(drafts: Sequence[Draft], document: Document, lines: LineIndex) -> Iterator[b.Fact]:
    """Sentences that tell since which Python version something holds."""
    seen: set[str] = set()
    for draft, node in _prose_nodes(drafts):
        if not isinstance(node, n.Paragraph) or draft.kind != "concept":
            continue
        text = document.slice(node.start, node.end)
        if not _VERSION.search(text):
            continue
        for match in _SENTENCE.finditer(text):
            sentence = match[0].strip()
            version = _VERSION.search(sentence)
            if version is None or not _stands_alone(sentence):
                continue
            name = slug(sentence, max_words=8)
            if not name or name in seen:
                continue
            seen.add(name)
            start = node.start + len(text[: match.start() + len(match[0]) - len(match[0].lstrip())].encode())
            end = start + len(sentence.encode())
            word = version[0].split()[0].lower()
            operator = "<" if word in ("before", "until") else ">="
            common = _derived("facts", f"fact-{name}", "", draft, document, lines, start, end)
            yield b.Fact(
                **common, confidence=FACT_CONFIDENCE, inner=(start, end), holds=f"python {operator}{version[1]}"
            )


def _stands_alone(sentence: str) -> bool:
    words = sentence.split()
    starts_well = sentence[0].isupper() or sentence[0] in "`*"
    return _MIN_WORDS <= len(words) <= _MAX_WORDS and starts_well and not _LEANING.match(sentence)


def _prose_nodes(drafts: Sequence[Draft]) -> Iterator[tuple[Draft, n.Node]]:
    for draft in drafts:
        if draft.kind == "concept":
            for node in draft.nodes:
                yield draft, node


def _definition_list(node: n.DefinitionList, document: Document) -> Iterator[tuple[str, int, int]]:
    title = ""
    for child in node.children:
        if isinstance(child, n.DefinitionTerm):
            title = n.plain_text(child.children).strip()
        elif title and child.children:
            yield title, child.children[0].start, child.children[-1].end
            title = ""


def _bold_definition(node: n.Paragraph, document: Document) -> Iterator[tuple[str, int, int]]:
    """`**Closure** is a function that ...`: the bold words begin the paragraph."""
    children = node.children
    if len(children) < 2 or not isinstance(children[0], n.Strong) or not isinstance(children[1], n.Text):
        return
    title = n.plain_text(children[0].children).strip()
    end = children[-1].end
    if title and len(title.split()) <= 5 and title[-1] not in ":.!?" and _DEFINING.match(children[1].value):
        yield title, node.start, end


def _derived(
    by: str, name: str, title: str, draft: Draft, document: Document, lines: LineIndex, start: int, end: int
) -> dict[str, Any]:
    text = document.slice(start, end)
    chapter = draft.section.id.split("/", 1)[0]
    return {
        "id": f"{chapter}/{name}",
        "title": title,
        "text": text,
        "chapter": chapter,
        "section": draft.section.id,
        "parent": draft.id,
        "span": lines.span(start, end),
        "digest": digest(text),
        "scope": "book",
        "origin": b.Origin(by, (draft.id,)),
    }
