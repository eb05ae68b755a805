"""Where the chapters and files of an imported book lie: where they lay, with names that a Vulgate book can have."""

import posixpath
from collections.abc import Iterable
from typing import Final

from vulgate.source.book import SourceBook

MARKDOWN: Final = (".md", ".markdown")


def chapter_places(source: SourceBook) -> dict[str, str]:
    """The path of each chapter in the new book, by its path in the old one.

    What is no `.md` file, such as a notebook, becomes one; no two chapters get paths that differ in case only.
    """
    taken: set[str] = set()
    places = {}
    for chapter in source.chapters:
        stem, ending = posixpath.splitext(chapter.file.path)
        path = chapter.file.path if ending == ".md" else f"{stem}.md"
        number = 2
        while path.casefold() in taken:
            path, number = f"{stem}-{number}.md", number + 1
        taken.add(path.casefold())
        places[chapter.file.path] = path
    return places


def linked_files(assets: Iterable[str], places: dict[str, str]) -> list[str]:
    """The files that chapters link to and that are copied: those which are no chapters themselves."""
    return sorted(path for path in assets if path not in places and not path.endswith(MARKDOWN) and path != ".")
