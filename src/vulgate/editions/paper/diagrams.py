"""The diagrams of a book: drawn by Mermaid's port, and told in words where they cannot be drawn or seen."""

import re
from collections.abc import Iterator
from typing import Final

from vulgate.editions.diagrams import edges_told, nodes_told, title
from vulgate.editions.paper.form import Form, Listing, Picture
from vulgate.editions.paper.pandoc import Node
from vulgate.editions.paper.tree import bullets, para, words
from vulgate.editions.svg import SvgError, clean_svg
from vulgate.model.blocks import Diagram

FONT: Final = "Noto Sans"
_FAMILY: Final = re.compile(r'"Recursive Variable"|&quot;Recursive Variable&quot;|trebuchet ms|"trebuchet ms"')
_VIEW: Final = re.compile(rb'viewBox="[-\d.e]+ [-\d.e]+ ([\d.]+) ([\d.]+)"')
_MOST: Final = 60
"""So many edges and nodes are told in words; more is no help to anybody."""


class Diagrams:
    """Draws the diagrams of one edition, each once."""

    def __init__(self) -> None:
        self._drawn: dict[str, Picture | None] = {}

    def set(self, diagram: Diagram, form: Form) -> list[Node]:
        """A diagram as a picture; its nodes and edges in words, with its source, where it cannot be drawn."""
        if diagram.code not in self._drawn:
            self._drawn[diagram.code] = _draw(diagram.code, f"diagram-{len(self._drawn) + 1}.svg")
        if picture := self._drawn[diagram.code]:
            return form.diagram(picture, ". ".join([title(diagram), *_told(diagram)]))
        source = form.listing(Listing("", diagram.code))
        told = [bullets(map(words, _told(diagram)))] if diagram.edges else []
        return [para(words(f"{title(diagram)}:")), *(told or source)]

    def __iter__(self) -> Iterator[Picture]:
        """The pictures that were drawn."""
        return (picture for picture in self._drawn.values() if picture)


def size(picture: Picture) -> tuple[float, float]:
    """Width and height of a drawing, in pixels; zeros if it does not say."""
    match = _VIEW.search(picture.data)
    return (float(match[1]), float(match[2])) if match else (0.0, 0.0)


def _draw(code: str, name: str) -> Picture | None:
    import mmdr

    try:
        svg = mmdr.render(code, backend="merman", theme="neutral").svg()
        data = clean_svg(_FAMILY.sub(f"'{FONT}'", svg).encode())
    except (ValueError, RuntimeError, SvgError):  # a diagram of a kind that is not drawn, or with a fault
        return None
    return Picture(name, "image/svg+xml", data)


def _told(diagram: Diagram) -> list[str]:
    """Its edges and nodes in words, as many as help."""
    lines = edges_told(diagram) + nodes_told(diagram)
    return lines if len(lines) <= _MOST else [*lines[:_MOST], f"and {len(lines) - _MOST} more"]
