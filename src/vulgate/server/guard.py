"""What stands before the app in HTTP: who may ask, from where, how much and for how long."""

import base64
import hmac
import ipaddress
import re
import socket
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

import anyio
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY: Final = 4 * 1024 * 1024
"""Bytes of a request's body: 1 MB of code, escaped as JSON."""
BODY_SECONDS: Final = 10.0
"""What sending a body may take."""
SECONDS: Final = 60.0
"""What a request may take."""
_ADDRESS: Final = re.compile(r"(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::\d{0,5})?", re.IGNORECASE)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, as only this machine can reach it."""
    address = _ip(host)
    return host == "localhost" if address is None else address.is_loopback


class Guard:
    """Lets through what is addressed to this server, comes from no foreign web page, has the token, and stays within limits.

    A web page can make a browser ask a server on the loopback, also under a name of its own that it had resolved to this machine.
    So the `Host` has to be ours, and an `Origin`, which browsers send, has to be allowed.

    Args:
        app: What answers.
        host: The address that the server listens on.
        token: What a client has to send as `Authorization: Bearer`, or a browser as the password of any user; empty for none.
        origins: Origins of web pages that may ask.
        max_body: Bytes of a body.
        seconds: What a request may take.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        host: str,
        token: str = "",
        origins: Sequence[str] = (),
        max_body: int = MAX_BODY,
        seconds: float = SECONDS,
    ) -> None:
        self._app = app
        self._is_local = is_loopback(host)
        self._token = token.encode()
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)
        names = {host.lower(), "localhost", *(urlsplit(origin).hostname or "" for origin in self._origins)}
        self._hosts = frozenset(names if self._is_local else {*names, socket.gethostname().lower()})
        self._max_body = max_body
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, or lets it through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        sent = _Sent(send)
        try:
            with anyio.fail_after(self._seconds):
                body = await self._body(scope, receive)
                if body is None:
                    await _error(413, f"the body has more than {self._max_body:,} bytes")(scope, receive, sent)
                elif body[-1]["type"] == "http.request":  # else the client went away
                    await self._app(scope, _replay(body, receive), sent)
        except TimeoutError:
            if not sent.has_begun:
                await _error(408, "the request took too long")(scope, receive, send)

    def _refusal(self, scope: Scope) -> JSONResponse | None:
        headers = Headers(scope=scope)
        if not self._is_ours(headers.get("host", "")):
            return _error(421, "the Host header does not name this server")
        origins = headers.getlist("origin")
        # A browser sends no Origin where a page only loads something, such as an image; it says that the page is another's.
        is_foreign = not origins and headers.get("sec-fetch-site") == "cross-site"
        if is_foreign or not all(map(self._is_allowed, origins)):
            return _error(403, "pages of this origin may not ask; the server's --allow-origin names those that may")
        is_preflight = scope["method"] == "OPTIONS" and bool(origins)
        if self._token and not is_preflight and not self._has_token(headers.get("authorization", "")):
            response = _error(
                401, "a token is needed: Authorization: Bearer TOKEN; in a browser it is the password, with any name"
            )
            # A person's browser asks for a password where it is told to; programs are told what they can send.
            is_page = scope["method"] == "GET" and "text/html" in headers.get("accept", "")
            response.headers["WWW-Authenticate"] = 'Basic realm="vulgate", charset="UTF-8"' if is_page else "Bearer"
            return response
        return None

    def _is_ours(self, host: str) -> bool:
        name = _hostname(host)
        # An address as a name cannot be pointed elsewhere; which ones this machine has is not known for sure.
        return name in self._hosts or is_loopback(name) or (not self._is_local and _ip(name) is not None)

    def _is_allowed(self, origin: str) -> bool:
        scheme, _, host = origin.lower().partition("://")
        return origin.lower() in self._origins or (scheme in ("http", "https") and is_loopback(_hostname(host)))

    def _has_token(self, authorization: str) -> bool:
        """Whether a request has the token: as a bearer's, or as the password that a browser asked a person for."""
        scheme, _, given = authorization.partition(" ")
        is_basic = scheme.lower() == "basic"
        token = _password(given) if is_basic else given.strip().encode("latin-1", "replace")
        # Compared also where the scheme is wrong, so that the time tells nothing.
        is_right = hmac.compare_digest(token, self._token)
        return is_right and (is_basic or scheme.lower() == "bearer")

    async def _body(self, scope: Scope, receive: Receive) -> list[Message] | None:
        """The messages of the body; `None` if it is too long.

        Raises:
            TimeoutError: The client sends it too slowly.
        """
        length = Headers(scope=scope).get("content-length", "0")
        if length.isdigit() and int(length) > self._max_body:
            return None
        messages: list[Message] = []
        size = 0
        with anyio.fail_after(BODY_SECONDS):
            while True:
                message = await receive()
                messages.append(message)
                size += len(message.get("body", b""))
                if size > self._max_body:
                    return None
                if not message.get("more_body", False):
                    return messages


class _Sent:
    """Sends, and knows whether an answer has begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        self.has_begun = True
        await self._send(message)


def _replay(messages: list[Message], receive: Receive) -> Receive:
    left = iter(messages)

    async def again() -> Message:
        message = next(left, None)
        return await receive() if message is None else message

    return again


def _error(status: int, text: str) -> JSONResponse:
    return JSONResponse({"error": text}, status_code=status)


def _password(credentials: str) -> bytes:
    """The password of https://www.rfc-editor.org/rfc/rfc7617; empty if there is none."""
    try:
        return base64.b64decode(credentials.strip(), validate=True).partition(b":")[2]
    except ValueError:
        return b""


def _hostname(address: str) -> str:
    """The name in `NAME:PORT`, in small letters; empty for anything else, such as what has a path or a user in it."""
    found = _ADDRESS.fullmatch(address)
    return (found[1] or found[2]).lower() if found else ""


def _ip(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
