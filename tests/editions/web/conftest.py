"""A site in a real browser: Debian's Chromium, driven by Playwright, over a server on the loopback interface."""

import functools
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 60_000  # milliseconds: Pyodide starts slowly on a machine that does something else


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Nothing."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        try:
            super().copyfile(source, outputfile)
        except ConnectionError:  # the browser has left the page
            pass


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="needs Playwright")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        pytest.skip("needs Chromium")
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


class Served:
    """A folder behind HTTP."""

    def __init__(self, folder: Path) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=folder))
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def _is_ours(message: Any) -> bool:
    """Whether a message is an error of the page, and no question for an icon."""
    return bool(message.type == "error" and not message.location["url"].endswith("/favicon.ico"))


def open_page(browser: Any, served: Served, path: str, problems: list[str]) -> Any:
    """A page in a context of its own; what it complains of, and requests to other hosts, are added to the problems."""
    context = browser.new_context(accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if _is_ours(message) else None)
    page.on(
        "request",
        lambda request: None if request.url.startswith((served.address, "blob:")) else problems.append(request.url),
    )
    page.goto(served.address + path)
    return page
