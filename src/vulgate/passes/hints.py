"""Hints for search and for budgets: how much a block matters, and with which passage it is to be retrieved."""

from typing import Final

from vulgate.model import blocks as b
from vulgate.passes.linking import Linking

_KIND_WEIGHT: Final = {
    "chapter": 0.6,
    "section": 0.5,
    "quick": 0.8,
    "fact": 0.7,
    "term": 0.7,
    "pattern": 0.7,
    "contrast": 0.65,
    "qa": 0.6,
    "concept": 0.5,
    "rationale": 0.5,
    "table": 0.5,
    "diagram": 0.45,
    "intuition": 0.45,
    "exercise": 0.4,
    "example": 0.4,
    "note": 0.4,
    "role": 0.4,
    "story": 0.35,
    "pathway": 0.4,
    "reasoning": 0.5,
    "test-hint": 0.3,
    "uncertainty": 0.3,
    "relation": 0.1,
    "inference": 0.1,
}
_RULE_WEIGHT: Final = {"critical": 1.0, "high": 0.9, "medium": 0.7, "low": 0.5}
_DAMPING: Final = 0.85
_ROUNDS: Final = 20
_GRAPH_SHARE: Final = 0.3
_MAX_CHUNK: Final = 2400
_FOLLOWERS: Final = ("example", "diagram", "table", "note", "intuition", "concept")


def rank(link: Linking) -> None:
    """Sets `importance`: seven tenths from the kind, three tenths from the block's PageRank in the book's graph.

    PageRank as in Page, Brin, Motwani and Winograd, "The PageRank Citation Ranking", 1999, over the relations between blocks.
    """
    ranks = _page_rank([(source, target) for source, type_, target in link.relations if type_ != "part-of"])
    top = max(ranks.values(), default=1.0)
    for block in (*link.blocks, *link.derived):
        weight = _RULE_WEIGHT.get(block.severity, 0.7) if isinstance(block, b.Rule) else _KIND_WEIGHT[block.kind]
        share = ranks.get(block.id, 0.0) / top
        importance = ((1 - _GRAPH_SHARE) * weight + _GRAPH_SHARE * share) * (0.5 + block.confidence / 2)
        link.fields[block.id]["importance"] = round(importance, 3)


def chunk(link: Linking) -> None:
    """Sets `chunk`: prose leads the code, tables and notes that follow it in its section, up to a size."""
    chunks: dict[str, str] = {}
    leader: b.Block | None = None
    size = 0
    for block in link.blocks:
        if block.parent:
            chunks[block.id] = chunks.get(block.parent, block.parent)
            continue
        length = len(block.text)
        joins = (
            leader is not None
            and block.kind in _FOLLOWERS
            and block.section == leader.section
            and size + length <= _MAX_CHUNK
        )
        if joins and leader is not None:
            chunks[block.id] = leader.id
            size += length
        else:
            chunks[block.id] = block.id
            leader, size = block, length
    for derived in link.derived:
        chunks[derived.id] = chunks.get(derived.parent, derived.id)
    for id, chunk_id in chunks.items():
        link.fields[id]["chunk"] = chunk_id


def _page_rank(edges: list[tuple[str, str]]) -> dict[str, float]:
    targets: dict[str, list[str]] = {}
    for source, target in edges:
        targets.setdefault(source, []).append(target)
        targets.setdefault(target, [])
    ranks = dict.fromkeys(targets, 1.0)
    for _ in range(_ROUNDS if edges else 0):
        following = dict.fromkeys(targets, 1 - _DAMPING)
        for source, out in targets.items():
            share = _DAMPING * ranks[source] / len(out) if out else 0.0
            for target in out:
                following[target] += share
        ranks = following
    return ranks
