"""Gives every passage of a chapter its id: a slug that stays the same when the text around it moves.

An id never counts positions. It is what the author wrote, else the slug of a title, else a slug of the content; where slugs
meet, the section around them or a digest of the content tells them apart.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from vulgate.markdown import nodes as n
from vulgate.markdown.parser import Document
from vulgate.model.codes import Reporter
from vulgate.model.diagnostics import Label
from vulgate.model.ids import VALID_ID, slug
from vulgate.model.spans import LineIndex
from vulgate.passes.drafts import Draft

_DEFINES = re.compile(r"^(?:async def|def|class|function|const|let|fn|type|struct)\s+(\w+)", re.MULTILINE)
_ASSIGNS = re.compile(r"^([A-Za-z_]\w*)\s*(?::[^=\n]+)?=[^=]", re.MULTILINE)
_TRAILING_SPACE = re.compile(r"[ \t]+$", re.MULTILINE)
_CONTENT_WORDS: Final = 6


def digest(text: str) -> str:
    """Digest of a passage, the same for both line endings and for any white space at line ends."""
    normalized = text.replace("\r\n", "\n") if "\r" in text else text
    if " \n" in normalized or "\t\n" in normalized:
        normalized = _TRAILING_SPACE.sub("", normalized)
    return hashlib.blake2b(normalized.strip().encode(), digest_size=12).hexdigest()


def identify(
    drafts: Sequence[Draft], chapter_id: str, document: Document, lines: LineIndex, reporter: Reporter
) -> None:
    """Sets the `id` of every draft; the chapter's is `chapter_id`. An id that the author gives twice is reported."""
    _Identifier(drafts, chapter_id, document, lines, reporter).run()


def heading_slug(draft: Draft) -> str:
    """The slug of a section's plain text, by which links know it."""
    return slug(n.plain_text(draft.node.children), max_words=20) or "section"


class _Identifier:
    def __init__(
        self, drafts: Sequence[Draft], chapter_id: str, document: Document, lines: LineIndex, reporter: Reporter
    ) -> None:
        self.drafts = drafts
        self.chapter_id = chapter_id
        self.document = document
        self.lines = lines
        self.reporter = reporter
        self.taken: dict[str, Draft] = {}
        self.copies: Counter[str] = Counter()

    def run(self) -> None:
        self._give(self.drafts[0], self.chapter_id)
        self._sections([draft for draft in self.drafts if draft.kind == "section"])
        for draft in self.drafts:
            if given := _given_id(draft):
                self._give_explicit(draft, f"{self.chapter_id}/{given}")
        self._by_slug((d for d in self.drafts if not d.id and _title_slug(d)), self._title_name)
        # Parents come before what is inside them, so that an inner passage can build on its parent's id.
        layers: defaultdict[int, list[Draft]] = defaultdict(list)
        depths: dict[int, int] = {}
        for draft in self.drafts:
            depths[id(draft)] = 0 if draft.parent is None else depths[id(draft.parent)] + 1
            if not draft.id:
                layers[depths[id(draft)]].append(draft)
        for depth in sorted(layers):
            self._by_slug(layers[depth], self._content_name)

    def _sections(self, sections: Sequence[Draft]) -> None:
        """A heading's own id, else its slug; equal slugs are told apart by the heading above."""
        plain = Counter(heading_slug(draft) for draft in sections)
        above: list[tuple[int, str]] = []
        for draft in sections:
            node = draft.node
            assert isinstance(node, n.Heading)
            while above and above[-1][0] >= node.depth:
                above.pop()
            name = node.id or heading_slug(draft)
            if not node.id and plain[name] > 1 and above:
                name = f"{above[-1][1]}-{name}"
            above.append((node.depth, name))
            if node.id:
                self._give_explicit(draft, f"{self.chapter_id}/{name}")
            else:
                self._give(draft, self._free(f"{self.chapter_id}/{name}"))

    def _by_slug(self, drafts: Iterable[Draft], name_of: Callable[[Draft], str]) -> None:
        """Ids from slugs; where several passages have one, or it is taken, a digest of the content joins it."""
        groups: defaultdict[str, list[Draft]] = defaultdict(list)
        for draft in drafts:
            groups[name_of(draft)].append(draft)
        for name, group in groups.items():
            if len(group) == 1 and name not in self.taken:
                self._give(group[0], name)
                continue
            for draft in group:
                content = digest(self.document.slice(draft.start, draft.end))
                self._give(draft, self._free(f"{name}-{content[:6]}"))

    def _title_name(self, draft: Draft) -> str:
        name = f"{self.chapter_id}/{_title_slug(draft)}"
        return name if name not in self.taken else f"{self.chapter_id}/{draft.kind}-{_title_slug(draft)}"

    def _content_name(self, draft: Draft) -> str:
        base = draft.parent.id if draft.parent else draft.section.id
        return f"{base}/{_content_slug(draft, self.document)}"

    def _give(self, draft: Draft, id: str) -> None:
        draft.id = id
        self.taken[id] = draft

    def _give_explicit(self, draft: Draft, id: str) -> None:
        if first := self.taken.get(id):
            label = Label(self.lines.span(first.start, first.end), "first given here")
            span = self.lines.span(draft.start, draft.end)
            self.reporter.add("duplicate-id", span, id=id.partition("/")[2], labels=(label,))
        self._give(draft, self._free(id))

    def _free(self, id: str) -> str:
        free = id
        while free in self.taken:
            self.copies[id] += 1
            free = f"{id}-{self.copies[id] + 1}"
        return free


def _given_id(draft: Draft) -> str:
    if not draft.nodes or not isinstance(draft.node, n.Directive):
        return ""
    given = next((option.value for option in draft.node.options if option.name == "id"), "")
    return given if VALID_ID.fullmatch(given) else slug(given, max_words=40)


def _title_slug(draft: Draft) -> str:
    return slug(draft.node.title) if draft.nodes and isinstance(draft.node, n.Directive) else ""


def _content_slug(draft: Draft, document: Document) -> str:
    node = draft.node
    if isinstance(node, n.CodeBlock):
        if draft.info.fence.role or draft.info.fence.file:
            return draft.info.fence.role or slug(draft.info.fence.file)
        if draft.kind == "diagram":
            return slug(f"{node.code.split(maxsplit=1)[0] if node.code.strip() else ''} diagram")
        match = _DEFINES.search(node.code) or _ASSIGNS.search(node.code)
        first_line = node.code.strip().split("\n", 1)[0]
        return slug(match[1] if match else first_line, max_words=4) or "example"
    if isinstance(node, n.Table):
        head = node.children[0].children if node.children else ()
        return slug(" ".join(n.plain_text(cell.children) for cell in head), max_words=_CONTENT_WORDS) or "table"
    start = node.body[0] if isinstance(node, n.Directive) else node.start
    text = document.slice(start, min(draft.end, start + 160))
    words = slug(text, max_words=_CONTENT_WORDS)
    return f"{draft.kind}-{words}".rstrip("-") if draft.kind != "concept" else words or "text"
