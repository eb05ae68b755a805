"""The value curve shows where the budget ends and what it buys, in any terminal and to any reader."""

import re
from itertools import accumulate
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support import modest
from vulgate.report.curve import Curve, svg, terminal

POINTS = ((0, 0.0), (100, 0.25), (200, 0.5), (400, 0.75), (800, 1.0))
SVG = "{http://www.w3.org/2000/svg}"

PICTURE = """\
100% ┤                                         ░
     │                                         ░
     │                    █░░░░░░░░░░░░░░░░░░░░░
     │                    █░░░░░░░░░░░░░░░░░░░░░
 50% ┤          ███████████░░░░░░░░░░░░░░░░░░░░░
     │          ███████████░░░░░░░░░░░░░░░░░░░░░
     │     ████████████████░░░░░░░░░░░░░░░░░░░░░
     │     ████████████████░░░░░░░░░░░░░░░░░░░░░
  0% ┤────────────────────▲─────────────────────
      0                               800 tokens
      ▲ 400 tokens: 75% of the value
"""

steps = st.lists(st.tuples(st.integers(1, 5000), st.floats(0.001, 9.0)), max_size=40)


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    """Curves as they are, with budgets that make sense and that do not."""
    made = draw(steps)
    total = sum(value for _, value in made)
    tokens, shares = accumulate(each for each, _ in made), accumulate(value / total for _, value in made)
    points = ((0, 0.0), *zip(tokens, shares, strict=True)) if draw(st.booleans()) or made else ()
    curve = Curve(points, draw(st.integers(0, 10**9)), 0.0)
    return Curve(points, curve.budget, curve.at(curve.budget))


def test_the_picture_of_a_curve() -> None:
    assert terminal(Curve(POINTS, 400, 0.75), width=48, height=8) == PICTURE


def test_value_between_points_is_that_of_the_rules_that_fit() -> None:
    curve = Curve(POINTS, 0, 0.0)
    assert [curve.at(tokens) for tokens in (-1, 0, 99, 100, 399, 400, 10**9)] == [0.0, 0.0, 0.0, 0.25, 0.5, 0.75, 1.0]


@modest(150)
@given(curves(), st.integers(-5, 200), st.integers(-5, 40), st.booleans())
@example(Curve((), 0, 0.0), 0, 0, False)
@example(Curve(((0, 0.0),), 10**12, 0.0), 60, 8, True)
def test_every_curve_fits_its_terminal(curve: Curve, width: int, height: int, ascii_only: bool) -> None:
    text = terminal(curve, width, height, ascii_only=ascii_only)
    *plot, axis, _, note = lines = text.splitlines()
    assert len(plot) == max(height, 4) // 2 * 2
    assert all(len(line) <= max(width, 48) for line in lines)
    assert curve.caption in note
    assert text.isascii() == ascii_only
    marked = axis.index("^" if ascii_only else "▲")
    assert 6 <= marked < max(width, 48)
    filled = [line[6:].rstrip(" ░.") for line in plot]
    assert all(6 + len(line) <= marked + 1 for line in filled), "nothing is bought beyond the budget"


@modest(150)
@given(curves(), st.text())
@example(Curve(POINTS, 400, 0.75), "<script>alert('&')</script>\0\x1b")
def test_every_picture_is_told_to_those_who_do_not_see_it(curve: Curve, title: str) -> None:
    picture = svg(curve, title)
    root = ElementTree.fromstring(picture)
    named = {each.get("id"): each.text for each in root.iter() if each.get("id")}
    assert root.get("role") == "img"
    assert [named[id] is not None for id in (root.get("aria-labelledby") or "").split()] == [True, True] or not title
    assert curve.caption in (named["curve-about"] or "")
    texts = [each.text for each in root.iter(f"{SVG}text")]
    assert {"tokens", "share of the value", "0%", "100%", curve.caption} <= set(texts)
    assert not list(root.iter(f"{SVG}script"))
    numbers = [float(each) for each in re.findall(r"[HV](-?[\d.]+)", picture)]
    assert all(0 <= each <= 640 for each in numbers)


def test_pages_may_be_dark() -> None:
    assert "prefers-color-scheme:dark" in svg(Curve(POINTS, 400, 0.75), "Rules")


@pytest.mark.parametrize("budget", [0, 1, 400, 800, 801, 10**9])
def test_the_budget_is_marked_on_the_curve(budget: int) -> None:
    curve = Curve(POINTS, budget, Curve(POINTS, 0, 0.0).at(budget))
    circle = next(iter(ElementTree.fromstring(svg(curve, "Rules")).iter(f"{SVG}circle")))
    left, right = float(circle.get("cx", 0)), float(circle.get("cy", 0))
    assert 64 <= left <= 616
    assert right == pytest.approx(284 - 220 * curve.share, abs=0.1)
