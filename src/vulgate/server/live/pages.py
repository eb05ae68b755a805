"""The web book over HTTP: its files, and an event for each page that is open when what it shows has changed."""

import hashlib
import json
from collections.abc import AsyncIterator
from functools import partial
from importlib.resources import files
from typing import Final

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from vulgate.editions.base import EditionFileError
from vulgate.server.live.book import PAGE, LiveBook

PREFIX: Final = "/_live"
STREAM_SECONDS: Final = 45.0
"""How long a page listens before it asks again; a request may take no longer than the guard allows."""
FRAME: Final = ("index.html", "book.css", "book.js")
_SCRIPT: Final = '<script src="{prefix}/live.js" data-page="{page}" data-digest="{digest}" defer></script>\n</head>'
_EMPTY: Final = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>The book has errors</title>
<meta name="color-scheme" content="light dark"></head>
<body><main><h1>The book has errors</h1><p>Its first page appears as soon as they are mended.</p></main></body></html>
"""
_NO_STORE: Final = {"Cache-Control": "no-store"}


class Bell:
    """Wakes all who wait; used within one event loop."""

    def __init__(self) -> None:
        self._event = anyio.Event()
        self.is_closed = False

    def ring(self) -> None:
        """Wakes them."""
        self._event.set()
        self._event = anyio.Event()

    def close(self) -> None:
        """Wakes them for the last time."""
        self.is_closed = True
        self.ring()

    async def wait(self) -> None:
        """Waits for the next ring."""
        await self._event.wait()


class LivePages:
    """Answers with the files of a live book.

    Args:
        book: The book.
        bell: Rung when it was compiled again.
    """

    def __init__(self, book: LiveBook, bell: Bell) -> None:
        self._book = book
        self._bell = bell

    def routes(self) -> list[BaseRoute]:
        """The routes; the last of them takes every address."""
        return [
            Route(f"{PREFIX}/live.js", self._script, methods=["GET"]),
            Route(f"{PREFIX}/events", self._events, methods=["GET"]),
            Route("/{path:path}", self._file, methods=["GET"]),
        ]

    async def _script(self, request: Request) -> Response:
        return Response((files("vulgate.server.live") / "live.js").read_bytes(), 200, _NO_STORE, "text/javascript")

    async def _file(self, request: Request) -> Response:
        path = request.path_params["path"] or "index.html"
        return await anyio.to_thread.run_sync(partial(self._answer, path))

    def _answer(self, path: str) -> Response:
        try:
            found = self._book.file(path)
            status = 200
            if found is None:
                found = self._book.file("404.html")
                path, status = ("404.html", 404) if found else (path, 503)
        except EditionFileError as error:
            text = f"{error.path} cannot be used: {error.reason}\n"
            return Response(text, 500, _NO_STORE, "text/plain; charset=utf-8")
        data, kind = found or (_EMPTY, PAGE)
        if kind == PAGE:
            data = self._with_script(data, path)
        return Response(data, status, _NO_STORE, kind)

    def _with_script(self, page: bytes, path: str) -> bytes:
        script = _SCRIPT.format(prefix=PREFIX, page=path.replace('"', "%22"), digest=self._digest(path))
        return page.replace(b"</head>", script.encode("utf-8", "replace"), 1)

    def _digest(self, path: str) -> str:
        """What a reader of a page sees, and whether there is more to see than its diagnostics."""
        total = hashlib.sha256()
        for name in (path, *FRAME[1:]):
            try:
                found = self._book.file(name)
            except EditionFileError:
                found = None
            total.update(found[0] if found else b"")
        return total.hexdigest()[:16]

    async def _events(self, request: Request) -> Response:
        path, digest = (request.query_params.get(name, "")[:500] for name in ("page", "digest"))
        return StreamingResponse(self._stream(path, digest), 200, _NO_STORE, "text/event-stream")

    async def _stream(self, path: str, digest: str) -> AsyncIterator[bytes]:
        """How things are, now and whenever they change."""
        yield b"retry: 200\n\n"
        ends = anyio.current_time() + STREAM_SECONDS
        while not self._bell.is_closed and anyio.current_time() < ends:
            state = self._book.state
            now = await anyio.to_thread.run_sync(partial(self._digest, path))
            told = {"reload": now != digest, "errors": state.errors, "warnings": state.warnings, "told": state.told}
            yield f"data: {json.dumps(told)}\n\n".encode()
            if state is self._book.state:
                with anyio.move_on_after(ends - anyio.current_time()):
                    await self._bell.wait()
