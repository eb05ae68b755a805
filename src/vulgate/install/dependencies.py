"""What a project says that it depends on, in the files in which Python projects say so."""

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from vulgate.check.files import fits
from vulgate.install.reader import Reader, table, texts

REQUIREMENTS: Final = (
    "requirements*.txt",
    "requirements*.in",
    "*requirements.txt",
    "requirements/*.txt",
    "*/requirements/*.txt",
)
"""The names of files with a requirement a line."""
SETUP_PY: Final = "setup.py"
_LISTS: Final[tuple[tuple[str, ...], ...]] = (
    ("project", "dependencies"),
    ("build-system", "requires"),
    ("tool", "uv", "dev-dependencies"),
)
_LISTS_BY_NAME: Final[tuple[tuple[str, ...], ...]] = (
    ("project", "optional-dependencies"),
    ("dependency-groups",),
    ("tool", "pdm", "dev-dependencies"),
)
_SETUP_LISTS: Final = (
    "install_requires",
    "tests_require",
    "setup_requires",
    "extras_require",
)
_INCLUDE = re.compile(r"^(?:-r|-c|--requirement|--constraint)[ =]*(\S.*)$")
_EGG = re.compile(r"#egg=([A-Za-z0-9][\w.-]*)")
_OPTION = re.compile(r"\s+--?[a-z].*$")
_DEEP: Final = 20  # files that include one another


def declared(files: Iterable[str], reader: Reader) -> frozenset[str]:
    """The normalized names (PEP 503) of all distributions that a repository declares, whatever for.

    Args:
        files: The files of the repository.
        reader: Reads them, and notes what it cannot make out.
    """
    found: set[str] = set()
    for path in files:
        name = posixpath.basename(path)
        if name == "pyproject.toml":
            found.update(_in_pyproject(path, reader))
        elif name == "Pipfile":
            tables = reader.toml(path)
            found.update(_names([*table(tables, "packages"), *table(tables, "dev-packages")], path, reader))
        elif name == "setup.cfg":
            found.update(_in_setup_cfg(path, reader))
        elif name == SETUP_PY:
            found.update(_names(_in_setup_py(reader.text(path)), path, reader))
        elif fits(path, REQUIREMENTS):
            found.update(_in_requirements(path, reader, set()))
    return frozenset(found)


def _in_pyproject(path: str, reader: Reader) -> Iterator[str]:
    data = reader.toml(path)
    for keys in _LISTS:
        yield from _names(texts(table(data, *keys[:-1]).get(keys[-1])), path, reader)
    for keys in _LISTS_BY_NAME:
        for group in table(data, *keys).values():
            yield from _names(texts(group), path, reader)
    poetry = table(data, "tool", "poetry")
    groups = [poetry, *(group for group in table(poetry, "group").values() if isinstance(group, dict))]
    named = [[*table(group, "dependencies"), *table(group, "dev-dependencies")] for group in groups]
    yield from _names([name for names in named for name in names if name != "python"], path, reader)
    for environment in table(data, "tool", "hatch", "envs").values():
        for key in ("dependencies", "extra-dependencies"):
            yield from _names(texts(environment.get(key) if isinstance(environment, dict) else None), path, reader)


def _in_setup_cfg(path: str, reader: Reader) -> Iterator[str]:
    parser = reader.ini(path)
    lists = [parser.get("options", key, fallback="") for key in _SETUP_LISTS]
    section = "options.extras_require"
    lists += parser[section].values() if parser.has_section(section) else []
    for lines in lists:
        listed = [line.strip() for line in lines.replace(";\n", "\n").splitlines()]
        yield from _names((line for line in listed if line and not line.startswith(("#", "file:"))), path, reader)


def _in_setup_py(text: str) -> list[str]:
    """The requirements that stand as strings in the call of `setup`; nothing is run."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []  # who reads the imports says so
    return [
        part.value
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg in _SETUP_LISTS
        for value in (node.value.values if isinstance(node.value, ast.Dict) else [node.value])
        for part in ast.walk(value)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]


def _in_requirements(path: str, reader: Reader, seen: set[str]) -> Iterator[str]:
    """The names in a file for pip, and in those that it includes.

    https://pip.pypa.io/en/stable/reference/requirements-file-format/
    """
    if path in seen or len(seen) > _DEEP:
        return
    seen.add(path)
    text = re.sub(r"\\\n", " ", reader.text(path))
    for line in (re.sub(r"(^|\s)#.*", "", line).strip() for line in text.splitlines()):
        if include := _INCLUDE.match(line):
            named = posixpath.normpath(posixpath.join(posixpath.dirname(path), include[1].strip("'\" ")))
            if named.startswith(("../", "/")) or "://" in named or named == "..":
                reader.note(path, f"includes `{include[1]}`, which is outside the repository and is not read")
            else:
                yield from _in_requirements(named, reader, seen)
        elif line and (egg := _EGG.search(line)):
            yield canonicalize_name(egg[1])
        elif line and not line.startswith(("-", ".", "/")) and "://" not in line.partition("@")[0]:
            yield from _names([_OPTION.sub("", line)], path, reader)


def _names(requirements: Iterable[str], path: str, reader: Reader) -> Iterator[str]:
    """The normalized names in requirements of PEP 508."""
    for requirement in requirements:
        try:
            yield canonicalize_name(Requirement(requirement).name)
        except (InvalidRequirement, RecursionError):
            shown = requirement if len(requirement) < 80 else f"{requirement[:77]}..."
            reader.note(path, f"`{shown}` is no requirement, and is left out")
