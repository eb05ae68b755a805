"""MyST: directives in backticks or colons, roles, targets.

Sources: https://mystmd.org/guide/directives, https://myst-parser.readthedocs.io/en/latest/syntax/optional.html
"""

import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from vulgate.model.ids import slug
from vulgate.source.dialects.admonitions import KNOWN as ADMONITIONS
from vulgate.source.dialects.admonitions import kind, title_of
from vulgate.source.dialects.excerpts import MOST_DEEP, file_lines, indented, range_of
from vulgate.source.dialects.fences import ALIASES
from vulgate.source.dialects.page import Change, Page
from vulgate.source.dialects.scan import added, dedent, directive, fence_roles, indent, label
from vulgate.source.origins import Line

_OPEN: Final = re.compile(
    r"(?P<lead>[ \t]*)(?P<marks>`{3,}|~{3,}|:{3,})[ \t]*\{(?P<name>[\w:.+-]+)\}[ \t]*(?P<title>.*?)[ \t]*$"
)
_OPTION: Final = re.compile(r"[ \t]*:(?P<name>[\w-]+):[ \t]*(?P<value>.*?)[ \t]*$")
_TARGET: Final = re.compile(r" {0,3}\((?P<name>[^()]+)\)=[ \t]*$")
_HEADING: Final = re.compile(r"(?P<text> {0,3}#{1,6}[ \t].*?)[ \t]*(?P<id>\{#[^}]*\})?[ \t]*$")
_COMMENT: Final = re.compile(r"%(?!%)|\+\+\+")
OURS: Final = ("rule", "fact", "pattern", "contrast", "rationale", "qa", "quick", "intuition", "role", "story")
CODE: Final = ("code-block", "code", "sourcecode", "code-cell", "ipython", "parsed-literal", "prompt")
_AS_CODE: Final = {
    "math": "math",
    "myst": "markdown",
    "mermaid": "mermaid",
    "eval-rst": "rst",
    "doctest": "pycon",
    "graphviz": "dot",
    "csv-table": "text",
    "console": "console",
    "raw": "html",
    "plantuml": "text",
}
_LEFT_OUT: Final = (
    "toctree",
    "tableofcontents",
    "contents",
    "index",
    "bibliography",
    "sectionauthor",
    "tags",
    "highlight",
    "currentmodule",
)
_KEPT_DEEP: Final = 40


class Target(Struct, frozen=True):
    """Where a `(label)=` leads: a page, an id in it, and the title there."""

    path: str
    id: str
    title: str


class _Block(Struct):
    name: str
    title: str
    options: dict[str, str]
    body: list[Line]
    line: Line
    lead: str
    is_code: bool  # opened by backticks or tildes


def directives(lines: list[Line], page: Page) -> list[Line]:
    """Directives as ours where we have the same, else as their title and text."""
    return _changed(lines, page, 0, ())


def _changed(lines: list[Line], page: Page, depth: int, inside: tuple[str, ...]) -> list[Line]:
    found: list[Line] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        text = line.text.rstrip("\r\n")
        match = _OPEN.match(text)
        if match is None or depth > _KEPT_DEEP:
            end = at + 1 if match else _skip_fence(lines, at)
            found += lines[at:end]
            at = end
            continue
        end = _end(lines, at, match["marks"])
        found += _directive(_block(match, lines[at + 1 : end], line), page, depth, inside)
        at = end + 1
    return found


def _skip_fence(lines: Sequence[Line], at: int) -> int:
    """The index after a plain code fence that opens at an index; the next one where none does."""
    roles = fence_roles(lines[at : at + 1])
    if roles[0] != "open":
        return at + 1
    end = at + 1
    for role in fence_roles(lines[at:])[1:]:
        end += 1
        if role == "close":
            break
    return end


