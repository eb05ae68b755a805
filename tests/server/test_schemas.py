"""The schemas of the tools: what is left out of them, and what is not."""

from typing import Any

from vulgate.server.schemas import lean

DOCSTRING = """\
A block.

Attributes:
    title: Its title; plain text.
    id: Id of the block.
    score: 0 to 1,
        the more the better. It is computed."""
HIT = {
    "title": "Hit",
    "type": "object",
    "description": DOCSTRING,
    "properties": {
        "title": {"title": "Title", "type": "string"},
        "id": {"title": "Id", "type": "string"},
        "score": {"title": "Score", "type": "number"},
    },
    "required": ["title", "id", "score"],
}


def test_titles_and_docstrings_become_a_sentence_at_each_property() -> None:
    assert lean(HIT) == {
        "type": "object",
        "description": "A block",
        "properties": {
            "title": {"type": "string"},  # a property may be called so; what its name says is not said again
            "id": {"type": "string"},
            "score": {"description": "0 to 1, the more the better", "type": "number"},
        },
        "required": ["title", "id", "score"],
    }


def test_it_goes_into_definitions_and_items() -> None:
    schema: dict[str, Any] = {
        "$defs": {"Hit": HIT},
        "properties": {"hits": {"title": "Hits", "type": "array", "items": {"title": "A", "$ref": "#/$defs/Hit"}}},
    }
    assert lean(schema) == {
        "$defs": {"Hit": lean(HIT)},
        "properties": {"hits": {"type": "array", "items": {"$ref": "#/$defs/Hit"}}},
    }
