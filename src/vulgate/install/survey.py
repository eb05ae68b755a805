"""What a repository is: its files, what its code imports and declares, its Python, and the agents that work in it.

Nothing of the repository is run, and no link is followed that leads out of it. What cannot be read is noted, and never stops the
survey: a rule is left out only for what was seen.
"""

import posixpath
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from vulgate.check.files import NOTEBOOK, fits
from vulgate.install.dependencies import REQUIREMENTS, declared
from vulgate.install.distributions import is_present
from vulgate.install.imports import Imports, read_imports
from vulgate.install.listing import list_all
from vulgate.install.pythons import oldest_python
from vulgate.install.reader import Reader, table
from vulgate.model.findings import Problem
from vulgate.model.topics import TESTS, names_file

_PYTHON: Final = (".py", ".pyi", NOTEBOOK)
_PACKAGING: Final = ("pyproject.toml", "setup.py", "setup.cfg", "Pipfile", *REQUIREMENTS)
_PYTEST: Final = ("pytest.ini", ".pytest.ini", "conftest.py")
# fmt: off
WEB: Final = (
    "aiohttp", "bottle", "channels", "cherrypy", "connexion", "dash", "django", "falcon", "fastapi", "flask",
    "gradio", "grpc", "http", "httpx", "hug", "litestar", "mako", "nicegui", "ninja", "pyramid", "quart",
    "requests", "rest_framework", "robyn", "sanic", "scrapy", "socketserver", "starlette", "streamlit", "tornado",
    "twisted", "urllib", "urllib3", "webob", "websocket", "websockets", "werkzeug", "wsgiref", "xmlrpc",
)
# fmt: on
"""Modules whose use makes code web code: servers, clients, and what they stand on."""
_PAGES: Final = ("*.html", "*.htm", "*.jinja", "*.j2")


class Survey(Struct, frozen=True):
    """What is known of a repository.

    Attributes:
        files: The files that Git does not ignore, from the root, with forward slashes, sorted.
        folders: The folders that hold them; the root itself is left out.
        imports: The top-level modules that its Python files and notebooks import, its own among them.
        declared: The normalized names of the distributions that it declares, whatever for, and of the tools it configures.
        python: The oldest Python that it is for, such as `3.10`; empty if nobody says.
        python_from: Where that is said.
        sources: The number of Python files and notebooks.
        tests: Whether it has tests.
        notebooks: Whether it has notebooks.
        web: Whether it has code that serves or asks the web.
        asynchronous: Whether some of its code is asynchronous.
        packaging: Whether it has files that say how it is built, or what it depends on.
        agents: The coding agents that it is set up for, each with the paths that show it.
        notes: What could not be read, or not made out.
    """

    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    imports: frozenset[str] = frozenset()
    declared: frozenset[str] = frozenset()
    python: str = ""
    python_from: str = ""
    sources: int = 0
    tests: bool = False
    notebooks: bool = False
    web: bool = False
    asynchronous: bool = False
    packaging: bool = False
    agents: dict[str, tuple[str, ...]] = {}
    notes: tuple[Problem, ...] = ()

    def has(self, module: str) -> bool:
        """Whether the project may use a module: it imports it, or declares what gives or brings it."""
        return is_present(module, self.imports, self.declared)


def survey(
    root: Path, evidence: Mapping[str, Sequence[str]] | None = None, ours: Collection[str] = frozenset()
) -> Survey:
    """Looks at a repository.

    Args:
        root: Its folder.
        evidence: For each agent the paths that show that it is used: a file or folder; only a folder, with a slash at its end;
            or a pattern with `*`.
        ours: Files that we made. They tell nothing of the project: else an install would change what the next one finds.
    """
    root = root.absolute()
    reader = Reader(root)
    listed, lost = list_all(reader)
    files = [path for path in listed if path not in ours]
    sources = [path for path in files if path.endswith(_PYTHON)]
    imports = read_imports(root, sources)
    names = declared(files, reader) | _configured(files, reader)
    python, python_from = oldest_python(reader)
    return Survey(
        files=tuple(files),
        folders=tuple(sorted({folder for path in files for folder in _folders(path)})),
        imports=imports.modules,
        declared=names,
        python=python,
        python_from=python_from,
        sources=len(sources),
        tests=any(names_file(TESTS, path) for path in sources),
        notebooks=any(path.endswith(NOTEBOOK) for path in files),
        web=_is_web(imports, names, files),
        asynchronous=imports.is_async,
        packaging=any(fits(path, _PACKAGING) for path in files),
        agents=_agents(reader, files, evidence or {}),
        notes=(*lost, *reader.notes, *imports.notes),
    )


def _folders(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]


def _configured(files: Sequence[str], reader: Reader) -> frozenset[str]:
    """The tools that have a table in `pyproject.toml`, and pytest where its files are: whoever configures a tool uses it."""
    tools = {name.lower() for name in table(reader.toml("pyproject.toml"), "tool")}
    if any(posixpath.basename(path) in _PYTEST for path in files):
        tools.add("pytest")
    return frozenset(tools)


def _is_web(imports: Imports, names: frozenset[str], files: Sequence[str]) -> bool:
    return any(is_present(module, imports.modules, names) for module in WEB) or any(
        fits(path, _PAGES) for path in files
    )


def _agents(reader: Reader, files: Sequence[str], evidence: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The agents of which something is found, and what it is. What Git ignores counts, too."""
    found = {
        agent: tuple(path for path in paths if _is_there(reader, files, path)) for agent, paths in evidence.items()
    }
    return {agent: paths for agent, paths in found.items() if paths}


def _is_there(reader: Reader, files: Sequence[str], path: str) -> bool:
    if "*" in path:
        return any(fits(each, [path]) for each in files)
    return reader.is_folder(path) or (reader.is_file(path) and not path.endswith("/"))
