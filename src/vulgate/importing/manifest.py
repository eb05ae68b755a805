"""The manifest of an imported book."""

import json
from collections.abc import Mapping

from vulgate.source.book import SourceBook

LENIENT = """\
# What this book says in another way than Vulgate is a warning. Delete the line when `vulgate build` warns of nothing.
lenient = true
"""


def manifest_text(source: SourceBook, places: Mapping[str, str], *, lenient: bool) -> str:
    """A `vulgate.toml` with the book's parts and chapters.

    Args:
        source: The book.
        places: The path of each chapter in the new book, by its path in the old one.
        lenient: Whether the book breaks conventions that it never agreed to.
    """
    about = source.manifest.book
    entries: dict[str, str | list[str]] = {
        "title": about.title,
        "id": source.id,
        "language": about.language,
        "edition": about.edition,
        "description": about.description,
        "authors": about.authors,
        "license": about.license,
        "python": about.python,
        "front": _paths(source, places, None, "front"),
        "chapters": _paths(source, places, None, "chapter"),
    }
    lines = ["[book]", *(f"{key} = {_value(value)}" for key, value in entries.items() if value)]
    if lenient:
        lines.append(LENIENT.rstrip("\n"))
    for index, part in enumerate(source.manifest.parts):
        chapters = [places[chapter.file.path] for chapter in source.chapters if chapter.part == index]
        if chapters:
            lines += ["", "[[parts]]", f"title = {_value(part.title)}"]
            lines += ["appendix = true"] if part.appendix else []
            lines.append(f"chapters = {_value(chapters)}")
    if appendix := _paths(source, places, None, "appendix"):
        lines += ["", "[[parts]]", 'title = "Appendices"', "appendix = true", f"chapters = {_value(appendix)}"]
    return "\n".join(lines) + "\n"


def _paths(source: SourceBook, places: Mapping[str, str], part: int | None, type_: str) -> list[str]:
    return [places[chapter.file.path] for chapter in source.chapters if chapter.part == part and chapter.type == type_]


def _value(value: str | list[str]) -> str:
    """A value in TOML, whose texts are written as in JSON but for one character."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if len(value) < 4:
        return f"[{', '.join(map(_value, value))}]"
    return "[\n" + "".join(f"    {_value(item)},\n" for item in value) + "]"
