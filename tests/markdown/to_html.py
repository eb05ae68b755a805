"""Renders our syntax tree as the HTML that the CommonMark specification's examples expect."""

import html
from urllib.parse import quote

from vulgate.markdown import nodes as n
from vulgate.markdown.parser import parse


def render(markdown: str) -> str:
    return _blocks(parse(markdown.encode()).root.children, tight=False)


def normalized(text: str) -> str:
    """White space that carries no meaning in HTML, removed between tags of blocks."""
    import re

    return re.sub(r">\s*\n\s*<", "><", text.replace("\n<", "<")).strip() if "<pre" not in text else text.strip()


def _escape(text: str) -> str:
    return html.escape(text).replace("&#x27;", "'")


def _url(url: str) -> str:
    return html.escape(quote(url, safe="/:?#@!$&'()*+,;=%-._~"), quote=True).replace("&#x27;", "'")


def _blocks(nodes: tuple[n.Node, ...], *, tight: bool) -> str:
    parts: list[str] = []
    inline: list[n.Node] = []
    for node in nodes:
        if isinstance(node, n.INLINE):
            inline.append(node)
            continue
        if inline:
            parts.append(_inlines(inline) + "\n")
            inline = []
        parts.append(_block(node))
    if inline:
        parts.append(_inlines(inline))
    return "".join(parts)


def _block(node: n.Node) -> str:
    inner = node.children
    match node:
        case n.Paragraph():
            return f"<p>{_inlines(inner)}</p>\n"
        case n.Heading():
            return f"<h{node.depth}>{_inlines(inner)}</h{node.depth}>\n"
        case n.ThematicBreak():
            return "<hr />\n"
        case n.BlockQuote():
            return f"<blockquote>\n{_blocks(inner, tight=False)}</blockquote>\n"
        case n.CodeBlock():
            info = node.info.split()
            lang = f' class="language-{_escape(info[0])}"' if info else ""
            return f"<pre><code{lang}>{_escape(node.code)}</code></pre>\n"
        case n.HtmlBlock():
            return node.value
        case n.List():
            tag = "ul" if node.first is None else "ol"
            start = f' start="{node.first}"' if node.first not in (None, 1) else ""
            return f"<{tag}{start}>\n{''.join(map(_item, inner))}</{tag}>\n"
        case n.Table():
            rows = [_row(row, node.alignments) for row in inner]
            body = f"<tbody>\n{''.join(rows[1:])}</tbody>\n" if rows[1:] else ""
            return f"<table>\n<thead>\n{rows[0]}</thead>\n{body}</table>\n"
    raise AssertionError(node)


def _item(node: n.Node) -> str:
    content = _blocks(node.children, tight=True)
    blocks = node.children and not isinstance(node.children[0], n.INLINE)
    newline = "\n" if blocks else ""
    return f"<li>{newline}{content}</li>\n"


def _row(node: n.Node, alignments: tuple[str, ...]) -> str:
    assert isinstance(node, n.TableRow)
    tag = "th" if node.head else "td"
    cells = []
    for cell, align in zip(node.children, alignments, strict=True):
        style = f' align="{align}"' if align else ""
        cells.append(f"<{tag}{style}>{_inlines(cell.children)}</{tag}>\n")
    return f"<tr>\n{''.join(cells)}</tr>\n"


def _inlines(nodes: tuple[n.Node, ...] | list[n.Node]) -> str:
    return "".join(map(_inline, nodes))


def _inline(node: n.Node) -> str:
    match node:
        case n.Text():
            return _escape(node.value)
        case n.InlineCode():
            return f"<code>{_escape(node.value)}</code>"
        case n.InlineHtml():
            return node.value
        case n.Emphasis():
            return f"<em>{_inlines(node.children)}</em>"
        case n.Strong():
            return f"<strong>{_inlines(node.children)}</strong>"
        case n.Delete():
            return f"<del>{_inlines(node.children)}</del>"
        case n.SoftBreak():
            return "\n"
        case n.HardBreak():
            return "<br />\n"
        case n.TaskMarker():
            checked = 'checked="" ' if node.checked else ""
            return f'<input {checked}disabled="" type="checkbox"> '
        case n.LinkNode():
            title = f' title="{_escape(node.title)}"' if node.title else ""
            url = _url(("mailto:" if node.style == "email" else "") + node.url)
            if node.image:
                return f'<img src="{url}" alt="{_escape(n.plain_text(node.children))}"{title} />'
            return f'<a href="{url}"{title}>{_inlines(node.children)}</a>'
    raise AssertionError(node)
