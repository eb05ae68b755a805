"""Arguments as models send them."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import modest
from vulgate.search.answers import SearchError
from vulgate.server.arguments import LONGEST, normalized


def tool(
    query: Annotated[str, "words"],
    kinds: Annotated[Sequence[str], "kinds"] = (),
    limit: int = 5,
    python: str = "",
    view: Literal["brief", "full"] = "brief",
) -> None:
    """A tool with a parameter of every type."""


def two(id: str = "", under: str = "") -> None:
    """A tool whose parameters go by some of the same names."""


def code(code: str = "") -> None:
    """A tool that takes code."""


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"Query": "x"}, {"query": "x"}),
        ({"q": "x", "topK": 3}, {"query": "x", "limit": 3}),
        ({"query": "x", "kinds": "rule, qa,"}, {"query": "x", "kinds": ["rule", "qa"]}),
        ({"query": "x", "kinds": ["rule"]}, {"query": "x", "kinds": ["rule"]}),
        ({"query": "x", "kinds": "[not json"}, {"query": "x", "kinds": ["[not json"]}),
        ({"query": 12}, {"query": "12"}),
        ({"query": "x", "limit": "7.9"}, {"query": "x", "limit": 7}),
        ({"query": "x", "limit": float("inf")}, {"query": "x", "limit": 10**9}),
        ({"query": "x", "version": ">=3.11,<4"}, {"query": "x", "python": "3.11"}),
        ({"query": "a\x00b\nc"}, {"query": "a b\nc"}),
        ({"query": "\ud800"}, {"query": "?"}),
        ({"query": "x", "view": " Full "}, {"query": "x", "view": "full"}),
        ({"query": "x", "limit": None}, {"query": "x"}),
    ],
)
def test_what_is_meant_is_taken(given: dict[str, Any], found: dict[str, Any]) -> None:
    assert normalized(tool, given) == (found, [])


@pytest.mark.parametrize(
    ("given", "note"),
    [
        ({"query": "x", "lang": "python"}, "no version such as 3.12"),
        ({"query": "x", "limit": float("nan")}, "it is no number"),
        ({"query": "x", "limit": [1, 2]}, "it is no number"),
        ({"query": "x", "q": "y"}, "`query` was given, too"),
        ({"query": "x", "kidns": "rule"}, "did you mean `kinds`?"),
        ({"query": "x" * (LONGEST + 1)}, "only the first 4,000 characters"),
    ],
)
def test_what_is_not_is_left_out_with_a_note(given: dict[str, Any], note: str) -> None:
    found, notes = normalized(tool, given)
    assert len(found["query"]) <= LONGEST
    assert note in "; ".join(notes)


def test_a_name_that_two_parameters_go_by_means_none_of_them() -> None:
    found, notes = normalized(two, {"section": "x", "block": "y"})
    assert (found, len(notes)) == ({"under": "x"}, 1)  # a section is what lies above; a block may be either


def test_code_keeps_every_character() -> None:
    text = "x = '\x07'\n" + " " * (LONGEST + 5)
    assert normalized(code, {"snippet": text}) == ({"code": text}, [])


@modest(100)
@given(
    st.dictionaries(
        st.sampled_from(["query", "q", "limit", "k", "kinds", "python", "view", "other", ""]),
        st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=5),
    )
)
def test_any_arguments_are_usable_or_refused(given: dict[str, Any]) -> None:
    try:
        found, _ = normalized(tool, given)
    except SearchError:
        return
    assert isinstance(found["query"], str)
    found["query"].encode()
    assert isinstance(found.get("limit", 1), int)
    assert all(isinstance(word, str) for word in found.get("kinds", []))
    assert found.get("view", "brief") in ("brief", "full")
