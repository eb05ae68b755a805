"""An audit as one HTML page, which stands alone: no script, and nothing is asked of any server."""

import re
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from vulgate.model.audit import Area, Audit, shown
from vulgate.report.audit.grouping import by_check, common_fix, place
from vulgate.report.text import storable
from vulgate.version import __version__

MOST: Final = 200
"""Items of a kind on the page; a longer list is for programs."""
_CODE: Final = re.compile(r"`([^`\n]+)`")
_GOOD: Final = 90
_FAIR: Final = 70


def as_html(audit: Audit) -> str:
    """The audit as an HTML page. Everything that comes from the book is escaped."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    environment.filters |= {"score": shown, "tone": _tone, "code": _with_code}
    text = files("vulgate.report.audit").joinpath("page.html").read_text(encoding="utf-8")
    page = environment.from_string(text)
    items = sum(len(area.items) for area in audit.areas)
    areas = [_area(area) for area in audit.areas]
    return storable(page.render(audit=audit, areas=areas, items=items, most=MOST, version=__version__))


def _area(area: Area) -> dict[str, Any]:
    groups = [
        {
            "check": check,
            "places": [(place(item), item) for item in found[:MOST]],
            "count": len(found),
            "fix": common_fix(found),
        }
        for check, found in by_check(area.items).items()
    ]
    return {"area": area, "groups": groups}


def _with_code(text: str) -> Markup:
    """Text, escaped, with what stands between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 (escaped)


def _tone(score: float | None) -> str:
    """The class of a score's colour."""
    if score is None:
        return "none"
    return "good" if score >= _GOOD else "fair" if score >= _FAIR else "poor"
