"""Books whose order is that of their files: by a position that a page or folder gives, else by name."""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from vulgate.source.files import reading_order
from vulgate.source.layouts.assembly import Assembly
from vulgate.source.layouts.naming import title_from

_LANGUAGES: Final = re.compile(
    "ar|bg|bn|cs|da|de|el|en|es|et|fa|fi|fr|he|hi|hr|hu|id|it|ja|ko|lt|lv|nl|no|pl|pt|ro|ru|sk|sl|sr|sv|th|tr|uk|vi|zh"
)
Position = Callable[[str], float]
"""The position of a page or folder; infinity for one that gives none."""


def in_order(paths: Iterable[str], position: Position) -> list[str]:
    """Paths in reading order: at each level by position, then by name, an index first."""

    def key(path: str) -> list[tuple[float, object]]:
        parts = path.split("/")
        return [(position("/".join(parts[: at + 1])), reading_order(part)) for at, part in enumerate(parts)]

    return sorted(paths, key=key)


def add_by_folder(book: Assembly, paths: Iterable[str], title: Callable[[str], str]) -> None:
    """Adds pages; each folder at the top is a part.

    Args:
        book: The book.
        paths: Paths inside the book, in order.
        title: The title of a folder; empty for one that gives none.
    """
    parts: dict[str, int] = {}
    for path in paths:
        inside = path[len(book.base) + 1 :] if book.base else path
        folder, slash, _ = inside.partition("/")
        if slash and folder not in parts:
            parts[folder] = book.part(title(posixpath.join(book.base, folder)) or title_from(folder))
        book.page(path, "", parts.get(folder) if slash else None)


def one_language(book: Assembly, paths: list[str]) -> list[str]:
    """The pages in one language, where folders at the top are translations; the others are left out and told."""

    def language(path: str) -> str:
        inside = path[len(book.base) + 1 :] if book.base else path
        top = inside.partition("/")[0] if "/" in inside else ""
        return top if _LANGUAGES.fullmatch(re.split("[-_]", top)[0].lower()) else ""

    found = dict.fromkeys(map(language, paths))
    if len([name for name in found if name]) < 2 and not ("" in found and len(found) > 1 and "en" not in found):
        return paths
    chosen = next((name for name in found if name.lower().startswith("en")), "")
    kept = [path for path in paths if language(path) in (chosen, "")]
    for name in found:
        if name not in (chosen, ""):
            book.reporter.add("left-out", None, what=f"the translation in `{posixpath.join(book.base, name)}`")
    return kept


def below(base: str, paths: Iterable[str]) -> Iterator[str]:
    """Paths inside the book, from paths below one of its folders."""
    return (posixpath.join(base, path) for path in paths)
