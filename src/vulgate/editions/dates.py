"""The date on which an edition came out."""

import datetime
from typing import Final

from vulgate.editions.base import Workspace

EPOCH: Final = "SOURCE_DATE_EPOCH"
"""Seconds since 1970: the date of what is built, https://reproducible-builds.org/specs/source-date-epoch/."""


def edition_date(date: datetime.date | None, workspace: Workspace) -> datetime.date | None:
    """The date of an edition: as the manifest says, else that of `SOURCE_DATE_EPOCH`; no clock is read.

    Args:
        date: What the manifest says.
        workspace: Has the variables of the environment.
    """
    if date is not None:
        return datetime.date(date.year, date.month, date.day)  # TOML has times, too
    try:
        return datetime.datetime.fromtimestamp(int(workspace.variable(EPOCH)), datetime.UTC).date()
    except (ValueError, OverflowError, OSError):
        return None
