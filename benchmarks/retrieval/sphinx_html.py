"""Cuts the HTML that Sphinx writes into sections, each with its title and its own text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

_BLOCKS = frozenset(
    {"p", "pre", "li", "dt", "dd", "tr", "div", "br", "h1", "h2", "h3", "h4", "h5", "h6", "table", "dl", "ul"}
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SILENT = frozenset({"nav", "script", "style"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_OBJECTS = ("py ", "c ", "std ")


@dataclass
class Section:
    """A part of a page: a section without its subsections, or the description of one name.

    Attributes:
        id: The page's path and the anchor, joined by `#`.
        title: The heading, or the signature of what is described.
        text: The text below it, blocks on lines of their own.
    """

    id: str
    title: str
    text: str


@dataclass
class _Open:
    anchor: str
    title: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


class _Cutter(HTMLParser):
    def __init__(self, page: str, names: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self.names = names
        self.done: list[Section] = []
        self.sections: list[_Open] = []
        self.tags: list[tuple[str, str]] = []  # tag, what its end ends: "", "section", "title", "silent"
        self.silent = 0
        self.in_title = 0
        self.in_object = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._write("\n")
        if tag in _VOID:
            return
        given = dict(attrs)
        effect = self._effect(tag, given.get("class") or "", given.get("id") or "")
        self.tags.append((tag, effect))

    def _effect(self, tag: str, kind: str, anchor: str) -> str:
        if tag in _SILENT or "headerlink" in kind:
            self.silent += 1
            return "silent"
        if tag == "section" or (tag == "div" and "section" in kind.split() and anchor):
            self.sections.append(_Open(anchor))
            return "section"
        if tag == "dl" and self.names and kind.startswith(_OBJECTS) and self.sections and not self.in_object:
            self.in_object += 1
            self.sections.append(_Open(""))
            return "object"
        if not self.sections:
            return ""
        last = self.sections[-1]
        if tag in _HEADINGS and not self.in_object and not last.title:
            self.in_title += 1
            return "title"
        if tag == "dt" and self.in_object and not last.text and anchor:
            last.anchor = last.anchor or anchor
            self.in_title += 1
            return "title"
        return ""

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._write("\n")
        if not any(open_tag == tag for open_tag, _ in self.tags):
            return
        while self.tags:
            open_tag, effect = self.tags.pop()
            self._end(effect)
            if open_tag == tag:
                return

    def _end(self, effect: str) -> None:
        if effect == "silent":
            self.silent -= 1
        elif effect == "title":
            self.in_title -= 1
            self.sections[-1].title.append(" ")
        elif effect in ("section", "object"):
            self.in_object -= effect == "object"
            ended = self.sections.pop()
            title = " ".join("".join(ended.title).split())
            text = "\n".join(line for line in ("".join(ended.text)).splitlines() if line.strip())
            if title or text:
                self.done.append(Section(f"{self.page}#{ended.anchor}", title, text))

    def handle_data(self, data: str) -> None:
        self._write(data)

    def _write(self, data: str) -> None:
        if self.silent or not self.sections:
            return
        last = self.sections[-1]
        if self.in_title:
            last.title.append(data if data != "\n" else " ")
        elif data.strip() or last.text:
            last.text.append(data)


def sections(root: Path, pages: Iterable[Path], *, names: bool = False) -> Iterator[Section]:
    """Yields the sections of `pages` below `root`, in the order of their ends.

    With `names` the description of a function, class or option is a section too; else it is text of the section around it.
    """
    for page in sorted(pages):
        cutter = _Cutter(page.relative_to(root).as_posix(), names)
        cutter.feed(page.read_text("utf-8", errors="replace"))
        cutter.close()
        yield from cutter.done
