"""The value curve: how much of a book's value a budget of tokens buys, drawn for a terminal and as SVG.

What is within the budget is filled; the rest of the curve shows what more would buy. The curve has steps, since a rule is in or
it is not.
"""

from bisect import bisect_right
from html import escape
from typing import Final

from msgspec import Struct

from vulgate.report.text import printable

_WIDTH, _HEIGHT = 640, 340  # of the picture
_LEFT, _TOP, _RIGHT, _BOTTOM = 64, 64, 616, 284  # of the plot in it
_BLOCKS: Final = " ▁▂▃▄▅▆▇█"
_ASCII: Final = "    #####"
_GUTTER: Final = len("100% |")
_STYLE: Final = (  # not every viewer knows variables of CSS
    "text{font:13px system-ui,sans-serif;fill:#1f2328}.head{font-size:15px;font-weight:600}"
    ".paper{fill:#fff}.grid{stroke:#d0d7de}.bought{fill:#0969da;fill-opacity:.25}"
    ".curve{fill:none;stroke:#0969da;stroke-width:2}.budget{stroke:#1f2328;stroke-dasharray:4 3}"
    ".reached{fill:#0969da;stroke:#fff;stroke-width:2}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.paper{fill:#0d1117}.grid{stroke:#444c56}.bought{fill:#58a6ff}"
    ".curve{stroke:#58a6ff}.budget{stroke:#e6edf3}.reached{fill:#58a6ff;stroke:#0d1117}}"
)


