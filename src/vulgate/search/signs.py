"""What a rule is about, as its own fences and words show it: files, modules, names that its detector looks for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Final

import msgspec

from vulgate.model.languages import LANGUAGES
from vulgate.search.contents import Rows

_SHOWN: Final = ("bad", "good", "near")
_FENCES: Final = """
SELECT example.parent, example.data FROM block AS rule
JOIN block AS example ON example.parent = rule.id AND example.parent <> ''
WHERE rule.kind = 'rule' AND example.kind = 'example'
"""
_DOTTED: Final = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_CODE: Final = re.compile(r"`([^`]+)`")


class _Fence(msgspec.Struct):
    role: str = ""
    file: str = ""


class _Symbols(msgspec.Struct):
    imported: tuple[str, ...] = ()


class _Example(msgspec.Struct):
    language: str = ""
    code: str = ""
    fence: _Fence = msgspec.field(default_factory=_Fence)
    symbols: _Symbols = msgspec.field(default_factory=_Symbols)


_decode: Final = msgspec.json.Decoder(_Example).decode


@dataclass
class Signs:
    """What a rule's fences show.

    Attributes:
        languages: The languages of its examples.
        files: The files that its examples are.
        imported: The names that its bad, and that its other examples import.
        sought: The dotted names in its detector.
    """

    languages: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    imported: dict[str, set[str]] = field(default_factory=dict)
    sought: set[str] = field(default_factory=set)

    def concerns(self, path: PurePosixPath) -> bool:
        """Whether a rule can be broken in a file, going by the language or name of its examples."""
        if any(_alike(path, PurePosixPath(file)) for file in self.files):
            return True
        named = {PurePosixPath(file).suffix for file in self.files} - {".py"}
        languages = self.languages if not named else self.languages & {"python"}
        return any(fnmatchcase(path.name, glob) for each in languages for glob in LANGUAGES.get(each, ()))


def read_signs(rows: Rows) -> dict[str, Signs]:
    """What the fences of each rule of a book show, by id of the rule."""
    signs: dict[str, Signs] = {}
    for rule, data in rows(_FENCES):
        example = _decode(str(data))
        sign = signs.setdefault(str(rule), Signs())
        if example.fence.role == "detect":
            sign.sought.update(_DOTTED.findall(example.code))
        if example.fence.role not in _SHOWN:
            continue
        sign.imported.setdefault("bad" if example.fence.role == "bad" else "good", set()).update(
            example.symbols.imported
        )
        if example.fence.role == "bad":
            sign.languages.add(example.language)
            sign.files.update(filter(None, [example.fence.file]))
    return signs


def names_in(text: str) -> Iterator[str]:
    """The names in code spans of inline Markdown: `os.getenv` of "Use `os.getenv(name)`"."""
    for code in _CODE.findall(text):
        if match := re.match(r"[A-Za-z_][\w.]*", code):
            yield match[0].rstrip(".")


def is_part(name: str, module: str) -> bool:
    """Whether a dotted name is a module or something in it."""
    return name == module or name.startswith(f"{module}.")


def _alike(path: PurePosixPath, example: PurePosixPath) -> bool:
    """Whether two files play the same part: by name, or by suffix and the beginning of the name or the folder."""
    if path.name == example.name or path.name.startswith(f"{example.name}."):
        return True
    if path.suffix.replace(".yml", ".yaml") != example.suffix.replace(".yml", ".yaml") or example.suffix in ("", ".py"):
        return False
    shared = set(re.split(r"[-_.]", path.stem)) & set(re.split(r"[-_.]", example.stem))
    return bool(shared) or path.parent.name == example.parent.name != ""
