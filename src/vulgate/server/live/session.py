"""Serving a book while it is being written: watch, compile, tell the pages, and later those who search."""

import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from socket import socket
from typing import Final

import anyio
import anyio.to_thread
import msgspec
from starlette.types import ASGIApp

from vulgate.model.book import CompiledBook
from vulgate.server.live import writing
from vulgate.server.live.book import LiveBook
from vulgate.server.live.pages import Bell
from vulgate.server.web import serve

PAUSE_SECONDS: Final = 1.0
"""How long nobody may save before the compiled book, which search and agents ask, is written again."""


_logger = logging.getLogger(__name__)


async def write_compiled(book: CompiledBook, place: Path) -> bool:
    """Writes the compiled book, outside the book's folder, and tells whether that went well.

    Another process does it, which takes no time from the pages, and is killed when this task is cancelled.
    """
    command = [sys.executable, "-P", "-m", writing.__name__, str(place)]
    data = await anyio.to_thread.run_sync(msgspec.msgpack.encode, book)
    # In a session of its own Ctrl+C does not reach it, and it has nothing to say.
    done = await anyio.run_process(command, input=data, check=False, start_new_session=True)
    if done.returncode:
        _logger.error("search and tools keep the book of the last save: %s", done.stderr.decode(errors="replace"))
    return not done.returncode


async def serve_live(
    app: ASGIApp,
    place: socket,
    *,
    book: LiveBook,
    bell: Bell,
    compiled: Path,
    changes: Callable[[anyio.Event], AsyncIterator[None]],
) -> None:
    """Serves until the process is told to end.

    Args:
        app: The application.
        place: Where it listens.
        book: The book.
        bell: What the pages that are open wait for.
        compiled: Where the compiled book is.
        changes: Gives something for each save, until the event that it gets is set.
    """
    end = anyio.Event()

    def close() -> None:
        bell.close()
        end.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_follow, book, bell, compiled, changes(end))
        with suppress(KeyboardInterrupt):  # how it is told to end, which must not leave a group of exceptions behind
            await serve(app, place, close)
        tasks.cancel_scope.cancel()


async def _follow(book: LiveBook, bell: Bell, compiled: Path, changes: AsyncIterator[None]) -> None:
    """Compiles the book after each save."""
    written = book.state.book

    async def rest(pause: anyio.CancelScope) -> None:
        nonlocal written
        with pause:
            await anyio.sleep(PAUSE_SECONDS)
            now = book.state.book
            if now is not None and now is not written and await write_compiled(now, compiled):
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
