"""The rules of a book in short, for choosing among them without reading their examples."""

from typing import Final

import msgspec

from vulgate.search.contents import AUTHORED, Rows

SEVERITIES: Final = ("critical", "high", "medium", "low")


class ShortRule(msgspec.Struct, frozen=True):
    """What decides whether a rule matters; the fields are those of `vulgate.model.blocks.Rule`."""

    id: str
    title: str = ""
    section: str = ""
    severity: str = "medium"
    detect: str = ""
    applies: tuple[str, ...] = ()
    python: str = ""
    fix: str = ""
    because: tuple[str, ...] = ()
    importance: float = 0.0

    @property
    def is_found_by_machine(self) -> bool:
        """Whether a detector finds the places that break it."""
        return self.detect not in ("", "review")


_decode: Final = msgspec.json.Decoder(ShortRule).decode


def read_rules(rows: Rows) -> tuple[ShortRule, ...]:
    """The rules of a book in reading order."""
    found = rows(f"SELECT data FROM block WHERE kind = 'rule' AND {AUTHORED} ORDER BY position")  # noqa: S608
    return tuple(_decode(str(data)) for (data,) in found)
