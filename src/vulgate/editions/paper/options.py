"""What the manifest says about editions that have a date."""

import datetime
from typing import Literal

from msgspec import Struct


class EpubOptions(Struct, frozen=True):
    """The keys of `[editions.epub]`.

    Attributes:
        date: The day on which the edition came out.
    """

    date: datetime.date | None = None


class PdfOptions(Struct, frozen=True):
    """The keys of `[editions.pdf]`.

    Attributes:
        date: The day on which the edition came out.
        paper: The size of a page.
        tagged: Whether the file tells programs that read aloud what is a heading, a list, a table, and what pictures show.
    """

    date: datetime.date | None = None
    paper: Literal["a4", "a5", "us-letter", "iso-b5"] = "a4"
    tagged: bool = False
