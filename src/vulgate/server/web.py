"""The server over HTTP: MCP at `/mcp`, and the same tools as plain JSON at `/api/NAME`."""

import json
import logging
import socket
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import uvicorn
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from vulgate.search.answers import SearchError
from vulgate.server.app import BookServer
from vulgate.server.connections import Connection
from vulgate.server.fitting import as_data
from vulgate.server.guard import MAX_BODY, Guard
from vulgate.server.shelf import Shelf

PATH: Final = "/mcp"
CONNECTIONS: Final = 1_000
"""Connections at a time; who comes then gets 503."""
KEEP_ALIVE: Final = 15
"""Seconds that an idle connection stays open."""
_logger = logging.getLogger(__name__)


def web_app(
    server: BookServer,
    *,
    host: str,
    token: str = "",
    origins: Sequence[str] = (),
    has_mcp: bool = True,
    pages: Sequence[BaseRoute] = (),
) -> ASGIApp:
    """The whole application.

    Args:
        server: The MCP server.
        host: The address that it will listen on.
        token: The token that clients have to send; empty for none.
        origins: Origins of web pages that may ask.
        has_mcp: Whether MCP is served beside JSON.
        pages: What answers where none of these does.
    """
    starlette = _with_mcp(server) if has_mcp else Starlette()
    starlette.router.routes[:0] = [
        Route("/api/{name}", partial(_answer, server), methods=["GET", "POST"]),
        Route("/health", partial(_health, server.shelf), methods=["GET"]),
    ]
    starlette.router.routes += pages
    starlette.add_exception_handler(HTTPException, _told)
    app: ASGIApp = starlette
    if origins:
        app = CORSMiddleware(app, allow_origins=origins, allow_methods=["GET", "POST"], allow_headers=["*"])
    return Guard(app, host=host, token=token, origins=origins)


def _with_mcp(server: BookServer) -> Starlette:
    # Without sessions there is nothing that an old client could leave behind; requests name the era they are of.
    starlette = server.streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        max_request_body_size=MAX_BODY,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),  # the guard does that
    )
    starlette.router.routes.insert(0, Route(PATH, _no_stream, methods=["GET"]))
    return starlette


async def _told(request: Request, error: Exception) -> Response:
    """An error of the framework, such as an unknown address, in the form of ours."""
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail.lower()}, error.status_code, error.headers)


async def _no_stream(request: Request) -> Response:
    """The answer to a client that would listen: there is nothing to say but answers, and a stream would only be held open."""
    return JSONResponse({"error": "this server sends nothing unasked; POST to it"}, 405, {"Allow": "POST"})


async def _answer(server: BookServer, request: Request) -> Response:
    """The answer of a tool; arguments come in the address, or as a JSON object in the body."""
    try:
        arguments = _arguments(request) if request.method == "GET" else json.loads(await request.body())
    except (ValueError, RecursionError):
        arguments = None
    if not isinstance(arguments, dict):
        return JSONResponse({"error": "the body has to be a JSON object that holds the arguments"}, status_code=400)
    name = request.path_params["name"]
    try:
        answer, notes = await server.answer(name, arguments)
    except SearchError as error:
        return JSONResponse({"error": str(error)}, status_code=400 if name in server.tools else 404)
    except Exception:
        _logger.exception("%s failed", name)
        return JSONResponse({"error": f"{name} failed; the server's log says more"}, status_code=500)
    # What an answer of this kind has no place for is told beside it.
    headers = {"X-Vulgate-Note": "; ".join(notes).encode("ascii", "replace").decode()} if notes else None
    return JSONResponse(as_data(answer), headers=headers)


def _arguments(request: Request) -> dict[str, Any]:
    """The arguments in the address; what is named twice is a list."""
    query = request.query_params
    return {name: values if len(values := query.getlist(name)) > 1 else values[0] for name in query}


async def _health(shelf: Shelf, request: Request) -> Response:
    try:
        with shelf.library() as library:
            return JSONResponse({"books": as_data(library.stamps)})
    except SearchError as error:
        return JSONResponse({"error": str(error)}, status_code=503)


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Args:
        host: A name or an address.
        port: The port; 0 for one that is free.

    Raises:
        OSError: The address is not this machine's, or the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=512)


class _Server(uvicorn.Server):
    """A server that says that it ends before it waits for requests to end."""

    def __init__(self, config: uvicorn.Config, at_end: Callable[[], None]) -> None:
        super().__init__(config)
        self._at_end = at_end

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends."""
        self._at_end()
        await super().shutdown(sockets)


async def serve(app: ASGIApp, place: socket.socket, at_end: Callable[[], None] = lambda: None) -> None:
    """Serves the application until the process is told to end.

    Args:
        app: The application.
        place: Where it listens.
        at_end: Called when the process was told to end; requests that wait for something have to end then.
    """
    config = uvicorn.Config(
        app,
        http=Connection,
        log_level="error",
        access_log=False,
        server_header=False,
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=3,
        ws="none",
    )
    await _Server(config, at_end).serve(sockets=[place])
