"""The manifest: `vulgate.toml`, read into types, with a diagnostic at the place of each fault."""

import re
import tomllib
import typing
from typing import Any, Final, TypeVar

import msgspec

from vulgate.model.codes import Reporter
from vulgate.model.ids import VALID_ID
from vulgate.model.spans import Span
from vulgate.model.suggest import did_you_mean
from vulgate.source.book import Manifest, SourceFile

NAME: Final = "vulgate.toml"

Key = tuple[str | int, ...]
_Options = TypeVar("_Options", bound=msgspec.Struct)
_HEADER = re.compile(r"[ \t]*(\[\[?)[ \t]*([\w.\" -]+?)[ \t]*\]\]?[ \t]*(?:#.*)?")
_KEY = re.compile(r"[ \t]*([\w-]+|\"[^\"]*\")((?:[ \t]*\.[ \t]*[\w-]+)*)[ \t]*=")
_VERSION = re.compile(r"\d+\.\d+")
_TOML_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")


class ManifestReader:
    """Reads one manifest.

    Args:
        file: The manifest.
        reporter: Takes a diagnostic for each fault.
    """

    def __init__(self, file: SourceFile, reporter: Reporter) -> None:
        self.lines = file.lines
        self.reporter = reporter
        self.text = file.data.decode("utf-8", "replace")
        self._places = _key_places(self.text)

    def read(self) -> Manifest | None:
        """The manifest, or `None` where it cannot be used at all."""
        try:
            self.lines.data.decode()
        except UnicodeDecodeError as error:
            span = self.lines.span(error.start, error.end)
            self.reporter.add("not-utf8", span, value=f"0x{self.lines.data[error.start]:02x}")
            return None
        data = self.load()
        if data is None:
            return None
        if not isinstance(data.get("book"), dict) or "title" not in data["book"]:
            self.reporter.add(
                "manifest-wrong-value",
                self.span(("book",)),
                key="book.title",
                reason="it is missing",
                help='write `[book]` and `title = "..."`',
            )
            data["book"] = {"title": "Untitled", **(data["book"] if isinstance(data.get("book"), dict) else {})}
        manifest = self.convert(data, Manifest, ())
        if manifest and manifest.book.id and not VALID_ID.fullmatch(manifest.book.id):
            reason = "an id is lower-case letters, digits and hyphens"
            self.reporter.add("manifest-wrong-value", self.span(("book", "id")), key="book.id", reason=reason)
        if manifest and not manifest.book.title.strip():
            self.reporter.add(
                "manifest-wrong-value", self.span(("book", "title")), key="book.title", reason="it is empty"
            )
        for version in manifest.book.python if manifest else ():
            if not _VERSION.fullmatch(version):
                place = self.value_span(("book", "python"), version)
                reason = "a version is two numbers, such as `3.12`"
                self.reporter.add("manifest-wrong-value", place, key="book.python", reason=reason)
        return manifest

    def load(self) -> dict[str, Any] | None:
        """The file's tables, or `None` where it is not TOML."""
        try:
            return tomllib.loads(self.text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            self._report_syntax(str(error))
            return None

    def options(self, manifest: Manifest, edition: str, type_: type[_Options]) -> _Options:
        """The options of an edition, `type_`'s defaults where the manifest gives none or a wrong one."""
        table = manifest.editions.get(edition, {})
        return self.convert(table, type_, ("editions", edition)) or type_()

    def span(self, key: Key) -> Span | None:
        """Where a key stands; the nearest table around it where the key itself is missing."""
        while key:
            place = self._places.get(key) or self._places.get((*key, 0))
            if place:
                start, end = place
                return self.lines.span(len(self.text[:start].encode()), len(self.text[:end].encode()))
            key = key[:-1]
        return None

    def value_span(self, key: Key, value: str) -> Span | None:
        """Where a text stands among the values of a key."""
        span = self.span(key)
        if span is None:
            return None
        for quoted in (f'"{value}"', f"'{value}'"):
            at = self.lines.data.find(quoted.encode(), span.start)
            if at >= 0:
                return self.lines.span(at, at + len(quoted.encode()))
        return span

    def convert(self, data: dict[str, Any], type_: type[_Options], at: Key) -> _Options | None:
        """`data` as `type_`, without the keys that are unknown or wrong, each of which is reported."""
        hints = typing.get_type_hints(type_, include_extras=True)
        fields = {info.encode_name: info for info in msgspec.structs.fields(type_)}
        kept: dict[str, Any] = {}
        for name, value in data.items():
            key = (*at, name)
            if name not in fields:
                self.reporter.add(
                    "manifest-unknown-key", self.span(key), key=_dotted(key), help=did_you_mean(name, fields)
                )
                continue
            converted = self._value(value, hints[fields[name].name], key)
            if converted is not None:
                kept[fields[name].name] = converted
        for name, info in fields.items():
            if info.required and info.name not in kept:
                if name not in data:
                    key = (*at, name)
                    self.reporter.add("manifest-wrong-value", self.span(key), key=_dotted(key), reason="it is missing")
                return None
        return type_(**kept)

    def _value(self, value: Any, hint: Any, key: Key) -> Any:
        inner = typing.get_args(hint)
        if _is_struct(hint) and isinstance(value, dict):
            return self.convert(value, hint, key)
        if inner and _is_struct(inner[0]) and isinstance(value, list):
            entries = [self._value(entry, inner[0], (*key, index)) for index, entry in enumerate(value)]
            return [entry for entry in entries if entry is not None]
        if typing.get_origin(hint) is dict and _is_struct(inner[1]) and isinstance(value, dict):
            tables = {name: self._value(table, inner[1], (*key, name)) for name, table in value.items()}
            return {name: table for name, table in tables.items() if table is not None}
        try:
            return msgspec.convert(value, hint, strict=True)
        except msgspec.ValidationError as error:
            reason = (
                str(error)
                .split(" - at ", 1)[0]
                .replace("Expected `int`", "Expected a whole number")
                .replace("Invalid enum value", "Unknown name")
                .replace("`str`", "text")
                .replace("`array`", "a list")
                .replace("`object`", "a table")
                .replace("`bool`", "true or false")
                .replace("`int`", "a number")
                .replace("`float`", "a number")
            )
            self.reporter.add(
                "manifest-wrong-value", self.span(key), key=_dotted(key), reason=reason[:1].lower() + reason[1:]
            )
            return None

    def _report_syntax(self, message: str) -> None:
        match = _TOML_PLACE.search(message)
        reason = _TOML_PLACE.sub("", message)
        start = self.lines.line_start(int(match[1])) if match else len(self.lines.data)
        start = min(start + (int(match[2]) - 1 if match else 0), len(self.lines.data))
        self.reporter.add("manifest-syntax", self.lines.span(start, start + 1), reason=reason[:1].lower() + reason[1:])


def _is_struct(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, msgspec.Struct)


def _dotted(key: Key) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in key).lstrip(".")


def _key_places(text: str) -> dict[Key, tuple[int, int]]:
    """Where each table header and key stands, as offsets in `text`: tomllib does not tell."""
    places: dict[Key, tuple[int, int]] = {}
    counts: dict[Key, int] = {}
    table: Key = ()
    at = 0
    for line in text.splitlines(keepends=True):
        if header := _HEADER.fullmatch(line.rstrip("\r\n")):
            table = tuple(part.strip().strip('"') for part in header[2].split("."))
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            places.setdefault(table, (at + header.start(1), at + header.end(2)))
        elif key := _KEY.match(line):
            dotted = (key[1].strip('"'), *(part.strip() for part in key[2].split(".") if part.strip()))
            for depth in range(1, len(dotted) + 1):
                places.setdefault((*table, *dotted[:depth]), (at + key.start(1), at + key.end(1)))
        at += len(line)
    return places
