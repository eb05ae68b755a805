"""Questions for review: which there are, and each as HTML that can stand on any page."""

import html
import re
from collections.abc import Iterator
from typing import Final

import pyromark
from msgspec import Struct

from vulgate.editions.highlight import highlight
from vulgate.editions.web.context import Context
from vulgate.editions.web.sanitize import clean
from vulgate.editions.web.text import BLOCK, attribute, inline, link
from vulgate.markdown.parser import OPTIONS
from vulgate.model.blocks import AnyBlock, Qa
from vulgate.model.book import CompiledBook

_CODE: Final = re.compile(r'<pre><code class="language-([\w+-]+)[^"]*">(.*?)</code></pre>', re.DOTALL)
_LABEL: Final = re.compile(r"\[(.*)\](?:\(.*\)|\[.*\])?", re.DOTALL)


def questions(book: CompiledBook) -> dict[str, list[Qa]]:
    """All questions by chapter, in reading order: the author's, and those that follow from terms, rules and contrasts."""
    found: dict[str, list[Qa]] = {chapter.id: [] for chapter in book.chapters}
    for qa in sorted(book.of_kind(Qa), key=lambda qa: qa.span.start):
        if qa.chapter in found and qa.body.strip():
            found[qa.chapter].append(qa)
    return {chapter: cards for chapter, cards in found.items() if cards}


def card(qa: Qa, context: Context) -> str:
    """A question whose answer is shown when it is asked for, without a script."""
    source = qa.id if qa.is_authored or not qa.origin.sources else qa.origin.sources[0]
    answer = _answer(qa, context, context.book.find(source) or qa)
    return (
        f'<details class=question data-card="{attribute(qa.id)}"><summary>{inline(qa.title)}</summary>'
        f"<div class=answer>{answer}<p class=also>{link(source, 'Where the book says so')}</p></div></details>\n"
    )


def _answer(qa: Qa, context: Context, source: AnyBlock) -> str:
    raw = clean(pyromark.html(_linked(qa, context, source), options=OPTIONS), _address)
    return _CODE.sub(
        lambda match: f"<pre tabindex=0><code>{highlight(html.unescape(match[2]), match[1])}</code></pre>", raw
    )


def _address(tag: str, url: str) -> str | None:
    """Links may lead out; a picture would be asked of another page's folder or of another host."""
    return url if tag == "a" and url.startswith((BLOCK, "https:", "http:", "mailto:")) else None


def _linked(qa: Qa, context: Context, source: AnyBlock) -> str:
    """The answer in Markdown, its references as links to blocks."""
    start, end = qa.inner
    text = qa.body.encode()
    parts: list[str] = []
    done = 0
    for reference in _references(qa, source):
        first, last = reference.start - start, reference.end - start
        if reference.start < start or reference.end > end or first < done:
            continue
        written = text[first:last].decode("utf-8", "replace")
        parts.append(text[done:first].decode("utf-8", "replace"))
        parts.append(_reference(written, reference.target, context))
        done = last
    parts.append(text[done:].decode("utf-8", "replace"))
    return "".join(parts)


def _references(qa: Qa, source: AnyBlock) -> Iterator["_Reference"]:
    links = {known.start: known for block in (source, qa) for known in block.links if known.type != "external"}
    for at in sorted(links):
        known = links[at]
        yield _Reference(known.start, known.end, known.target if known.type == "block" else "")


class _Reference(Struct, frozen=True):
    start: int
    end: int
    target: str


def _reference(written: str, target: str, context: Context) -> str:
    if written.startswith("[["):
        label = written[2:-2].replace("\\|", "|").partition("|")[2] or context.name(target)
    else:
        match = _LABEL.fullmatch(written.removeprefix("!"))
        label = match[1] if match else written
    return f"[{label}](<{BLOCK}{target}>)" if target else label
