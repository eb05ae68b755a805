"""Regions in files that others write: what is not ours stays, byte for byte."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support import modest
from vulgate.install.regions import RegionError, find, put, take_out

LINE = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20)
TEXT = st.lists(st.tuples(LINE, st.sampled_from(["\n", "\r\n"])), max_size=6).map(
    lambda lines: "".join(line + end for line, end in lines)
)
BODY = "# Rules\n\n- Do it. `id`\n"


@modest(300)
@given(TEXT, LINE)
@example("", "")
@example("no end", "")
@example("windows\r\n\r\n", "last")
def test_putting_in_and_taking_out_gives_the_file_back(text: str, last: str) -> None:
    before = text + last
    after, glue = put(before, "python", BODY)
    assert after.startswith(before)
    assert (region := find(after, "python")) is not None
    assert region.body == BODY
    assert take_out(after, "python", glue) == before


@modest(150)
@given(TEXT, TEXT)
def test_two_books_live_in_one_file(text: str, other: str) -> None:
    one, glue_one = put(text, "python", BODY)
    both, glue_two = put(one, "team-book", "Other.\n")
    assert find(both, "python") == find(one, "python")
    assert take_out(take_out(both, "team-book", glue_two), "python", glue_one) == text
    rest = take_out(take_out(both, "python", glue_one), "team-book", glue_two)
    assert rest == text or rest.replace("\r\n", "\n").rstrip("\n") == text.replace("\r\n", "\n").rstrip("\n")


@modest(150)
@given(TEXT, TEXT)
def test_a_new_body_changes_nothing_else(above: str, below: str) -> None:
    text, _ = put(above, "python", BODY)
    text += below
    changed, none = put(text, "python", "New.\n")
    assert none == ""
    region, old = find(changed, "python"), find(text, "python")
    assert region is not None
    assert old is not None
    assert region.body == "New.\n"
    assert changed[: region.start] == text[: old.start]
    assert changed[region.end :] == text[old.end :]
    assert put(changed, "python", BODY)[0].replace("\r\n", "\n") == text.replace("\r\n", "\n")


def test_lines_written_on_below_do_not_join_those_above() -> None:
    text, glue = put("above", "python", BODY)
    assert take_out(text + "below\n", "python", glue) == "above\nbelow\n"


def test_the_line_ends_of_the_file_are_kept() -> None:
    text, _ = put("a\r\nb\r\n", "python", BODY)
    assert "\n" not in text.replace("\r\n", "")
    assert text.endswith("-->\r\n")


@pytest.mark.parametrize(
    "text",
    [
        "<!-- vulgate:begin python -->\ntext\n",
        "<!-- vulgate:end python -->\ntext\n",
        "<!-- vulgate:end python -->\n<!-- vulgate:begin python -->\n",
        "<!-- vulgate:begin python -->\n<!-- vulgate:begin python -->\n<!-- vulgate:end python -->\n",
        "<!-- vulgate:begin python -->\n<!-- vulgate:end python -->\n" * 2,
    ],
)
def test_broken_markers_are_told_with_their_lines(text: str) -> None:
    for act in (find, lambda text, book: put(text, book, BODY), lambda text, book: take_out(text, book, "")):
        with pytest.raises(RegionError, match=r"line \d.*delete"):
            act("head\n" + text, "python")


def test_a_marker_in_a_sentence_or_of_another_book_is_none() -> None:
    text = "Write `<!-- vulgate:begin python -->` first.\n<!-- vulgate:begin other -->\n"
    assert find(text, "python") is None
