"""Positions in texts of all kinds, and the making of edits."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.detect.support import project, source
from tests.support import modest
from vulgate.detect.base import Match
from vulgate.detect.edits import apply_fixes
from vulgate.detect.source import Edit, Source, matches

_TEXTS = st.text("ab \té😀\n\r", max_size=30)


@modest(300)
@given(_TEXTS)
def test_each_character_has_its_line_and_column(text: str) -> None:
    file = Source("a.py", text)
    places = [file.position(offset) for offset in range(len(text) + 1)]
    assert places == sorted(places)
    assert all(one != other for one, other in pairwise(places))
    assert [file.offset(*place) for place in places] == list(range(len(text) + 1))
    assert places[0] == (1, 1)
    assert "".join(file.line_text(line) for line in range(1, places[-1][0] + 1)) == text.translate({13: None, 10: None})


@modest(200)
@given(_TEXTS, st.integers(-3, 40), st.integers(-3, 40))
def test_places_outside_the_text_are_moved_to_its_edge(text: str, line: int, column: int) -> None:
    file = Source("a.py", text)
    assert 0 <= file.offset(line, column) <= len(text)
    place = file.line_place(line)
    assert 0 <= place.start <= place.end <= len(text)
    assert "\n" not in text[place.start : place.end]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_place_of_a_node(end: str) -> None:
    text = f"é = '😀'; f('名', x){end}async def g():{end}    return 3  # no{end}"
    file = source(text)
    assert file.tree is not None
    spans = [file.place(node) for node in file.tree.body]
    assert [text[span.start : span.end] for span in spans] == ["é = '😀'", "f('名', x)", "async def g():"]


def test_cells_of_a_notebook_count_their_own_lines() -> None:
    file = Source("a.ipynb", "a\nb\nc\nd", cells=(1, 0, 3))
    assert [file.offset_in(cell, 1, 1) for cell in (1, 3, None, 0, 9)] == [0, 4, 0, 0, 0]
    assert file.offset_in(3, 2, 1) == 6


@pytest.mark.parametrize(
    ("path", "patterns", "is_one"),
    [
        ("a/b.py", ["*.py"], True),
        ("a/b.py", ["b.py"], True),
        ("a/b.py", ["a/*"], True),
        ("a/b.py", ["b/*"], False),
        ("a/b.py", [], False),
        ("a\nb.py", ["*.py"], True),
        ("a/b.pyi", ["*.py"], False),
        ("a/[b].py", ["?b?.py"], True),
    ],
)
def test_matching_paths(path: str, patterns: list[str], is_one: bool) -> None:
    assert matches(path, patterns) is is_one
    assert (project({path: ""}).of(patterns).paths == (path,)) is is_one


def match(start: int, end: int, *edits: tuple[int, int, str]) -> Match:
    """A match with edits."""
    return Match("r", "a.py", start, end, edits=tuple(Edit(*edit) for edit in edits))


@pytest.mark.parametrize(
    ("found", "expected", "count"),
    [
        ([], "abcdef", 0),
        ([match(0, 1)], "abcdef", 0),
        ([match(0, 1, (0, 1, "X")), match(2, 3, (2, 3, "Y"))], "XbYdef", 2),
        ([match(2, 3, (2, 3, "Y")), match(0, 1, (0, 1, "X"))], "XbYdef", 2),
        ([match(0, 4, (0, 4, "X")), match(1, 2, (1, 2, "Y"))], "Xef", 1),
        ([match(0, 2, (0, 1, "X"), (5, 6, "Z")), match(4, 6, (4, 6, "Y"))], "XbcdeZ", 1),
        ([match(0, 1, (0, 0, "I"), (0, 1, "X")), match(3, 4, (0, 0, "I"), (3, 4, "Y"))], "IXbcYef", 2),
        ([match(0, 1, (0, 0, "I")), match(1, 2, (0, 0, "J"))], "Iabcdef", 1),
        ([match(0, 2, (0, 2, "X")), match(2, 4, (2, 4, "Y"))], "XYef", 2),
        ([match(6, 6, (6, 6, "!"))], "abcdef!", 1),
    ],
    ids=[
        "nothing",
        "no edit",
        "two",
        "two, out of order",
        "one in the other",
        "all or nothing",
        "an edit that both need",
        "two insertions at one place",
        "side by side",
        "at the end",
    ],
)
def test_edits(found: list[Match], expected: str, count: int) -> None:
    text, mended = apply_fixes("abcdef", found)
    assert (text, len(mended)) == (expected, count)
