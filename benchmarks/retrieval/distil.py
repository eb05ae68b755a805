"""Distils a table of word vectors from a sentence encoder, so that a text's vector is the plain sum of its words' rows.

The rows begin as the encoder's vectors of single words, reduced by PCA and weighted by how rare a word is (smooth inverse
frequency, Arora et al. 2017). Then they are fitted to the encoder's vectors of whole passages (as in tokenlearn): first each
sum to its passage's vector, then the similarities within a batch of passages to theirs. Few steps with small steps
keep words that are seldom seen close to where they began.

    python benchmarks/retrieval/distil.py WORK TABLE

TABLE is written in the format of `vulgate.store.vectors`. WORK is a folder for what takes long: encoding the passages needs about
20 minutes of a processor. Needs `vulgate[semantic]`, scipy and the Debian packages of `corpora.MANUALS`.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import corpora
import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from vulgate.search.encoder import MiniLM
from vulgate.store.words import WORD, parts

Array = NDArray[np.float32]
PASSAGES = 48_000  # of 64,676; with all of them the table was no better
SHARD = 4_000
TOKENS = 128
RARE = 1e-2
SCALE = 2.0
_PLAIN = re.compile("[a-z]+")


def words(text: str) -> list[str]:
    """Returns the words of `text`, identifiers as their parts."""
    return [part for word in WORD.findall(text) for part in parts(word)]


def unit(rows: Array) -> Array:
    """Returns `rows` scaled to length 1; rows of zeros stay."""
    lengths: Array = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, np.maximum(lengths, 1e-9), dtype=np.float32)


def teach(work: Path, encoder: MiniLM) -> tuple[list[str], Array]:
    """Returns passages and their vectors; both are kept in `work`, so that a broken run goes on where it was."""
    kept = work / "passages.txt"
    if not kept.exists():
        kept.write_text("\n".join(corpora.passages()), "utf-8")
    passages = kept.read_text("utf-8").split("\n")[:PASSAGES]
    shards = []
    for start in range(0, len(passages), SHARD):
        path = work / f"p{start:06d}.npy"
        if not path.exists():
            np.save(path, encoder.encode(passages[start : start + SHARD]).astype(np.float16))
        shards.append(np.load(path).astype(np.float32))
    return passages, np.concatenate(shards)


def vocabulary(work: Path, encoder: MiniLM) -> tuple[list[str], dict[str, int]]:
    """Returns words and how often each was seen: first the frequent ones, then the encoder's own, then rare ones."""
    kept = work / "vocabulary.json"
    if not kept.exists():
        seen: Counter[str] = Counter()
        texts: Counter[str] = Counter()
        for title, text in corpora.texts():
            found = [word for word in words(f"{title}\n{text}") if _PLAIN.fullmatch(word)]
            seen.update(found)
            texts.update(set(found))
        known = [word for word, _ in seen.most_common() if texts[word] >= 3 and 1 < len(word) < 25]
        often = [word for word in known if texts[word] >= 10]
        names = dict.fromkeys([*"abcdefghijklmnopqrstuvwxyz", *often, *whole_words(encoder), *known])
        kept.write_text(json.dumps([list(names), {word: seen[word] for word in names}]), "utf-8")
    names, counts = json.loads(kept.read_text("utf-8"))
    return names, counts


def whole_words(encoder: MiniLM) -> list[str]:
    """Returns the tokens of the encoder that are whole words of the letters a to z, in the order of its vocabulary."""
    known = encoder.tokenizer.get_vocab()
    return [word for word in sorted(known, key=known.__getitem__) if _PLAIN.fullmatch(word)]


def counts_of(texts: Iterable[str], index: dict[str, int]) -> sparse.csr_matrix:
    """Returns a matrix with a row for each text and a column for each word: the root of how often it stands there."""
    starts, columns = [0], []
    for text in texts:
        columns += [index[word] for word in words(text) if word in index]
        starts.append(len(columns))
    ones = np.ones(len(columns), np.float32)
    matrix = sparse.csr_matrix((ones, columns, starts), shape=(len(starts) - 1, len(index)))
    matrix.sum_duplicates()
    np.sqrt(matrix.data, out=matrix.data)  # as `WordVectors` counts
    return matrix


