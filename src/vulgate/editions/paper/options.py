"""What the manifest says about editions that have a date."""

import datetime
import os
from typing import Final, Literal

from msgspec import Struct

EPOCH: Final = "SOURCE_DATE_EPOCH"
"""Seconds since 1970: the date of what is built, https://reproducible-builds.org/specs/source-date-epoch/."""


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


def edition_date(date: datetime.date | None) -> datetime.date | None:
    """The date of an edition: as the manifest says, else that of `SOURCE_DATE_EPOCH`; no clock is read."""
    if date is not None:
        return datetime.date(date.year, date.month, date.day)  # TOML has times, too
    try:
        return datetime.datetime.fromtimestamp(int(os.environ[EPOCH]), datetime.UTC).date()
    except (KeyError, ValueError, OverflowError, OSError):
        return None
