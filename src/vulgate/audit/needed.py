"""The Python versions that code needs, by vermin."""

from collections.abc import Sequence
from typing import Final

from vulgate.model.blocks import Example
from vulgate.passes.code import session_code

SOURCE: Final = "vermin"
Minor = int
"""A minor version of Python 3."""


def needed_versions(examples: Sequence[Example]) -> list[Minor]:
    """For each example the oldest minor version of Python 3 that can run it; 0 where it asks for nothing, or cannot be read."""
    import vermin

    config = vermin.Config()
    config.set_eval_annotations(True)
    return [_needed(vermin, config, session_code(example.code)) for example in examples]


def _needed(vermin: object, config: object, code: str) -> Minor:
    try:
        versions = vermin.visit(code, config=config).minimum_versions()  # type: ignore[attr-defined]
    except Exception:  # it is given any text, and raises much: what it cannot read needs nothing that it knows
        return 0
    return versions[1][1] if len(versions) > 1 and versions[1] else 0
