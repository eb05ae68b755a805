"""Releases of what handbooks speak of, and when their support ends."""

import tomllib
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

PYTHON: Final = "Python"
STALE_DAYS: Final = 365
"""Age of the table from which on a report warns of it."""


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(files("vulgate.audit").joinpath("data/lifecycles.toml").read_text(encoding="utf-8"))


def products() -> list[str]:
    """The products that the table has."""
    return [name for name, value in _table().items() if isinstance(value, dict)]


def end_of_life(product: str, version: str) -> date | None:
    """The day on which the support of a version ends; `None` if the table does not know it, or no day is set.

    Args:
        product: One of `products()`.
        version: A version, perhaps more exact than the table's.
    """
    releases = _table()[product]
    parts = version.split(".")
    for count in range(len(parts), 0, -1):
        found = releases.get(".".join(parts[:count]))
        if found is not None:
            return found if isinstance(found, date) else None
    return None


def is_release(product: str, version: str) -> bool:
    """Whether a version is one of the table's, or of one of its major versions; a bare major one of Python is none."""
    if product == PYTHON and "." not in version:
        return False
    return as_numbers(version)[0] in {as_numbers(release)[0] for release in _table()[product]}


def newest(product: str) -> str:
    """The newest release of a product that the table has."""
    releases: dict[str, date | str] = _table()[product]
    return max(releases, key=as_numbers)


def as_numbers(version: str) -> tuple[int, ...]:
    """A version to compare with others."""
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def note(today: date) -> str:
    """Where the table comes from, of which day it is, and whether it is too old to be trusted."""
    read: date = _table()["read"]
    told = f"ends of life are those of {_table()['source']} on {read.isoformat()}"
    days = (today - read).days
    return (
        f"{told}: the table is {days} days old, and newer releases are missing from it" if days > STALE_DAYS else told
    )
