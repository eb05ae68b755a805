"""Word vectors: sums of whole numbers; texts of like meaning lie near each other."""

from itertools import pairwise
from math import sqrt

from hypothesis import given
from hypothesis import strategies as st

from vulgate.store.vectors import LENGTH, TABLE, packed, unpacked, word_vectors
from vulgate.store.words import is_compound, parts


def cosine(one: list[int], other: list[int]) -> float:
    length = sqrt(sum(a * a for a in one)) * sqrt(sum(b * b for b in other))
    return sum(a * b for a, b in zip(one, other, strict=True)) / length


@given(
    st.lists(st.sampled_from(["default", "lru_cache", "HTTPServer", "Function", "zzqx", "", "threads"]), max_size=40)
)
def test_a_text_is_the_sum_of_its_words_in_any_order(text: list[str]) -> None:
    encode = word_vectors().encode
    assert encode(text) == encode(text[::-1])


def test_a_word_counts_more_the_more_often_it_stands() -> None:
    encode = word_vectors().encode
    assert encode(["default"] * 4 + ["thread"] * 4) == encode(["default", "thread"])
    near = [cosine(encode(["default"] * times + ["thread"]), encode(["default"])) for times in (1, 4, 16)]
    assert near == sorted(near)


def test_an_unknown_word_has_no_direction() -> None:
    assert set(word_vectors().encode(["zzqx"])) == {0}


def test_vectors_are_about_equally_long() -> None:
    for text in (["function"], ["the", "thread", "waits", "for", "a", "lock"]):
        length = sqrt(sum(number * number for number in word_vectors().encode(text)))
        assert abs(length - LENGTH) < 0.1 * LENGTH


def test_like_texts_are_nearer_than_unlike_ones() -> None:
    encode = word_vectors().encode
    asked = encode(["delete", "a", "folder"])
    near, middle, far = (
        encode(words.split()) for words in ("remove a directory", "open a file", "coroutine scheduling")
    )
    order = [cosine(asked, other) for other in (near, middle, far)]
    assert all(one > next_ for one, next_ in pairwise(order)), order


def test_names_stand_for_their_parts() -> None:
    assert parts("UnboundLocalError") == ("unbound", "local", "error")
    assert parts("lru_cache") == ("lru", "cache")
    assert parts("__slots__") == ("slots",)
    assert parts("HTTPServer2") == ("http", "server", "2")
    assert parts("größe_wert") == ("größe", "wert")
    assert is_compound("utf8")
    assert not is_compound("Ärger")


def test_positions_come_back() -> None:
    positions = (1, 7, 70_000, 2**31 - 1)
    assert tuple(unpacked(packed(positions))) == positions


def test_the_table_is_small() -> None:
    assert TABLE.stat().st_size < 2_000_000
