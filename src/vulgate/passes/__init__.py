"""The passes of the compiler, in order. `compile_book` runs them all."""

from collections.abc import Callable, Sequence
from typing import Final

from vulgate.passes.derive import (
    derive_pathways,
    derive_questions,
    derive_reasoning,
    derive_test_hints,
    derive_uncertainties,
)
from vulgate.passes.hints import chunk, rank
from vulgate.passes.linking import Linking
from vulgate.passes.numbering import number
from vulgate.passes.relations import infer, relate
from vulgate.passes.resolve import resolve
from vulgate.passes.runs import check_runs

LINK_PASSES: Final[Sequence[Callable[[Linking], None]]] = (
    number,
    resolve,
    relate,
    infer,
    derive_questions,
    derive_reasoning,
    derive_test_hints,
    derive_uncertainties,
    derive_pathways,
    check_runs,
    rank,
    chunk,
)
