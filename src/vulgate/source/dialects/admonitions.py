"""Admonitions of other tools as our notes, tips and warnings.

Sources: https://squidfunk.github.io/mkdocs-material/reference/admonitions/, https://docusaurus.io/docs/markdown-features/admonitions,
https://vitepress.dev/guide/markdown#custom-containers
"""

import re
from typing import Final

from vulgate.source.dialects.page import Page
from vulgate.source.dialects.scan import added, below, code_mask, dedent, directive, indent
from vulgate.source.origins import Line

_TIPS: Final = ("tip", "hint", "success", "check", "done", "best-practice")
_WARNINGS: Final = (
    "warning",
    "caution",
    "attention",
    "danger",
    "error",
    "failure",
    "fail",
    "missing",
    "bug",
    "important-warning",
    "deprecated",
)
_MARK: Final = re.compile(
    r"(?P<lead>[ \t]*)(?P<marks>!!!|\?\?\?\+?)[ \t]+(?P<types>[\w -]+?)[ \t]*(?:\"(?P<title>.*)\")?[ \t]*$"
)
_COLONS: Final = re.compile(
    r"(?P<lead>[ \t]*(?:>[ \t]?)*)(?P<colons>:{3,})[ \t]*(?P<name>[A-Za-z][\w-]*)"
    r"(?:\[(?P<label>.*?)\]|[ \t]+(?P<title>[^{\r\n]*?))?[ \t]*(?:\{[^}\r\n]*\})?[ \t]*$"
)
_END: Final = re.compile(r"[ \t]*(?:>[ \t]?)*(:{3,})[ \t]*$")
PLAIN: Final = ("note", "tip", "warning")
KNOWN: Final = frozenset(
    {
        *_TIPS,
        *_WARNINGS,
        "note",
        "info",
        "abstract",
        "summary",
        "tldr",
        "todo",
        "question",
        "help",
        "faq",
        "example",
        "quote",
    }
    | {
        "cite",
        "seealso",
        "important",
        "details",
        "secondary",
        "versionadded",
        "versionchanged",
        "versionremoved",
        "admonition",
        "remark",
        "definition",
    }
)


def kind(name: str) -> str:
    """Which of our kinds an admonition is."""
    name = name.lower()
    return "tip" if name in _TIPS else "warning" if name in _WARNINGS else "note"


def title_of(name: str, title: str) -> str:
    """The title of an admonition: its own, or its name where our kind does not say the same."""
    name = name.lower()
    return title or ("" if name in (*PLAIN, "admonition", "details") else name.replace("-", " ").capitalize())


def marked(lines: list[Line], page: Page) -> list[Line]:
    """`!!! note "Title"` and `??? note` with indented text below, as MkDocs has them."""
    mask = code_mask(lines)
    found: list[Line] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        match = None if mask[at] else _MARK.match(line.text.rstrip("\r\n"))
        if match is None:
            found.append(line)
            at += 1
            continue
        columns = indent(line.text) + 4
        end = below(lines, at, columns)
        # A title that is given as empty hides the name, and what is in the admonition is meant to stand alone.
        body = [dedent(inner, 4) for inner in lines[at + 1 : end]]
        name = match["types"].split()[0]
        title = "" if match["title"] == "" else title_of(name, match["title"] or "")
        found += directive(kind(name), title, marked(body, page), line, match["lead"])
        at = end
    return found


def containers(lines: list[Line], page: Page) -> list[Line]:
    """`:::tip Title` up to `:::`, as Docusaurus and VitePress have them; containers that we do not know lose their colons."""
    mask = code_mask(lines)
    found: list[Line] = []
    opened: list[tuple[str, bool]] = []  # the colons of each open container, and whether it became a directive
    for at, line in enumerate(lines):
        text = line.text.rstrip("\r\n")
        end = None if mask[at] else _END.match(text)
        match = None if mask[at] or end else _COLONS.match(text)
        if match:
            name = match["name"].lower()
            is_known = name in KNOWN
            opened.append((match["colons"], is_known))
            title = title_of(name, (match["label"] or match["title"] or "").strip())
            colons = match["colons"]
            if is_known:
                found.append(added(f"{match['lead']}{colons}{{{kind(name)}}} {title}".rstrip(), line))
            elif name not in ("code-group", "tabs"):
                page.left_out(line, f"the container `{name}`; its text stays")
        elif end and any(end[1] == colons for colons, _ in opened):
            while opened:
                colons, is_known = opened.pop()
                if is_known:
                    found.append(line._replace(text=line.text.replace(end[1], colons)))
                if colons == end[1]:
                    break
        elif end and opened == []:
            page.left_out(line, "a `:::` that closes nothing")
        else:
            found.append(line)
    last = lines[-1] if lines else None
    for colons, is_known in reversed(opened):
        if is_known and last:
            found += [added("", last), added(colons, last)]
    return found