def _end(lines: Sequence[Line], at: int, marks: str) -> int:
    """The index of the line that closes a directive; the end where none does."""
    closing = re.compile(rf"[ \t]*{re.escape(marks[0])}{{{len(marks)},}}[ \t]*$")
    fence = ""
    for index in range(at + 1, len(lines)):
        text = lines[index].text.rstrip("\r\n")
        if marks[0] == ":":  # code inside may hold colons
            roles = re.match(r"[ \t]*(`{3,}|~{3,})", text)
            if fence:
                fence = "" if roles and roles[1].startswith(fence) and not text.strip().strip(fence[0]) else fence
                continue
            if roles:
                fence = roles[1]
                continue
        if closing.match(text):
            return index
    return len(lines)


def _block(match: re.Match[str], body: list[Line], line: Line) -> _Block:
    options: dict[str, str] = {}
    lead = indent(match["lead"])
    body = [dedent(inner, lead) for inner in body]
    if body and body[0].text.strip() == "---":  # options as YAML
        end = next((at for at, inner in enumerate(body[1:], 1) if inner.text.strip() == "---"), 0)
        for inner in body[1:end]:
            key, colon, value = inner.text.partition(":")
            options |= {key.strip(): value.strip().strip("'\"")} if colon else {}
        body = body[end + 1 :] if end else body
    while body and (option := _OPTION.match(body[0].text.rstrip("\r\n"))):
        options[option["name"]] = option["value"]
        body = body[1:]
    return _Block(match["name"].lower(), match["title"], options, body, line, match["lead"], match["marks"][0] != ":")


def _directive(block: _Block, page: Page, depth: int, inside: tuple[str, ...]) -> list[Line]:
    name = block.name
    if name in OURS:
        return _ours(block, page, depth, inside)
    if name in CODE:
        return _code(block, block.title.split()[0] if block.title else block.options.get("language", ""), page)
    if name in _AS_CODE:
        return _code(block, _AS_CODE[name], page)
    if name in ("include", "literalinclude"):
        return _include(block, page, depth, inside)
    if name in ("figure", "image", "figure-md"):
        return _figure(block, page, depth, inside)
    if name in _LEFT_OUT:
        page.left_out(block.line, f"the directive `{name}`")
        return []
    body = _changed(block.body, page, depth + 1, inside)
    if name in ADMONITIONS or name in ("dropdown", "sidebar", "margin", "aside", "topic"):
        lines = directive(
            kind(name),
            title_of("details" if name in ("dropdown", "aside", "topic") else name, block.title),
            body,
            block.line,
        )
        return indented(lines, block.lead)
    if name not in _CONTAINERS:
        page.left_out(block.line, f"the directive `{name}`; its text stays")
        if not block.title and not any(line.text.strip() for line in body):
            return _raw(block)
    above = label(block.title, block.line) if block.title else [added("", block.line)]
    return indented([*above, *body, added("", block.line)], block.lead)


_CONTAINERS: Final = (
    "tab-set",
    "tab-item",
    "grid",
    "grid-item",
    "grid-item-card",
    "card",
    "glossary",
    "table",
    "list-table",
    "exercise",
    "solution",
)


def _raw(block: _Block) -> list[Line]:
    """A directive that only its own program understands, as it was written."""
    options = [added(f":{name}: {value}".rstrip(), block.line) for name, value in block.options.items()]
    return _fenced([added(f"{{{block.name}}}", block.line), *options], "text", block)


def _ours(block: _Block, page: Page, depth: int, inside: tuple[str, ...]) -> list[Line]:
    options = [added(f":{name}: {value}".rstrip(), block.line) for name, value in block.options.items()]
    body = [*options, *_changed(block.body, page, depth + 1, inside)]
    return indented(directive(block.name, block.title, body, block.line), block.lead)


def _code(block: _Block, language: str, page: Page) -> list[Line]:
    language = ALIASES.get(language.lower(), language)
    caption = block.options.get("caption") or block.options.get("filename") or ""
    if dropped := [name for name in block.options if name not in ("caption", "filename", "language")]:
        page.left_out(block.line, f"{', '.join(f'`:{name}:`' for name in dropped)} of a code block")
    body = block.body
    while body and not body[0].text.strip():
        body = body[1:]
    return [*(label(caption, block.line, block.lead) if caption else []), *_fenced(body, language, block)]


