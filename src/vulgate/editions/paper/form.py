"""What EPUB and PDF write differently: headings, boxes, code, links and pictures."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from vulgate.editions.paper.pandoc import Node
from vulgate.editions.paper.places import Place


class Heading(NamedTuple):
    """A heading of the book.

    Attributes:
        role: `part`, `chapter` or `section`.
        level: 1 for the highest.
        number: Its number, or empty.
        title: Its words.
        anchor: The name of its anchor, or empty.
    """

    role: str
    level: int
    number: str
    title: Sequence[Node]
    anchor: str = ""


class Box(NamedTuple):
    """A directive.

    Attributes:
        kind: The kind of block, or the style of a note.
        label: What it is, in words.
        grade: The severity of a rule, or empty.
        title: Its title.
        facts: What its options say.
        body: What stands in it.
        anchor: The name of its anchor, or empty.
    """

    kind: str
    label: str
    grade: str
    title: Sequence[Node]
    facts: Sequence[Node]
    body: Sequence[Node]
    anchor: str = ""


class Listing(NamedTuple):
    """Code, or what it prints.

    Attributes:
        language: The language, or empty.
        code: The text.
        role: Its part in the directive, `output`, or empty.
        label: What is to be known of it before reading it.
    """

    language: str
    code: str
    role: str = ""
    label: Sequence[Node] = ()


class Picture(NamedTuple):
    """A picture of the book.

    Attributes:
        name: The name of its file, of letters, digits, hyphens and a dot.
        media: Its media type.
        data: Its content.
    """

    name: str
    media: str
    data: bytes


class Form(Protocol):
    """A form that a book is printed in."""

    edition: str

    def heading(self, heading: Heading) -> list[Node]:
        """A heading."""
        ...

    def box(self, box: Box) -> list[Node]:
        """A directive."""
        ...

    def listing(self, listing: Listing) -> list[Node]:
        """Code."""
        ...

    def anchored(self, blocks: Sequence[Node], anchor: str) -> list[Node]:
        """Blocks that a link leads to."""
        ...

    def reference(self, words: Sequence[Node], place: Place) -> list[Node]:
        """A link to a place in the book, with its number where the words do not say it."""
        ...

    def picture(self, picture: Picture, alt: Sequence[Node]) -> Node:
        """A picture, as an inline."""
        ...

    def diagram(self, picture: Picture, alt: str) -> list[Node]:
        """A picture of a diagram, as a block."""
        ...

    def joint(self, before: Node, after: Node) -> list[Node]:
        """What is written between two inlines so that they stay apart; mostly nothing."""
        ...

    def word(self, text: str) -> str:
        """A word, with places where it may be broken if it is long."""
        ...
