"""Typst: sets documents, and tells whether a picture can be shown. It sees a folder with what it is given, and no other file."""

import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from vulgate.editions.base import EditionProgramError
from vulgate.editions.paper.form import Picture

FONTS: Final = ("manimgx_fonts", "manimgx_fonts_cjk")
"""Packages whose folders hold fonts that Typst's own do not have."""


def typeset(files: Mapping[str, bytes], *, fonts: bool = False, tagged: bool = False) -> bytes:
    """The PDF of `main.typ`.

    Args:
        files: Contents by name.
        fonts: Whether the fonts of `FONTS` are at hand.
        tagged: Whether the PDF tells what is a heading, a list, a table.

    Raises:
        EditionProgramError: Typst refused a file.
    """
    import typst

    paths = _fonts() if fonts else []
    try:
        # Not as files in memory: among those, it takes only text.
        with tempfile.TemporaryDirectory() as folder:
            for name, data in files.items():
                Path(folder, name).write_bytes(data)
            made = typst.compile(
                str(Path(folder, "main.typ")),
                root=folder,
                ignore_system_fonts=True,
                font_paths=paths,
                format="pdf",
                pdf_tags=tagged,
            )
    except (typst.TypstError, RuntimeError) as error:
        raise EditionProgramError(f"Typst: {str(error).splitlines()[0]}") from None
    assert isinstance(made, bytes)
    return made


def is_whole(picture: Picture) -> bool:
    """Whether a picture can be read to its end."""
    try:
        typeset({"main.typ": f'#image("{picture.name}")'.encode(), picture.name: picture.data})
    except EditionProgramError:
        return False
    return True


def _fonts() -> list[str]:
    specs = (find_spec(name) for name in FONTS)
    return [str(Path(spec.origin).parent) for spec in specs if spec and spec.origin]