def _fenced(body: list[Line], language: str, block: _Block) -> list[Line]:
    runs = [len(run) for line in body for run in re.findall(r"`{3,}", line.text)]
    marks = "`" * max(3, 1 + max(runs, default=2))
    return indented(
        [added(marks + language, block.line), *body, added(marks, body[-1] if body else block.line)], block.lead
    )


def _include(block: _Block, page: Page, depth: int, inside: tuple[str, ...]) -> list[Line]:
    path = posixpath.join(
        page.base if block.title.startswith("/") else posixpath.dirname(block.line.file), block.title.lstrip("/")
    )
    path = posixpath.normpath(path)
    if path in inside or path == page.path or len(inside) >= MOST_DEEP:
        page.reporter.add("include-cycle", page.at(block.line), path=path)
        return _fenced([added(f"{{{block.name}}} {block.title}", block.line)], "text", block)
    lines = file_lines(path, block.line, page)
    if lines is None:
        return _fenced([added(f"{{{block.name}}} {block.title}", block.line)], "text", block)
    lines = _chosen(lines, block.options)
    if block.name == "literalinclude" or "literal" in block.options or "code" in block.options:
        language = block.options.get("language") or block.options.get("code") or posixpath.splitext(path)[1].lstrip(".")
        shown = {"py": "python", "md": "markdown", "yml": "yaml"}.get(language, language)
        return _fenced(lines, shown, block)
    return indented(_changed(lines, page, depth + 1, (*inside, path)), block.lead)


def _chosen(lines: list[Line], options: Mapping[str, str]) -> list[Line]:
    """The lines of a file that the options ask for."""
    start = next(
        (at + 1 for at, line in enumerate(lines) if (mark := options.get("start-after")) and mark in line.text), 0
    )
    start = next(
        (at for at, line in enumerate(lines) if (mark := options.get("start-at")) and mark in line.text), start
    )
    end = next(
        (
            at
            for at, line in enumerate(lines)
            if at >= start and (mark := options.get("end-before")) and mark in line.text
        ),
        len(lines),
    )
    lines = lines[start:end]
    if numbers := re.fullmatch(r"(\d+)(-)?(\d*)", options.get("lines", "")):
        return range_of(lines, numbers[1], numbers[3] if numbers[2] else numbers[1])
    return lines


def _figure(block: _Block, page: Page, depth: int, inside: tuple[str, ...]) -> list[Line]:
    body = _changed(block.body, page, depth + 1, inside)
    alt = block.options.get("alt", "").replace("]", "\\]")
    path = block.title.lstrip("/") if block.title.startswith("/") else block.title
    if block.title.startswith("/"):
        path = posixpath.relpath(posixpath.join(page.base, path), page.folder or ".")
    picture = [] if block.name == "figure-md" else [added(f"![{alt}]({path})", block.line), added("", block.line)]
    return indented([*picture, *body], block.lead)


# ------------------------------------------------------------------------------------------------ targets and roles


def collect_targets(lines: Sequence[Line], path: str) -> dict[str, Target]:
    """The targets of a page that stand before a heading, by label."""
    found: dict[str, Target] = {}
    roles = fence_roles(lines)
    waiting: list[str] = []
    for line, role in zip(lines, roles, strict=True):
        text = line.text.rstrip("\r\n")
        if role or not text.strip():
            continue
        if target := _TARGET.match(text):
            waiting.append(target["name"].strip())
            continue
        heading = _HEADING.match(text)
        for name in waiting if heading else ():
            title = re.sub(r"^ {0,3}#+[ \t]*", "", heading["text"]) if heading else ""
            found[name.lower()] = Target(path, slug(waiting[-1]), title)
        waiting = []
    return found


