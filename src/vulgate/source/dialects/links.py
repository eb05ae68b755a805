"""Links as a site has them: to `guide.html`, `/guide/` or `../guide`, where the book has `guide.md`."""

import posixpath
import re
from typing import Final

from vulgate.source.dialects.page import Page
from vulgate.source.dialects.scan import runs
from vulgate.source.origins import Line

_LINK: Final = re.compile(
    r"(?P<code>(?<!`)(`+)(?!`).*?(?<!`)\2(?!`))|(?P<open>\]\(\s*<?)(?P<target>[^()\s<>]+)"
    r"|(?P<def>^ {0,3}\[[^\]]+\]:\s*<?)(?P<to>[^\s<>]+)"
)
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_ENDINGS: Final = (".md", ".mdx", ".markdown", ".qmd", ".ipynb", ".rst")
_INDEXES: Final = ("index", "README", "readme", "_index", "SUMMARY")


def links(lines: list[Line], page: Page) -> list[Line]:
    """Links that lead to a page by its address in the site lead to its file."""
    return [line if is_code or "]" not in line.text else _rewritten(line, page) for line, is_code in runs(lines)]


def _rewritten(line: Line, page: Page) -> Line:
    def put(match: re.Match[str]) -> str:
        target = match["target"] or match["to"]
        if not target:
            return match[0]
        new = address(target, page)
        return match[0][: len(match[0]) - len(target)] + new

    return line._replace(text=_LINK.sub(put, line.text))


def address(target: str, page: Page) -> str:
    """What a link should say to lead to the page that is meant; the same where it leads to none.

    Args:
        target: The link's target.
        page: The page that holds it.
    """
    if _SCHEME.match(target) or target.startswith("#"):
        return target
    path = re.split(r"[?#]", target, maxsplit=1)[0]
    anchor = "#" + target.partition("#")[2] if "#" in target else ""
    if not path:
        return target
    own = "" if posixpath.splitext(posixpath.basename(page.path))[0] in _INDEXES else page.path.rpartition(".")[0]
    roots = [page.base, ""] if path.startswith("/") else [page.folder, *([own] if own else [])]
    for root in roots:
        full = posixpath.normpath(posixpath.join(root, path.lstrip("/")))
        if full in page.known and not path.startswith("/"):
            return target
        if found := _page_at(full, page):
            return posixpath.relpath(found, page.folder or ".") + anchor
    return target


def _page_at(full: str, page: Page) -> str:
    stem = re.sub(r"\.(?:html?|md|mdx|markdown)\Z", "", full)
    stems = [full] if stem == full else [full, stem]
    stems += [stem[: -len(name) - 1] for name in _INDEXES if stem.endswith(f"/{name}")]
    for name in stems:
        if name in page.known:
            return name
        for ending in _ENDINGS:
            if name + ending in page.known:
                return name + ending
            for index in _INDEXES:
                inside = posixpath.normpath(posixpath.join(name, index + ending))
                if inside in page.known:
                    return inside
    return ""
