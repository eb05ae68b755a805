"""How good search is on the development half of the retrieval benchmark: a change may not lose what was reached.

The floors are 2 points below what was measured when they were last set (`python benchmarks/retrieval/run.py`). Whoever changes
the handbook so that answers move changes the answers in `benchmarks/retrieval/queries/` too.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from vulgate.search.library import Library
from vulgate.search.query import parse

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "retrieval"
FLOORS = {
    "vulgate, words": {"mrr": 0.710, "hit5": 0.791, "ndcg10": 0.535},
    "vulgate, fused": {"mrr": 0.729, "hit5": 0.817, "ndcg10": 0.545},
}


@pytest.fixture(scope="module")
def measured(handbook: Library) -> Any:
    """The figures of each ranking that has floors."""
    if not BENCHMARK.is_dir():
        pytest.skip("the benchmark is no part of a source distribution")
    sys.path[:0] = [str(BENCHMARK), str(BENCHMARK.parent)]
    try:
        import engines
        import metrics
    finally:
        del sys.path[:2]
    lines = (BENCHMARK / "queries" / "development.jsonl").read_text("utf-8").splitlines()
    queries = [query for query in map(json.loads, lines) if query["kind"] != "absent"]
    assert len(queries) > 150
    bench = engines.Bench(handbook.books[0])
    rows = {}
    for name in FLOORS:
        engine = engines.ENGINES[name](bench)
        found = [bench.found(engine(query["query"]), parse(query["query"]).words) for query in queries]
        rows[name] = metrics.mean(
            [metrics.figures(hits, query["answers"]) for hits, query in zip(found, queries, strict=True)]
        )
    return rows


@pytest.mark.parametrize(("ranking", "figure"), [(name, each) for name, floors in FLOORS.items() for each in floors])
def test_search_is_as_good_as_it_was(measured: Any, ranking: str, figure: str) -> None:
    reached = getattr(measured[ranking], figure)
    assert reached >= FLOORS[ranking][figure], f"{figure} of `{ranking}` fell to {reached:.3f}"


def test_word_vectors_help(measured: Any) -> None:
    assert measured["vulgate, fused"].ndcg10 > measured["vulgate, words"].ndcg10
