"""Reading the configuration files of somebody's repository: none leads outside, and none makes us fail."""

import configparser
import stat
import tomllib
from pathlib import Path
from typing import Any, Final

import yaml

from vulgate.model.findings import Problem

MOST: Final = 1_000_000
"""Bytes of a configuration file; a larger one is no such file, or takes too long."""


class Reader:
    """Reads files of one repository, and notes what could not be read.

    Args:
        root: The repository.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.notes: list[Problem] = []
        self._real = root.resolve()
        self._tables: dict[str, dict[str, Any]] = {}

    def holds(self, path: str) -> bool:
        """Whether a path stays in the repository when all links are followed."""
        try:
            return (self.root / path).resolve().is_relative_to(self._real)
        except (OSError, ValueError, RuntimeError):  # a link that leads to itself is a RuntimeError up to Python 3.12
            return False

    def note(self, path: str, message: str, line: int = 0) -> None:
        """Remembers what is wrong with a file."""
        problem = Problem(message, path, line)
        if problem not in self.notes:
            self.notes.append(problem)

    def text(self, path: str) -> str:
        """The text of a file, with line feeds as line ends; empty where there is none, or where a note says why not."""
        data = self._bytes(path)
        try:
            return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError as error:
            self.note(path, f"is not UTF-8 (byte 0x{data[error.start]:02x}), and is not read")
            return ""

    def _bytes(self, path: str) -> bytes:
        place = self.root / path
        try:
            if not self.holds(path):
                self.note(path, "leads out of the repository, and is not read")
            elif not stat.S_ISREG((found := place.stat()).st_mode):
                return b""
            elif found.st_size > MOST:
                self.note(path, f"has {found.st_size / 1e6:.0f} MB, too much for such a file, and is not read")
            else:
                return place.read_bytes()
        except FileNotFoundError:
            return b""
        except (OSError, ValueError) as error:
            told = (getattr(error, "strerror", None) or str(error)).lower()
            self.note(path, f"cannot be read: {told}")
        return b""

    def toml(self, path: str) -> dict[str, Any]:
        """The tables of a TOML file; empty where there is none, or where a note says why not."""
        if path not in self._tables:
            try:
                self._tables[path] = tomllib.loads(self.text(path))
            except (tomllib.TOMLDecodeError, RecursionError) as error:
                self.note(path, f"is no TOML: {error}")
                self._tables[path] = {}
        return self._tables[path]

    def ini(self, path: str) -> configparser.RawConfigParser:
        """The sections of an INI file; none where a note says why not."""
        parser = configparser.RawConfigParser(strict=False)
        try:
            parser.read_string(self.text(path), path)
        except configparser.Error as error:
            self.note(path, f"is no INI file: {str(error).splitlines()[0]}")
            return configparser.RawConfigParser()
        return parser

    def yaml(self, path: str) -> Any:
        """What a YAML file says; `None` where there is none, or where a note says why not."""
        try:
            return yaml.safe_load(self.text(path))
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            self.note(path, f"is no YAML: {' '.join(str(error).split())}")
            return None


def at(data: object, *keys: str) -> Any:
    """What stands in nested tables under some keys; `None` where there is nothing, or where a table is something else."""
    for key in keys:
        if not isinstance(data, dict):
            return None
        data = data.get(key)
    return data


def table(data: object, *keys: str) -> dict[str, Any]:
    """The table under some keys; empty where there is none."""
    found = at(data, *keys)
    return found if isinstance(found, dict) else {}


def texts(value: object) -> list[str]:
    """The strings of a list; none of what is no list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