def principal(vectors: Array, dimensions: int) -> tuple[Array, Array]:
    """Returns the mean and the first principal axes, as columns."""
    mean: Array = vectors.mean(0)
    centred = vectors - mean
    return mean, np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :dimensions]


def towards_vectors(got: Array, wanted: Array) -> Array:
    """Returns the way that raises the cosine of each row of `got` with that of `wanted`."""
    return np.divide(wanted, len(got), dtype=np.float32)


def towards_similarities(got: Array, wanted: Array) -> Array:
    """Returns the way that brings the cosines between the rows of `got` to those between the rows of `wanted`."""
    error = wanted @ wanted.T - got @ got.T
    np.fill_diagonal(error, 0)
    return np.divide(error @ got, len(got) ** 2, dtype=np.float32)


def fit(
    rows: Array,
    counts: sparse.csr_matrix,
    wanted: Array,
    towards: Callable[[Array, Array], Array],
    *,
    epochs: int,
    rate: float,
    batch: int = 1024,
    seed: int = 0,
) -> None:
    """Moves `rows` in place by Adam; the rate falls to nearly nothing in the second half of the steps."""
    random = np.random.default_rng(seed)
    mean, square = np.zeros_like(rows), np.zeros_like(rows)
    orders = [random.permutation(len(wanted)) for _ in range(epochs)]
    batches = [order[at : at + batch] for order in orders for at in range(0, len(wanted) - batch + 1, batch)]
    for step, chosen in enumerate(batches, 1):
        part = counts[chosen]
        sums = part @ rows
        norms = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
        got = sums / norms
        way = towards(got, wanted[chosen])
        way = (way - (way * got).sum(1, keepdims=True) * got) / norms
        slope = part.T @ way
        mean += 0.1 * (slope - mean)
        square += 0.01 * (slope * slope - square)
        left = min(1.0, 2 * (1 - step / len(batches)) + 0.02)
        rows += rate * left * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-12)


def distil(work: Path, dimensions: int, size: int) -> tuple[list[str], Array]:
    """Returns the words of the table and their rows."""
    encoder = MiniLM(threads=1, tokens=TOKENS)
    passages, taught = teach(work, encoder)
    every, seen = vocabulary(work, encoder)
    names = every[:size]
    alone = work / "words.npy"
    if not alone.exists():
        np.save(alone, encoder.encode(every).astype(np.float16))
    mean, axes = principal(taught, dimensions)
    share = np.array([seen[word] for word in names], np.float32) / sum(seen.values())
    rows = (np.load(alone)[:size].astype(np.float32) - mean) @ axes * (SCALE * RARE / (RARE + share))[:, None]
    counts = counts_of(passages, {word: place for place, word in enumerate(names)})
    fit(rows, counts, unit(np.asarray((taught - mean) @ axes, np.float32)), towards_vectors, epochs=6, rate=2e-3)
    fit(rows, counts, unit(taught - mean), towards_similarities, epochs=8, rate=7e-4)
    return names, rows


def packed(names: list[str], rows: Array) -> bytes:
    """Returns the table as `vulgate.store.vectors` reads it; the greatest weight is 65,535, as only directions count."""
    largest = np.maximum(np.abs(rows).max(1), 1e-9)
    weights = np.maximum(np.round(largest / largest.max() * 65_535), 1)
    whole = np.clip(np.round(rows / (weights * largest.max() / 65_535 / 127)[:, None]), -127, 127)
    head = json.dumps({"words": len(names), "dimensions": rows.shape[1]})
    return b"".join(
        (f"{head}\n{chr(10).join(names)}".encode(), weights.astype("<u2").tobytes(), whole.astype(np.int8).tobytes())
    )


def main() -> None:
    """Makes the table and prints its size."""
    parser = argparse.ArgumentParser(description="Distils a table of word vectors.")
    parser.add_argument("work", type=Path, help="folder for what takes long")
    parser.add_argument("table", type=Path, help="the file to write")
    parser.add_argument("--dimensions", type=int, default=128)
    parser.add_argument("--words", type=int, default=13_500)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    given.table.write_bytes(packed(*distil(given.work, given.dimensions, given.words)))
    print(f"{given.words} words x {given.dimensions}: {given.table.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