def targets(known: Mapping[str, Target]) -> Change:
    """Ids for headings that have a target, and links for what leads to one.

    Args:
        known: The targets of the whole book, by label.
    """

    def change(lines: list[Line], page: Page) -> list[Line]:
        found: list[Line] = []
        waiting: list[str] = []
        for line, role in zip(lines, fence_roles(lines), strict=True):
            text = line.text.rstrip("\r\n")
            if role:
                found.append(line)
            elif target := _TARGET.match(text):
                waiting.append(target["name"].strip())
            elif waiting and (heading := _HEADING.match(text)) and not heading["id"]:
                found.append(added(f"{heading['text']} {{#{slug(waiting[-1])}}}", line))
                waiting = []
            elif _COMMENT.match(text):
                if text.strip("+ "):
                    page.left_out(line, "a comment")
                found.append(added("", line))
            else:
                waiting = [] if text.strip() else waiting
                found.append(_linked(line, page, known) if "`" in text or "](" in text else line)
        return found

    return change


_ROLE: Final = re.compile(
    r"(?P<code>(?<!`)``+(?!`)).*?(?<!`)(?P=code)(?!`)|\{(?P<name>[\w:.+-]+)\}(?P<ticks>`+)(?P<said>.*?[^`])(?P=ticks)(?!`)"
)
_EXPLICIT: Final = re.compile(r"(?P<text>.*?)\s*<(?P<target>[^<>]+)>\Z", re.DOTALL)
_LABEL_LINK: Final = re.compile(r"(?P<open>\[(?P<text>[^\[\]]*)\])\((?P<hash>#?)(?P<label>[\w.:/ -]+)\)")
_MARKS: Final = {"sub": "~", "sup": "^", "strong": "**", "emphasis": "*"}


def _linked(line: Line, page: Page, known: Mapping[str, Target]) -> Line:
    text = _ROLE.sub(lambda match: _role(match, page, known), line.text)
    return line._replace(text=_LABEL_LINK.sub(lambda match: _label_link(match, page, known), text))


def _role(match: re.Match[str], page: Page, known: Mapping[str, Target]) -> str:
    if match["code"]:
        return match[0]
    name, said = match["name"].rpartition(":")[2].lower(), match["said"]
    explicit = _EXPLICIT.fullmatch(said)
    shown, aim = (explicit["text"], explicit["target"]) if explicit else (said, said)
    if name in ("ref", "numref", "eq", "std:ref"):
        target = known.get(aim.strip().lower())
        return f"[{shown if explicit else target.title}]({_address(target, page)})" if target else f"`{shown}`"
    if name in ("doc", "download", "file"):
        base = page.base if aim.startswith("/") else page.folder
        path = posixpath.relpath(posixpath.normpath(posixpath.join(base, aim.lstrip("/"))), page.folder or ".")
        return f"[{shown if explicit else posixpath.basename(aim)}]({path})"
    if name in ("term", "abbr", "kbd", "guilabel", "menuselection", "cite", "cite:p", "cite:t", "dfn"):
        return shown
    if name in _MARKS:
        return f"{_MARKS[name]}{shown}{_MARKS[name]}" if name in ("strong", "emphasis") else shown
    if name == "math":
        return f"${said}$"
    if name in ("pep", "rfc"):
        return f"{name.upper()} {shown}"
    if re.fullmatch(
        r"func|meth|class|mod|attr|data|obj|exc|const|any|option|envvar|program|command|code|samp|literal|type|deco",
        name,
    ):
        return f"`{shown.lstrip('~!')}`"
    return match[0]


def _label_link(match: re.Match[str], page: Page, known: Mapping[str, Target]) -> str:
    target = known.get(match["label"].lower())
    if target is None:
        return match[0]
    return f"[{match['text'] or target.title}]({_address(target, page)})"


def _address(target: Target, page: Page) -> str:
    if target.path == page.path:
        return f"#{target.id}"
    return f"{posixpath.relpath(target.path, page.folder or '.')}#{target.id}"
