"""Serving a book while it is being written: watch, compile, tell the pages, and later those who search."""

from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from socket import socket
from typing import Final

import anyio
import anyio.to_thread
from starlette.types import ASGIApp

from vulgate.server.live.book import LiveBook
from vulgate.server.live.pages import Bell
from vulgate.server.web import serve
from vulgate.store.atomic import write_file

PAUSE_SECONDS: Final = 1.0
"""How long nobody may save before the compiled book, which search and agents ask, is written again."""


def write_compiled(book: LiveBook, place: Path) -> None:
    """Writes the compiled book, outside the book's folder.

    Raises:
        OSError: It cannot be written.
    """
    write_file(place, book.compiled(), durable=False)


async def serve_live(
    app: ASGIApp,
    place: socket,
    *,
    book: LiveBook,
    bell: Bell,
    compiled: Path,
    changes: Callable[[], AsyncIterator[None]],
) -> None:
    """Serves until the process is told to end.

    Args:
        app: The application.
        place: Where it listens.
        book: The book.
        bell: What the pages that are open wait for.
        compiled: Where the compiled book is.
        changes: Gives something for each save.
    """
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_follow, book, bell, compiled, changes())
        with suppress(KeyboardInterrupt):  # how it is told to end, which must not leave a group of exceptions behind
            await serve(app, place, bell.close)
        tasks.cancel_scope.cancel()


async def _follow(book: LiveBook, bell: Bell, compiled: Path, changes: AsyncIterator[None]) -> None:
    """Compiles the book after each save."""
    written = book.state.book

    async def rest(pause: anyio.CancelScope) -> None:
        nonlocal written
        with pause:
            await anyio.sleep(PAUSE_SECONDS)
            now = book.state.book
            if now is not written:
                await anyio.to_thread.run_sync(write_compiled, book, compiled)
                written = now
            await anyio.to_thread.run_sync(book.tidy)

    async with anyio.create_task_group() as tasks:
        pause = anyio.CancelScope()
        async for _ in changes:
            pause.cancel()
            await anyio.to_thread.run_sync(book.refresh)
            bell.ring()
            pause = anyio.CancelScope()
            tasks.start_soon(rest, pause)
