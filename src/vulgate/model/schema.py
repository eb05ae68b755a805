"""The model as JSON Schema (2020-12), for programs in other languages."""

from typing import Any

import msgspec

from vulgate.model.blocks import AnyBlock
from vulgate.model.book import FORMAT, Book, Summary, Symbol

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Model(msgspec.Struct, frozen=True):
    """A compiled book as one JSON document."""

    book: Book
    blocks: tuple[AnyBlock, ...]
    symbols: tuple[Symbol, ...]
    formerly: dict[str, str]
    summary: Summary
    format: int = FORMAT


def json_schema(type_: Any, title: str) -> dict[str, Any]:
    """The schema of a type of ours."""
    return {"$schema": _DIALECT, "title": title, **msgspec.json.schema(type_)}
