"""Code and diagrams as figures."""

from collections.abc import Iterator
from typing import Final

from vulgate.editions.diagrams import edges_told, nodes_told, title
from vulgate.editions.highlight import highlight
from vulgate.editions.web.badges import badge, proof
from vulgate.editions.web.context import Drawing
from vulgate.editions.web.text import attribute, escape
from vulgate.model.blocks import Diagram, Example, Fence, Status

_WIDE: Final = 1200
"""Pixels from which on a picture scrolls, since its text would be too small in the width of a page."""
_LABELS: Final = {
    "bad": "Bad",
    "good": "Good",
    "near": "Not the fault",
    "harm": "What the bad form does",
    "proof": "Proof",
    "detect": "Detector",
    "starter": "Start from",
    "solution": "Solution",
    "test": "Test",
}


def code_figure(block: Example, anchor: str, *, runs: str = "") -> str:
    """An example: what is to be known of it, its code, its output.

    Args:
        block: The example.
        anchor: Its anchor.
        runs: What a reader can do with it in the page, for a script: `run`, `check`, or nothing.
    """
    fence = block.fence
    role = f' class="code {fence.role}"' if fence.role else " class=code"
    head = "".join(_head(block))
    run = f" data-run={runs}" if runs else ""
    parts = [f'<figure{role} id="{anchor}" data-language="{attribute(block.language)}"{run}>']
    parts.append(f"<figcaption>{head}</figcaption>" if head else "")
    parts.append(f"<pre tabindex=0><code>{highlight(block.code, block.language)}</code></pre>")
    if block.output is not None:
        parts.append(
            f"<div class=output><span class=label>Output</span><pre tabindex=0>{escape(block.output)}</pre></div>"
        )
    parts.append("</figure>\n")
    return "".join(parts)


def _head(block: Example) -> Iterator[str]:
    fence = block.fence
    if label := _LABELS.get(fence.role, ""):
        yield f"<span class=label>{label}</span>"
    if fence.file:
        yield f"<span class=file>{escape(fence.file)}</span>"
    elif block.language and not label:
        yield f"<span class=language>{escape(block.language)}</span>"
    yield from _promises(fence)
    if not (block.parent and fence.role and block.status is Status.PROVEN):  # its rule or fact says so already
        yield proof(block)


def _promises(fence: Fence) -> Iterator[str]:
    """What the attributes of a fence say to its reader."""
    if fence.raises:
        yield badge(f"raises {fence.raises}", "raises", f"with “{fence.match}”" if fence.match else "")
    if fence.syntax_error:
        yield badge("does not compile", "raises")
    if fence.python:
        yield badge(f"Python {fence.python}")
    if fence.requires:
        yield badge(f"needs {', '.join(fence.requires)}")
    if fence.service:
        yield badge(f"needs {fence.service}")
    if fence.skip:
        yield badge("not run", "", fence.skip)


def diagram_figure(block: Diagram, anchor: str, drawing: Drawing | None = None) -> str:
    """A diagram: a picture of it, or its source where there is none; and the same in words, folded.

    Args:
        block: The diagram.
        anchor: Its anchor.
        drawing: The picture.
    """
    words = "".join(_in_words(block))
    source = f"<pre class=mermaid tabindex=0>{escape(block.code)}</pre>"
    told = f"<details class=words><summary>In words</summary>{words}</details>" if words else ""
    if drawing is None:
        return f'<figure class=diagram id="{anchor}">{source}{told}</figure>\n'
    wide = " wide" if drawing.width > _WIDE else ""
    name = title(block)
    below = told or f"<details class=words><summary>Source</summary>{source}</details>"
    picture = (
        f'<img src="{drawing.path}" alt="{name}; {"in words" if told else "its source"} below" '
        f"width={drawing.width} height={drawing.height} loading=lazy>"
    )
    return (
        f'<figure class="diagram drawn" id="{anchor}"><div class="picture{wide}" tabindex=0 role=group aria-label="{name}">'
        f"{picture}</div>{below}</figure>\n"
    )


def _in_words(block: Diagram) -> Iterator[str]:
    if edges := edges_told(block):
        yield f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in edges)}</ul>"
    if nodes := nodes_told(block):
        yield f"<p>{escape('; '.join(nodes))}</p>"
