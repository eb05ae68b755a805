"""Gives every passage of a chapter its id: a slug that stays the same when the text around it moves.

An id never counts positions. It is what the author wrote, else the slug of a title, else a slug of the content; where slugs
meet, the section around them or a digest of the content tells them apart.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from vulgate.markdown import nodes as n
from vulgate.markdown.parser import Document
from vulgate.model.ids import slug
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


def identify(drafts: Sequence[Draft], chapter_id: str, document: Document) -> None:
    """Sets the `id` of every draft; the chapter's is `chapter_id`."""
    drafts[0].id = chapter_id
    _identify_sections([draft for draft in drafts if draft.kind == "section"], chapter_id)
    taken = {draft.id for draft in drafts if draft.id}
    for draft in drafts:
        if not draft.id and (explicit := _explicit_id(draft)):
            draft.id = f"{chapter_id}/{explicit}"
            taken.add(draft.id)
    # Parents stand before what is inside them, so that an inner passage can build on its parent's id.
    _identify_by_content([draft for draft in drafts if not draft.id and draft.parent is None], document, taken)
    depth_of = _depths(drafts)
    for depth in range(1, max(depth_of.values(), default=0) + 1):
        layer = [draft for draft in drafts if not draft.id and depth_of[id(draft)] == depth]
        _identify_by_content(layer, document, taken)


def heading_slug(draft: Draft) -> str:
    """The slug of a section's plain text, by which links know it."""
    return slug(n.plain_text(draft.node.children), max_words=20) or "section"


def _identify_sections(sections: Sequence[Draft], chapter_id: str) -> None:
    """A heading's own id, else its slug; equal slugs are told apart by the heading above."""
    plain = Counter(heading_slug(draft) for draft in sections)
    used: Counter[str] = Counter()
    above: list[tuple[int, str]] = []
    for draft in sections:
        node = draft.node
        assert isinstance(node, n.Heading)
        while above and above[-1][0] >= node.depth:
            above.pop()
        name = node.id or heading_slug(draft)
        if not node.id and plain[name] > 1 and above:
            name = f"{above[-1][1]}-{name}"
        used[name] += 1
        if used[name] > 1 and not node.id:
            name = f"{name}-{used[name]}"
        above.append((node.depth, name))
        draft.id = f"{chapter_id}/{name}"


def _explicit_id(draft: Draft) -> str:
    if draft.nodes and isinstance(draft.node, n.Directive):
        given = next((option.value for option in draft.node.options if option.name == "id"), "")
        return slug(given, max_words=40) if given else slug(draft.node.title)
    return ""


def _depths(drafts: Iterable[Draft]) -> dict[int, int]:
    depths: dict[int, int] = {}
    for draft in drafts:
        depths[id(draft)] = 0 if draft.parent is None else depths[id(draft.parent)] + 1
    return depths


def _identify_by_content(drafts: Iterable[Draft], document: Document, taken: set[str]) -> None:
    groups: defaultdict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        base = draft.parent.id if draft.parent else draft.section.id
        groups[f"{base}/{_content_slug(draft, document)}"].append(draft)
    for name, group in groups.items():
        if len(group) == 1 and name not in taken:
            group[0].id = name
            taken.add(name)
            continue
        for draft in group:
            unique = f"{name}-{digest(document.slice(draft.start, draft.end))[:6]}"
            copies = 2
            draft.id = unique
            while draft.id in taken:
                draft.id = f"{unique}-{copies}"
                copies += 1
            taken.add(draft.id)


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
