"""Diagrams as pictures, drawn when the site is built by a port of Mermaid that comes with the extra `web`.

A page shows them as images: a browser runs nothing in an image, loads nothing for it, and fetches it when it comes into view.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Final
from xml.etree import ElementTree

import msgspec

from vulgate.editions.base import Workspace
from vulgate.editions.svg import SVG, SvgError, clean_svg
from vulgate.editions.web.context import Drawing
from vulgate.model.blocks import Diagram
from vulgate.model.book import CompiledBook

FOLDER: Final = "diagrams"
_LOOK: Final = {
    "theme": "base",
    "look": "classic",
    "themeVariables": {
        "primaryColor": "#f6f4ee",
        "primaryTextColor": "#23211c",
        "primaryBorderColor": "#7d7667",
        "lineColor": "#5d584c",
        "tertiaryColor": "#fffefb",
        "edgeLabelBackground": "#fffefb",
        "noteBkgColor": "#fdf5e6",
        "noteBorderColor": "#855000",
    },
}
"""The colours of `book.css` on light paper; a dark page turns light and dark around. What a diagram says of its own look wins."""
_FRONT: Final = re.compile(r"\s*---[ \t]*\n.*?\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_RULE: Final = re.compile(r"([^{}]+)\{([^{}]*)\}")
_LONG: Final = re.compile(r"-?\d+\.\d{3,}")
_CLASS: Final = re.compile(r"\.([A-Za-z][\w-]*)")
_BOX: Final = re.compile(rb' viewBox="[-\d.e]+ [-\d.e]+ ([\d.]+) ([\d.]+)"')
_FAMILIES: Final = re.compile(r"(?<=trebuchet ms)(\"|&quot;),verdana,arial,sans-serif")
_FACE: Final = (
    "@font-face{font-family:vulgate-diagram;size-adjust:92%;"
    'src:local("Arial"),local("Liberation Sans"),local("Helvetica"),local("Arimo")}'
)
"""Boxes are measured for Trebuchet MS; where it is missing, Arial and its likes are made as narrow."""


def drawings(book: CompiledBook, workspace: Workspace) -> dict[str, Drawing]:
    """The diagrams of a book by their code; without those that cannot be drawn: of them a page shows the source.

    Args:
        book: The book.
        workspace: Keeps the drawings of each chapter for the next build.
    """
    chapters: dict[str, dict[str, None]] = {}
    for block in book.of_kind(Diagram):
        chapters.setdefault(block.chapter, {})[block.code] = None
    if not chapters:
        return {}
    try:
        program = version("mmdr")
    except PackageNotFoundError:
        return {}  # the search, which comes with the same extra, says that it is missing
    return {
        code: drawing
        for codes in chapters.values()
        for code, drawing in _recalled(tuple(codes), program, workspace).items()
    }


def _recalled(codes: tuple[str, ...], program: str, workspace: Workspace) -> dict[str, Drawing]:
    key = b"diagrams" + hashlib.blake2b(msgspec.msgpack.encode((program, codes)), digest_size=16).digest()
    if kept := workspace.recall(key):
        return msgspec.msgpack.decode(kept, type=dict[str, Drawing])
    made = dict(_drawn(codes))
    workspace.keep(key, msgspec.msgpack.encode(made))
    return made


def _drawn(codes: Iterable[str]) -> Iterator[tuple[str, Drawing]]:
    import mmdr

    for code in codes:
        try:
            svg = mmdr.render(_styled(code)).svg()
            drawing = _picture(_fitted(svg).encode(), code)
        except (ValueError, RuntimeError, SvgError):  # a fault, a kind that it does not know, or more than it takes
            continue
        if drawing:
            yield code, drawing


def _styled(code: str) -> str:
    """A diagram with our look in front of what it says itself."""
    front = _FRONT.match(code)
    at = front.end() if front else 0
    return f"{code[:at]}%%{{init: {json.dumps(_LOOK)}}}%%\n{code[at:]}"


def _fitted(svg: str) -> str:
    """A drawing in whose boxes the text has room, whatever fonts there are."""
    return _FAMILIES.sub(r"\1,vulgate-diagram,sans-serif", svg).replace("</style>", f"{_FACE}</style>", 1)


def _picture(svg: bytes, code: str) -> Drawing | None:
    """A drawing without anything that runs, loads or is not used, which says how large it is."""
    data = clean_svg(svg)
    box = _BOX.search(data)
    if box is None:
        return None
    width, height = (math.ceil(float(side)) for side in box.groups())
    root = _light(ElementTree.fromstring(data))  # noqa: S314  (written by `clean_svg`)
    root.set("width", str(width))
    root.set("height", str(height))
    name = hashlib.blake2b(code.encode(), digest_size=6).hexdigest()
    return Drawing(f"{FOLDER}/{name}.svg", width, height, ElementTree.tostring(root, encoding="utf-8"))


def _light(root: ElementTree.Element) -> ElementTree.Element:
    """A drawing without attributes for scripts, rules of style for what is not in it, and thousandths of a pixel."""
    used: set[str] = set()
    for element in root.iter():
        for name in [name for name in element.attrib if name.startswith("data-")]:
            del element.attrib[name]
        if shape := element.get("d"):
            element.set("d", _LONG.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), shape))
        used.update(element.get("class", "").split())

    def kept(rule: re.Match[str]) -> str:
        selectors = [
            part for part in rule[1].split(",") if used.issuperset(_CLASS.findall(part)) and "[data-" not in part
        ]
        return f"{','.join(selectors)}{{{rule[2]}}}" if selectors else ""

    for style in root.iter(f"{{{SVG}}}style"):
        style.text = _RULE.sub(kept, style.text or "")
    return root
