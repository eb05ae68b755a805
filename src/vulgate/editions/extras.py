"""Packages that only some editions need."""

from collections.abc import Sequence
from importlib.util import find_spec

from vulgate.editions.base import EditionExtraError


def require(extra: str, modules: Sequence[str]) -> None:
    """Makes sure that the modules of an optional extra can be imported.

    Args:
        extra: Name of the extra in our package.
        modules: Names of modules, without a dot.

    Raises:
        EditionExtraError: Some are not there.
    """
    if missing := [name for name in modules if find_spec(name) is None]:
        raise EditionExtraError(extra, missing)
