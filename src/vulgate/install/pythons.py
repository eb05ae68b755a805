"""The oldest Python that a project is for, from the first place that says so."""

import re
from collections.abc import Iterator
from typing import Final

from vulgate.install.reader import Reader, at
from vulgate.model.versions import lower_bound

RUFF_FILES: Final = (".ruff.toml", "ruff.toml")
"""The files of ruff's own, the one that counts first."""
_VERSION = re.compile(r"(?m)^\s*(?:cpython-|python-)?3\.(\d{1,3})")
_TARGET = re.compile(r"py3(\d{1,3})")


def oldest_python(reader: Reader) -> tuple[str, str]:
    """The oldest Python of a project, such as `3.10`, and where that is said; both empty if nobody does.

    A promise to users counts before a setting of a tool, and that before the version that somebody develops with.
    """
    return next(((version, place) for version, place in _said(reader) if version), ("", ""))


def _said(reader: Reader) -> Iterator[tuple[str, str]]:
    project = reader.toml("pyproject.toml")
    own = at(project, "tool", "vulgate", "target-version")
    yield lower_bound(_text(own)), "`target-version` of Vulgate in pyproject.toml"
    yield lower_bound(_text(reader.toml("vulgate-check.toml").get("target-version"))), "vulgate-check.toml"
    yield lower_bound(_text(at(project, "project", "requires-python"))), "`requires-python` in pyproject.toml"
    poetry = at(project, "tool", "poetry", "dependencies", "python")
    yield lower_bound(_text(at(poetry, "version") or poetry)), "the dependencies of Poetry in pyproject.toml"
    yield lower_bound(reader.ini("setup.cfg").get("options", "python_requires", fallback="")), "setup.cfg"
    setup = re.search(r"python_requires\s*=\s*[\"']([^\"'\n]*)[\"']", reader.text("setup.py"))
    yield lower_bound(setup[1]) if setup else "", "setup.py"
    for path in RUFF_FILES:
        yield _target(reader.toml(path).get("target-version")), f"`target-version` in {path}"
    yield _target(at(project, "tool", "ruff", "target-version")), "`target-version` of ruff in pyproject.toml"
    minors = [int(minor) for minor in _VERSION.findall(reader.text(".python-version"))]
    yield f"3.{min(minors)}" if minors else "", ".python-version"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _target(value: object) -> str:
    match = _TARGET.fullmatch(_text(value))
    return f"3.{int(match[1])}" if match else ""
