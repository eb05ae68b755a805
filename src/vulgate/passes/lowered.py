"""What lowering a chapter gives: typed blocks, and what only the whole book can settle."""

from typing import Literal

from msgspec import Struct

from vulgate.model.blocks import AnyBlock
from vulgate.model.diagnostics import Diagnostic
from vulgate.model.spans import Span


class Reference(Struct, frozen=True, gc=False):
    """Something that points elsewhere, not yet resolved.

    Attributes:
        type: `link` (a Markdown link), `id` (`[[id]]`), `number` ("Chapter 3.2") or `option` (a directive's list of ids).
        target: What it says: an address, an id or a number.
        block: Id of the innermost block around it.
        span: Where it stands.
        relation: Relation that it states; `see-also` unless an option says more.
    """

    type: Literal["link", "id", "number", "option"]
    target: str
    block: str
    span: Span
    relation: str = "see-also"


class Allow(Struct, frozen=True, gc=False):
    """A comment that silences a warning in the block after it, which ends before the byte `until`."""

    code: str
    reason: str
    span: Span
    until: int


class LoweredChapter(Struct, frozen=True):
    """A chapter on its own. It depends on nothing but its file, its id and the compiler, so it can be cached.

    Attributes:
        path: The chapter file.
        blocks: Authored and derived blocks in order; the first is the chapter itself.
        references: Links to resolve.
        allows: Warnings to silence.
        anchors: Slug of a heading's plain text, and the section ids that share it.
        diagnostics: What parsing and lowering have to say.
    """

    path: str
    blocks: tuple[AnyBlock, ...]
    references: tuple[Reference, ...] = ()
    allows: tuple[Allow, ...] = ()
    anchors: dict[str, tuple[str, ...]] = {}
    diagnostics: tuple[Diagnostic, ...] = ()
