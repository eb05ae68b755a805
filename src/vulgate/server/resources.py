"""What a client reads by address: `book://BOOK`, `book://BOOK/ID`; and completions of ids."""

from functools import partial
from typing import Annotated, Any, Final

import anyio.to_thread
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INTERNAL_ERROR,
    Completion,
    CompletionArgument,
    CompletionContext,
    PromptReference,
    Resource,
    ResourceTemplateReference,
)
from pydantic import Field

from vulgate.model.blocks import Chapter
from vulgate.model.suggest import nearest
from vulgate.search import outlining, reading
from vulgate.search.answers import SearchError
from vulgate.search.library import OpenBook
from vulgate.server.fitting import MOST, fitted
from vulgate.server.rendering import render
from vulgate.server.shelf import Shelf

MARKDOWN: Final = "text/markdown"
COMPLETIONS: Final = 100
"""The most that the protocol lets a server offer."""
_BOOKS: Final = ("book",)
_IDS: Final = ("id", "topic")

BookId = Annotated[str, Field(description="The id of a book.")]
BlockId = Annotated[str, Field(description="The id of a block in it.")]
CursorText = Annotated[str, Field(description="Where to go on; named at the end of a text that was cut.")]


def add_resources(server: MCPServer[Any], shelf: Shelf) -> None:
    """Adds the templates and the completions to a server."""

    @server.resource(
        "book://{book}", name="book", title="A book", description="The contents of a book.", mime_type=MARKDOWN
    )
    def book(book: BookId) -> str:
        return _read(shelf, lambda library, room: outlining.outline(library, book=book, depth=2, max_tokens=room))

    @server.resource(
        "book://{book}/{+id}{?cursor}",
        name="block",
        title="A block",
        description="A chapter, section, rule, fact or another block of a book, by its id.",
        mime_type=MARKDOWN,
    )
    def block(book: BookId, id: BlockId, cursor: CursorText = "") -> str:
        return _read(
            shelf,
            lambda library, room: reading.get(library, id, view="full", book=book, max_tokens=room, cursor=cursor),
        )

    @server.completion()  # type: ignore[no-untyped-call, untyped-decorator]
    async def complete(
        ref: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        context: CompletionContext | None,
    ) -> Completion | None:
        given = (context.arguments if context else None) or {}
        return await anyio.to_thread.run_sync(_complete, shelf, argument, given.get("book", ""))


def listed(shelf: Shelf) -> list[Resource]:
    """The books and their chapters."""
    with shelf.library() as library:
        return [one for each in library.books for one in _of_book(each)]


def _of_book(each: OpenBook) -> list[Resource]:
    meta = {"digest": each.stamp.digest, "built": each.stamp.built}
    root = Resource(
        uri=f"book://{each.book.id}",
        name=each.book.id,
        title=each.book.title,
        description="Table of contents",
        mime_type=MARKDOWN,
        _meta=meta,
    )
    chapters = [
        Resource(
            uri=f"book://{each.book.id}/{chapter.id}",
            name=f"{each.book.id}/{chapter.id}",
            title=f"{chapter.number} {chapter.title}".strip(),
            description=chapter.summary or None,
            mime_type=MARKDOWN,
            _meta=meta,
        )
        for chapter in chapters_of(each)
    ]
    return [root, *chapters]


def chapters_of(each: OpenBook) -> list[Chapter]:
    """The chapters of a book, in reading order."""
    return [block for block in each.blocks("kind = 'chapter'") if isinstance(block, Chapter)]


def _complete(shelf: Shelf, argument: CompletionArgument, book: str) -> Completion | None:
    """What may come after the beginning of an argument; nothing for arguments that take any text."""
    try:
        with shelf.library() as library:
            if argument.name in _BOOKS:
                return _completion([each.book.id for each in library.books], argument.value)
            if argument.name in _IDS:
                return _ids([each for each in library.books if book in ("", each.book.id)], argument.value)
    except SearchError as error:
        raise MCPError(code=INTERNAL_ERROR, message=str(error)) from error
    return None


def _read(shelf: Shelf, make: Any) -> str:
    try:
        with shelf.library() as library:
            shown = partial(render, many=shelf.many)
            return shown(fitted(lambda room: make(library, room), shown, MOST))
    except SearchError as error:
        raise ResourceNotFoundError(str(error)) from error


def _completion(known: list[str], value: str) -> Completion:
    fits = [word for word in known if word.startswith(value)] or nearest(value, known, COMPLETIONS)
    return Completion(values=fits[:COMPLETIONS], total=len(fits), has_more=len(fits) > COMPLETIONS)


def _ids(books: list[OpenBook], value: str) -> Completion:
    """Ids that begin with what was typed, then those that have it inside; the most important first."""
    typed = value[:200].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    found: list[str] = []
    for pattern in (f"{typed}%", f"%_{typed}%"):
        for each in books:
            rows = each.rows(
                "SELECT id FROM block WHERE id LIKE ? ESCAPE '\\' AND kind IN ('chapter', 'section', 'rule', 'fact', 'term',"
                " 'pattern', 'contrast', 'qa') ORDER BY importance DESC, position LIMIT ?",
                (pattern, COMPLETIONS + 1),
            )
            found += (str(id) for (id,) in rows)
        if len(found) > COMPLETIONS:
            break
    found = list(dict.fromkeys(found))
    return Completion(values=found[:COMPLETIONS], has_more=len(found) > COMPLETIONS)
