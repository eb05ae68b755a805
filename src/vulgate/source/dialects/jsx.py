"""MDX and Vue pages kept readable: imports and scripts are left out, components give up their tags and keep their text.

Sources: https://mdxjs.com/docs/what-is-mdx/, https://vitepress.dev/guide/using-vue
"""

import re
from typing import Final

from vulgate.source.dialects.page import Page
from vulgate.source.dialects.scan import code_mask, label
from vulgate.source.origins import Line

_STATEMENT: Final = re.compile(
    r"(?:import\s+(?:[\w*{}\s,$]+\s+from\s+)?['\"]|import\s+[\w*{}\s,$]*$|export\s+(?:const|default|function|let)\b)"
)
_TAG: Final = re.compile(
    r"</?(?P<name>[A-Z][\w.]*|)(?P<rest>(?:\s+(?:[^<>{}\"'`]|\"[^\"]*\"|'[^']*'|\{(?:[^{}]|\{[^{}]*\})*\})*)?)/?>"
)
_COMMENT: Final = re.compile(r"\{/\*.*?\*/\}")
_LABEL: Final = re.compile(r"\b(?:label|title|summary)=(?:\"([^\"]*)\"|'([^']*)'|\{[\"'`]([^\"'`]*)[\"'`]\})")
_TEXT: Final = re.compile(r"\btext=\"([^\"]*)\"")
_SCRIPT: Final = re.compile(r"<(script|style)\b[^>]*>")


def components(lines: list[Line], page: Page) -> list[Line]:
    """A page without what only a program understands."""
    return _without_tags(_without_code(lines, page), page)


def _without_code(lines: list[Line], page: Page) -> list[Line]:
    """A page without imports, exports, scripts and styles."""
    mask = code_mask(lines)
    found: list[Line] = []
    until, is_statement = "", False
    for at, line in enumerate(lines):
        text = line.text.strip()
        if until:
            until = "" if until in text else until
        elif is_statement:
            is_statement = bool(text)
            if not text:
                found.append(line)
        elif not mask[at] and (match := _SCRIPT.match(text)):
            page.left_out(line, f"a `{match[1]}` block")
            until = f"</{match[1]}>" if f"</{match[1]}>" not in text else ""
        elif not mask[at] and line.text[:1] in "ie" and _STATEMENT.match(line.text):
            page.left_out(line, f"`{text[:60]}`")
            is_statement = True
        else:
            found.append(line)
    return found


def _without_tags(lines: list[Line], page: Page) -> list[Line]:
    mask = code_mask(lines)
    found: list[Line] = []
    for at, line in enumerate(lines):
        if mask[at] or ("<" not in line.text and "{/*" not in line.text):
            found.append(line)
            continue
        found += _untagged(line, page)
    return found


def _untagged(line: Line, page: Page) -> list[Line]:
    above: list[Line] = []

    def put(match: re.Match[str]) -> str:
        named = _LABEL.search(match["rest"] or "")
        if match["name"] or match["rest"]:
            page.left_out(line, f"the tag `{match[0][:60]}`")
        if named and not match[0].startswith("</"):
            above.extend(label(named[1] or named[2] or named[3] or "", line))
        said = _TEXT.search(match["rest"] or "")
        return f"({said[1]})" if said else ""

    # What stands between backticks is code, and no tag.
    pieces = re.split(r"(`+[^`]*`+)", line.text)
    text = "".join(piece if at % 2 else _TAG.sub(put, _COMMENT.sub("", piece)) for at, piece in enumerate(pieces))
    if text == line.text:
        return [line]
    return [*above, *([line._replace(text=text.lstrip(" \t") if above else text)] if text.strip() else [])]
