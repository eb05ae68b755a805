"""What a chapter says about itself."""

from typing import Final

from msgspec import Struct

LEVELS: Final = ("beginner", "intermediate", "advanced", "critical")


class FrontMatter(Struct, frozen=True):
    """What a chapter says about itself; see the source format for the keys."""

    title: str = ""
    id: str = ""
    level: str = ""
    prerequisites: tuple[str, ...] = ()
    hours: float = 0.0
    python: str = ""
    objectives: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    summary: str = ""
    formerly: tuple[str, ...] = ()
