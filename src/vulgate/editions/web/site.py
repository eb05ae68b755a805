"""The nouns of the site: what its pages are, and how they hang together."""

from typing import Final

from msgspec import Struct

STATIC: Final = ("book.css", "book.js")
"""What every page loads."""
SEARCH: Final = ("search.css", "search.js")
"""What a page loads when its reader searches."""


class TocEntry(Struct, frozen=True):
    """A line of a list of contents; `title` is HTML."""

    number: str
    title: str
    href: str
    depth: int = 2


class PageRef(Struct, frozen=True):
    """Another page; `title` is HTML."""

    path: str
    title: str
    number: str = ""


class NavChapter(Struct, frozen=True):
    """A chapter in the list of all chapters; `title` is HTML.

    Attributes:
        id: Id of the chapter.
        path: Its first page.
        title: Its title.
        number: Its number, or empty.
        level: beginner, intermediate, advanced, critical, or empty.
        hours: How long it takes, or 0.
        summary: What it is about, as HTML.
        entries: Its top sections.
    """

    id: str
    path: str
    title: str
    number: str = ""
    level: str = ""
    hours: float = 0.0
    summary: str = ""
    entries: tuple[TocEntry, ...] = ()


class NavPart(Struct, frozen=True):
    """A part in the list of all chapters; without a title for chapters outside any part."""

    title: str
    number: str
    chapters: tuple[NavChapter, ...]


class Page(Struct, frozen=True):
    """A page before it is put into its frame.

    Attributes:
        path: File name; all pages lie in one folder, so that every link is a file name.
        template: The template that makes the page.
        title: Plain text, for the window.
        body: HTML of what is particular to the page.
        toc: Headings on the page.
        crumbs: The way to the page.
        previous: The page before it in reading order.
        following: The page after it in reading order.
        chapter: Id of the chapter that it belongs to, or empty.
        summary: Plain text, for search engines.
        data: What the page holds in the vocabulary of schema.org, as JSON that is safe in a script element.
        values: What else the template needs.
    """

    path: str
    template: str
    title: str
    body: str = ""
    toc: tuple[TocEntry, ...] = ()
    crumbs: tuple[PageRef, ...] = ()
    previous: PageRef | None = None
    following: PageRef | None = None
    chapter: str = ""
    summary: str = ""
    data: str = ""
    values: dict[str, object] = {}


class Site(Struct, frozen=True):
    """What every page shows of the whole.

    Attributes:
        title: The book's title, plain.
        language: BCP 47 tag.
        rtl: Whether the language is written from right to left.
        edition: The author's name for this edition.
        version: Version of the compiler.
        digest: Digest of the book.
        parts: The chapters.
        indexes: The index pages.
        base: The address that the site is served under, ending in a slash, or empty.
        repository: Address of the book's source, or empty.
        logo: Path of the logo in the site, or empty.
        has_search: Whether the site can be searched.
        id: Id of the book; what a reader has done is kept under it.
    """

    title: str
    language: str
    rtl: bool
    edition: str
    version: str
    digest: str
    parts: tuple[NavPart, ...]
    indexes: tuple[PageRef, ...]
    base: str = ""
    repository: str = ""
    logo: str = ""
    has_search: bool = False
    id: str = ""
