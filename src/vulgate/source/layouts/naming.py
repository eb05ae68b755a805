"""Titles from names of files and folders."""

import re
from pathlib import Path
from typing import Final

_NUMBER: Final = re.compile(r"^\d+[-_. ]+")


def title_from(path: Path | str) -> str:
    """A title from a name: `01-getting_started` is `Getting started`."""
    name = Path(path).resolve().name if isinstance(path, Path) else path
    name = _NUMBER.sub("", name.encode("utf-8", "replace").decode())
    words = " ".join(re.split(r"[-_ ]+", name)).strip()
    return words[:1].upper() + words[1:] if words else "Book"
