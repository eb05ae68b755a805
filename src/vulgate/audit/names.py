"""The public names of Python's standard library, of all versions and platforms together."""

from functools import lru_cache
from importlib.resources import files
from typing import Final

_TABLE: Final = "data/names.txt"


@lru_cache(maxsize=1)
def names() -> dict[str, frozenset[str]]:
    """The names in each module, and in each builtin type; `benchmarks/audit_tables.py` says where they come from."""
    text = files("vulgate.audit").joinpath(_TABLE).read_text(encoding="utf-8")
    rows = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return {module: frozenset(members) for module, *members in rows}
