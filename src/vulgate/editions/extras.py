"""Packages that only some editions need."""

from collections.abc import Sequence
from importlib.util import find_spec

from vulgate.model.codes import Reporter


def has_extra(edition: str, extra: str, modules: Sequence[str], reporter: Reporter) -> bool:
    """Whether the modules of an optional extra can be imported; if not, it is reported which extra to install.

    Args:
        edition: The edition that needs them.
        extra: Name of the extra in our package.
        modules: Names of modules, without a dot.
        reporter: Takes the diagnostic.
    """
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        names = ", ".join(f"`{name}`" for name in missing)
        reporter.add("edition-needs-extra", None, edition=edition, extra=extra, missing=names)
    return not missing