class Curve(Struct, frozen=True):
    """How value grows with tokens.

    Attributes:
        points: Tokens, and the share of the value that they buy, from 0 to 1; both grow from point to point.
        budget: Tokens that there are.
        share: The share of the value that was reached within the budget.
    """

    points: tuple[tuple[int, float], ...]
    budget: int
    share: float

    def at(self, tokens: float) -> float:
        """The share that so many tokens buy."""
        place = bisect_right(self.points, tokens, key=lambda point: point[0])
        return self.points[place - 1][1] if place else 0.0

    @property
    def extent(self) -> int:
        """Tokens at the right end of the axis: where the curve ends, and a little further for a budget beyond that."""
        last = self.points[-1][0] if self.points else 0
        return max(last, min(self.budget, last + last // 4)) or max(self.budget, 1)

    @property
    def mark(self) -> int:
        """Tokens at which the budget is drawn: itself, or the end of the axis."""
        return max(0, min(self.budget, self.extent))

    @property
    def caption(self) -> str:
        """The budget and what was reached, in words."""
        return f"{self.budget:,} tokens: {self.share:.0%} of the value"


def terminal(curve: Curve, width: int = 72, height: int = 10, *, ascii_only: bool = False) -> str:
    """The curve as lines of text, with the axis from 0 to 100 % and the budget marked on it.

    Args:
        curve: The curve.
        width: Columns that there are; at least 48 are used.
        height: Lines of the plot itself; an even number of them, at least 4, is used.
        ascii_only: Whether to do without block characters, for terminals that cannot show them.
    """
    columns, height = max(width, 48) - _GUTTER, max(height, 4) // 2 * 2
    blocks, more, tick, bar, floor, pointer = (_ASCII, ".", "|", "|", "-", "^") if ascii_only else (
        _BLOCKS, "░", "┤", "│", "─", "▲"
    )  # fmt: skip
    levels = [round(curve.at(curve.extent * (column + 1) / columns) * height * 8) for column in range(columns)]
    bought = round(curve.mark / curve.extent * columns)
    lines = []
    for row in reversed(range(height)):
        eighths = [max(0, min(8, level - row * 8)) for level in levels]
        cells = "".join(blocks[each] for each in eighths[:bought])
        cells += "".join(more if each >= 4 else " " for each in eighths[bought:])
        label = {height - 1: "100% ", height // 2 - 1: " 50% "}.get(row, "     ")
        lines.append((label + (tick if label.strip() else bar) + cells).rstrip())
    place = max(0, bought - 1)
    lines.append(f"  0% {tick}{floor * place}{pointer}{floor * (columns - place - 1)}")
    lines.append(" " * _GUTTER + "0" + f"{curve.extent:,} tokens".rjust(columns - 1))
    lines.append(f"{' ' * _GUTTER}{pointer} {curve.caption}")
    return "\n".join(lines) + "\n"


def svg(curve: Curve, title: str) -> str:
    """The curve as a picture for light and dark pages, without scripts; screen readers are told what it shows.

    Args:
        curve: The curve.
        title: The heading, as plain text.
    """
    across = _x(curve, curve.mark)
    bought = [point for point in curve.points if point[0] <= curve.mark]
    area = f"M{_LEFT} {_BOTTOM}{_steps(curve, bought)}H{across}V{_BOTTOM}Z"
    line = f"M{_LEFT} {_BOTTOM}{_steps(curve, curve.points)}H{_x(curve, curve.extent)}"
    note = 'text-anchor="end" x="-8"' if across > (_LEFT + _RIGHT) / 2 else 'x="8"'
    heading, caption = escape(printable(title)), escape(curve.caption)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
            f'height="{_HEIGHT}" role="img" aria-labelledby="curve-title curve-about">',
            f'<title id="curve-title">{heading}</title>',
            f'<desc id="curve-about">The share of the value of all rules, by tokens. {caption}; '
            f"the curve ends at {curve.points[-1][0] if curve.points else 0:,} tokens.</desc>",
            f"<style>{_STYLE}</style>",
            f'<rect class="paper" width="{_WIDTH}" height="{_HEIGHT}"/>',
            f'<text class="head" x="{_LEFT}" y="28">{heading}</text>',
            *_grid(curve),
            f'<path class="bought" d="{area}"/>',
            f'<path class="curve" d="{line}"/>',
            f'<path class="budget" d="M{across} {_BOTTOM}V{_TOP - 16}"/>',
            f'<circle class="reached" cx="{across}" cy="{_y(curve.share)}" r="5"/>',
            f'<g transform="translate({across} {_TOP - 7})"><text {note}>{caption}</text></g>',
            "</svg>\n",
        ]
    )


def _grid(curve: Curve) -> list[str]:
    """Lines at quarters of the value, figures at round numbers of tokens, and the names of both axes."""
    parts = []
    for quarter in range(5):
        y = _y(quarter / 4)
        parts.append(f'<path class="grid" d="M{_LEFT} {y}H{_RIGHT}"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{quarter * 25}%</text>')
    parts += [
        f'<text x="{_x(curve, tokens)}" y="{_BOTTOM + 18}" text-anchor="middle">{tokens:,}</text>'
        for tokens in range(0, curve.extent + 1, _round_step(curve.extent))
    ]
    middle = (_TOP + _BOTTOM) // 2
    parts.append(f'<text x="{(_LEFT + _RIGHT) // 2}" y="{_BOTTOM + 42}" text-anchor="middle">tokens</text>')
    parts.append(f'<text transform="translate(16 {middle})rotate(-90)" text-anchor="middle">share of the value</text>')
    return parts


def _round_step(extent: int) -> int:
    """A step of 1, 2 or 5 times a power of ten that gives at most six figures."""
    power = int(10 ** max(0, len(str(extent)) - 2))
    return next(step * power for step in (1, 2, 5, 10, 20) if extent <= step * power * 6)


def _steps(curve: Curve, points: tuple[tuple[int, float], ...] | list[tuple[int, float]]) -> str:
    return "".join(f"H{_x(curve, tokens)}V{_y(share)}" for tokens, share in points)


def _x(curve: Curve, tokens: float) -> float:
    return round(_LEFT + (_RIGHT - _LEFT) * tokens / curve.extent, 1)


def _y(share: float) -> float:
    return round(_BOTTOM - (_BOTTOM - _TOP) * share, 1)
