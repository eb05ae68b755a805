"""Markdown as the HTML of a card. What an author wrote in HTML is left out, and nothing leads to a script."""

from collections.abc import Callable
from html import escape
from typing import Any, Final

import pyromark

from vulgate.editions.highlight import highlight
from vulgate.markdown.parser import OPTIONS
from vulgate.model.plain import ROLE_LABELS

_TAGS: Final = {
    "Paragraph": "p",
    "Emphasis": "em",
    "Strong": "strong",
    "Strikethrough": "s",
    "Item": "li",
    "BlockQuote": "blockquote",
    "TableRow": "tr",
    "TableCell": "td",
    "Table": "table",
    "TableHead": "thead",
    "Heading": "h4",
    "DefinitionList": "dl",
    "DefinitionListTitle": "dt",
    "DefinitionListDefinition": "dd",
}
_DROPPED: Final = frozenset({"HtmlBlock", "FootnoteDefinition", "MetadataBlock"})
_SCHEMES: Final = ("http://", "https://")


def card_html(markdown: str, titled: Callable[[str], str]) -> str:
    """Markdown as HTML.

    Args:
        markdown: The text.
        titled: The text with a title in place of each `[[id]]`.
    """
    writer = _Writer(titled)
    for event in pyromark.events(markdown, options=OPTIONS):
        writer.take(event)
    return "".join(writer.parts).strip()


def code_html(code: str, language: str) -> str:
    """Code in colours."""
    return f'<pre class="code"><code>{highlight(code, language)}</code></pre>'


class _Writer:
    """Writes events as they come: nesting of any depth needs no recursion."""

    def __init__(self, titled: Callable[[str], str]) -> None:
        self.titled = titled
        self.parts: list[str] = []
        self._ends: list[str] = []
        self._dropped = 0
        self._info: str | None = None
        self._code: list[str] = []

    def take(self, event: Any) -> None:
        if event == "HardBreak":
            self._put("<br>")
        elif event == "SoftBreak":
            self._put("\n")
        elif event == "Rule":
            self._put("<hr>")
        if not isinstance(event, dict):
            return
        ((kind, value),) = event.items()
        if kind == "Start":
            self._start(value)
        elif kind == "End":
            self._end()
        elif kind == "Text" and self._info is not None:
            self._code.append(value)
        elif kind == "Text":
            self._put(escape(self.titled(value), quote=False))
        elif kind == "Code":
            self._put(f"<code>{escape(value, quote=False)}</code>")
        elif kind == "TaskListMarker":
            self._put("☑ " if value else "☐ ")

    def _put(self, html: str) -> None:
        if not self._dropped:
            self.parts.append(html)

    def _start(self, value: Any) -> None:
        name: str = value if isinstance(value, str) else next(iter(value))
        said: Any = None if isinstance(value, str) else value[name]
        end = ""
        if name in _DROPPED:
            self._dropped += 1
            end = "drop"
        elif name == "CodeBlock":
            self._info = said.get("Fenced", "") if isinstance(said, dict) else ""
            self._code = []
            end = "code"
        elif name == "List":
            tag = "ul" if said is None else "ol"
            self._put(f"<{tag}>")
            end = f"</{tag}>"
        elif name == "Link" and said["dest_url"].lower().startswith(_SCHEMES):
            self._put(f'<a href="{escape(said["dest_url"])}">')
            end = "</a>"
        elif name in _TAGS:
            self._put(f"<{_TAGS[name]}>")
            end = f"</{_TAGS[name]}>"
        self._ends.append(end)

    def _end(self) -> None:
        end = self._ends.pop()
        if end == "drop":
            self._dropped -= 1
        elif end == "code":
            info, self._info = self._info or "", None
            language, _, attributes = info.partition("{")
            role = next((word for word in attributes.rstrip("} ").split() if word in ROLE_LABELS), "")
            language = language.strip()
            label = ROLE_LABELS.get(role, "Output:" if language == "output" else "")
            said = f'<p class="said">{label}</p>' if label else ""
            self._put(said + code_html("".join(self._code).rstrip("\n"), language))
        else:
            self._put(end)
