"""A real browser for the tests of the web edition: Debian's Chromium, driven by Playwright, over a server of a folder."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest

PATIENCE: Final = 60_000
"""Milliseconds that a page has to do what is waited for: Pyodide starts slowly on a machine that does something else."""
CHROMIUM: Final = os.environ.get("VULGATE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
AXE: Final = os.environ.get("VULGATE_AXE", "")
"""The script of axe-core."""
needs_axe = pytest.mark.skipif(not AXE, reason="axe-core is not named in VULGATE_AXE")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:  # the browser has what it wanted
            pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server of a folder."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def browser() -> Iterator[Any]:
    """Chromium; a test that asks for it is skipped where there is none."""
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if not CHROMIUM:
        pytest.skip("there is no Chromium; VULGATE_CHROMIUM names one")
    with api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@contextmanager
def opened(chromium: Any, address: str, path: str) -> Iterator[Any]:
    """A page of a site in a context of its own, which ends without a complaint."""
    context = chromium.new_context(accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    watch = Watch(page, address)
    page.goto(address + path)
    yield page
    context.close()
    assert watch.is_calm


def violations(page: Any) -> list[str]:
    """What axe-core has against a page."""
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations)")
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"][:3]]


class Watch:
    """What a page complains of, and whom it asks.

    Args:
        page: The page.
        host: The address that it may ask.
    """

    def __init__(self, page: Any, host: str) -> None:
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda asked: self._note(asked.url, host))

    def _note(self, url: str, host: str) -> None:
        if not url.startswith((host, "data:", "blob:")):
            self.foreign.append(url)

    @property
    def is_calm(self) -> bool:
        """Whether there is nothing to complain of; else the test shows what."""
        assert self.complaints == []
        assert self.foreign == []
        return True
