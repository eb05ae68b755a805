"""How a book is written in Typst: calls of the functions in `book.typ`, between what Pandoc writes."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from vulgate.editions.paper.diagrams import size
from vulgate.editions.paper.form import Box, Heading, Listing, Picture
from vulgate.editions.paper.pandoc import Node
from vulgate.editions.paper.places import Place
from vulgate.editions.paper.tree import link, text_of
from vulgate.editions.paper.wrapping import widest, wrapped

_LONG: Final = 24
"""A word of more characters may be broken."""
_JOINTS: Final = re.compile(r"(?<=[./_,:;=(\[{&?-])(?=\w)|(?<=[a-z])(?=[A-Z])")
_LONGEST: Final = re.compile(r"[^\u200b]{25,}")
_FIELD: Final = re.compile(r"\.\w")
_CALLS: Final = frozenset({"Emph", "Strong", "Strikeout", "Superscript", "Subscript", "Underline", "Link", "Note"})
_BREAK: Final = "\u200b"
_PIXEL: Final = 0.56
"""Points for a pixel of a drawing: its letters are then as large as small print."""
_SHORT: Final = 24
"""Lines: a box with fewer is not broken between pages."""
_HIGHEST: Final = 560.0
"""Points: no drawing is higher than a page has room for."""


class TypstForm:
    """The form of the PDF edition.

    Args:
        columns: How many characters of code a line has room for.
    """

    edition = "pdf"

    def __init__(self, columns: int) -> None:
        self.columns = columns

    def heading(self, heading: Heading) -> list[Node]:
        """A call of `titled`, with the anchor behind it."""
        number = f"#number[{_escaped(heading.number)}];" if heading.number else ""
        title = [_inline(f"#titled([{heading.role}], {heading.level})[{number}"), *heading.title, _inline("]")]
        title += [_inline(f" <{heading.anchor}>")] if heading.anchor else []
        return [{"t": "Para", "c": title}]

    def box(self, box: Box) -> list[Node]:
        """A call of `boxed`."""
        whole = "true" if _lines(box) < _SHORT else "false"
        opening = f"#boxed({text(box.kind)}, {text(box.label)}, {text(box.grade)}, {whole}, "
        return [
            {
                "t": "Para",
                "c": [_inline(opening), *_content(box.title), _inline(", "), *_content(box.facts), _inline(")[")],
            },
            *box.body,
            _block("]"),
        ]

    def listing(self, listing: Listing) -> list[Node]:
        """A call of `listing`; lines that are too long go on in the next one, behind a mark."""
        code = wrapped(listing.code, self.columns)
        language = text(listing.language) if listing.language else "none"
        opening = f"#listing({language}, {text(code)}, {text(listing.role)}, {widest(code)}, "
        return [{"t": "Para", "c": [_inline(opening), *_content(listing.label), _inline(")")]}]

    def anchored(self, blocks: Sequence[Node], anchor: str) -> list[Node]:
        """The blocks, with a label that a link leads to before them."""
        return [_block(f"#block(above: 0pt, below: 0pt, sticky: true)[] <{anchor}>"), *blocks]

    def reference(self, words: Sequence[Node], place: Place) -> list[Node]:
        """A link, with number and page."""
        said = place.number if place.number and place.number not in text_of(list(words)) else ""
        chapter = "chapter " if place.is_chapter and said and not said.isalpha() else ""
        number = text(f"{chapter}{said}") if said else "none"
        return [link(words, f"#{place.anchor}"), _inline(f"#where(<{place.anchor}>, {number});")]

    def picture(self, picture: Picture, alt: Sequence[Node]) -> Node:
        """An image in a line."""
        return _inline(f"#box(image({text(picture.name)}, alt: {text(text_of(list(alt)))}));")

    def diagram(self, picture: Picture, alt: str) -> list[Node]:
        """A call of `drawing`, with the width that gives readable letters."""
        width, height = (pixels * _PIXEL for pixels in size(picture))
        if height > _HIGHEST:
            width *= _HIGHEST / height
        return [_block(f"#drawing({text(picture.name)}, {text(alt)}, {max(width, 20):.0f}pt)")]

    def joint(self, before: Node, after: Node) -> list[Node]:
        """The end of a call before a word that Typst would read as a field of what it gives, as in `#strong[init].py`."""
        is_field = after["t"] == "Str" and _FIELD.match(after["c"])
        return [_inline(";")] if is_field and before["t"] in _CALLS else []

    def word(self, word: str) -> str:
        """A long word, with places where it may be broken."""
        if len(word) <= _LONG:
            return word
        joints = _JOINTS.sub(_BREAK, word)
        return _LONGEST.sub(lambda run: _BREAK.join(run[0][at : at + 20] for at in range(0, len(run[0]), 20)), joints)


def _lines(box: Box) -> int:
    """About how many lines of a page a box takes."""
    lines = 4
    for block in box.body:
        said = text_of(block)
        code = "".join(node["c"][1] for node in block["c"] if node["t"] == "RawInline") if block["t"] == "Para" else ""
        lines += 1 + len(said) // 90 + code.count("\\n")
    return lines


def text(said: str) -> str:
    """A string in Typst's code; characters that no text holds are left out."""
    kept = "".join(char for char in said if char in "\n\t" or char >= " ")
    escaped = kept.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def array(items: Iterable[str]) -> str:
    """An array in Typst's code."""
    return "(" + "".join(f"{item}, " for item in items) + ")"


def _content(inlines: Sequence[Node]) -> list[Node]:
    """Inlines as an argument in code: content, or none."""
    return [_inline("["), *inlines, _inline("]")] if inlines else [_inline("none")]


def _escaped(said: str) -> str:
    return f"#{text(said)}"


def _inline(code: str) -> Node:
    return {"t": "RawInline", "c": ["typst", code]}


def _block(code: str) -> Node:
    return {"t": "RawBlock", "c": ["typst", code]}
