"""Real output against the expected one: wildcards, differences for people."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support import growth, modest
from vulgate.verify.output import difference, matches


@pytest.mark.parametrize(
    ("want", "got"),
    [
        ("", ""),
        ("", "\n"),
        ("a", "a\n"),
        ("a\n", "a"),
        ("a\nb\n", "a\nb\n"),
        ("...", ""),
        ("...\n", "a\nb\n"),
        ("  ...\t\n", "a\nb\n"),
        ("a\n...\n", "a\n"),
        ("a\n...\n", "a\nb\nc\n"),
        ("...\nc\n", "a\nb\nc\n"),
        ("a\n...\nc\n...\ne", "a\nb\nc\nd\ne\n"),
        ("...\na\nb\n...", "a\na\nb\n"),
        ("a\n...\n...\nb\n", "a\nb\n"),
        ("a\n...\na\n", "a\na\n"),
        ("...\n\n...\n", "\n\n"),
        ("a...b\n", "a...b\n"),
    ],
)
def test_output_as_expected(want: str, got: str) -> None:
    assert matches(want, got)
    assert difference(want, got) == ""


@pytest.mark.parametrize(
    ("want", "got"),
    [
        ("a", ""),
        ("", "a"),
        ("a\n", "a \n"),
        ("a\n", "a\r\n"),
        ("a\n", "a\n\n"),
        ("a\n\n", "a\n"),
        ("\n...\n", ""),
        ("a\n...\na\n", "a\n"),
        ("...\na\n...\na\n...", "a\n"),
        ("a...b\n", "axb\n"),
        ("....\n", "a\n"),
        ("a\n...\nc\n", "a\nb\nc\nd\n"),
        ("...\nab\n", "xab\n"),
    ],
)
def test_other_output(want: str, got: str) -> None:
    assert not matches(want, got)
    assert difference(want, got)


def by_definition(want: list[str], got: list[str]) -> bool:
    if not want:
        return not got
    if want[0].strip() == "...":
        return by_definition(want[1:], got) or (bool(got) and by_definition(want, got[1:]))
    return bool(got) and want[0] == got[0] and by_definition(want[1:], got[1:])


def lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text.removesuffix("\n") else []


TEXTS = st.lists(st.sampled_from(["a", "b", "ab", "", "...", " ...", "a "]), max_size=7).map("\n".join)
ENDS = st.sampled_from(["", "\n"])


@given(TEXTS, ENDS, TEXTS, ENDS)
@modest(1500)
def test_a_match_is_what_its_definition_says(want: str, want_end: str, got: str, got_end: str) -> None:
    want, got = want + want_end, got + got_end
    assert matches(want, got) == by_definition(lines(want), lines(got))


@given(TEXTS, TEXTS)
@modest(500)
def test_lines_that_a_wildcard_takes_do_not_matter(before: str, between: str) -> None:
    assert matches(f"{before}\n...\nend\n", f"{before}\n{between}\nend\n") or "..." in before


@pytest.mark.parametrize(
    "hostile",
    [
        lambda size: ("...\na\n" * size, "a\n" * (2 * size) + "b\n"),
        lambda size: ("...\n" + "a\n" * size + "b\n...\n", "a\n" * (2 * size)),
        lambda size: ("...\n" * size + "b\n", "a\n" * size),
        lambda size: ("...\naab\n" * size, "aa\n" * size),
    ],
)
def test_no_text_makes_it_slow(hostile: Any) -> None:
    assert growth(lambda texts: matches(*texts), hostile(5_000), hostile(40_000)) < 30


# ------------------------------------------------------------------------------------------------ for people


def test_a_difference_says_what_was_expected_and_what_is_real() -> None:
    assert difference("one\ntwo\nthree\n", "one\n2\nthree\n") == " one\n-two\n+2\n three"


def test_what_a_wildcard_takes_is_no_difference() -> None:
    got = "first\n" + "".join(f"{number}\n" for number in range(5000)) + "LAST\n"
    assert difference("first\n...\nlast\n", got) == "@@ line 4999 @@\n 4997\n 4998\n 4999\n-last\n+LAST"
    assert difference("a\n...\nm\n...\nz\n", "a\nb\nz\n") == " a\n-m\n b\n z"


def test_what_cannot_be_seen_is_shown() -> None:
    assert difference("a  \n", "a\n") == "-a··\n+a"
    assert difference("a\tb\n", "a b\n") == "-a\\tb\n+a b"
    assert difference("x", "\x1b[31mx\u202e\xa0\r") == "-x\n+\\x1b[31mx\\u202e\\xa0\\r"
    assert difference("\udc80", "") == "-\\udc80"


def test_far_apart_differences_leave_out_what_is_between() -> None:
    want = "".join(f"{number}\n" for number in range(50))
    got = want.replace("3\n", "three\n", 1).replace("40\n", "forty\n")
    assert "@@ line 38 @@\n 37\n 38\n 39\n-40\n+forty\n" in difference(want, got)
    assert " 20" not in difference(want, got)


def test_long_differences_are_cut() -> None:
    shown = difference("a\n", "".join(f"{number}\n" for number in range(200))).split("\n")
    assert len(shown) == 61
    assert shown[-1] == "... and 141 more lines of this difference"
    assert difference("a" * 5000, "b").startswith(f"-{'a' * 400}... (4600 more characters)\n")
    assert difference("a\n" * 100_000, "b\n" * 100_000).endswith("\n... what comes further down is not compared")


@given(st.text("ab.\n \t\x00é", max_size=40), st.text("ab.\n \t\x00é", max_size=40))
@example("...\nx", "a\nb\ny")
@modest(500)
def test_a_difference_is_empty_only_for_a_match(want: str, got: str) -> None:
    shown = difference(want, got)
    assert (shown == "") == matches(want, got)
    assert all(line.isprintable() for line in shown.split("\n"))


@pytest.mark.parametrize(
    "hostile",
    [
        lambda size: ("a\n" * size, "a\n" * size + "b\n"),
        lambda size: ("a\nb\n" * size, "b\na\n" * size),
        lambda size: ("...\na\n" * size + "c\n", "a\nb\n" * size),
        lambda size: ("...\nc\n" * size, "a\nb\n" * size),
    ],
)
def test_no_text_makes_a_difference_slow(hostile: Any) -> None:
    assert growth(lambda texts: difference(*texts), hostile(2_000), hostile(16_000)) < 30
