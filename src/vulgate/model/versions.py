"""Version ranges as PEP 440 writes them."""

import operator
import re
from functools import lru_cache
from typing import Final

from vulgate.model.blocks import Block, Example, Fact, Rule

_NUMBER = r"\d+(?:\.\d+)*"
_PART = rf"\s*(?:~=\s*\d+(?:\.\d+)+|[=!]=\s*{_NUMBER}(?:\.\*)?|(?:<=|>=|<|>)\s*{_NUMBER})\s*"
_RANGE = re.compile(rf"{_PART}(?:,{_PART})*")
_ORDERED = re.compile(rf"\s*(<=|>=|<|>)\s*({_NUMBER})\s*", re.ASCII)
_COMPARE: Final = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}
_LOWER_BOUND = re.compile(r"(?:>=|~=|==|>|\^|~|^)\s*3\.(\d{1,3})(?!\d)")


def version_error(text: str) -> str:
    """Why `text` is no version range, or an empty string when it is one (or is empty)."""
    if not text or _RANGE.fullmatch(text):
        return ""
    return f"`{text}` is no version range; write one such as `>=3.11` or `>=3.10,<3.13`"


def ranges_of(fence: str, holds: str, chapter: str) -> tuple[str, ...]:
    """The ranges that must all admit a version for a fence to be run on it.

    Args:
        fence: The fence's own range, or empty.
        holds: What the fact around it says of its versions, or empty. A fence with a range of its own speaks for itself: it may
            show how things were before the fact held.
        chapter: The chapter's range, or empty.
    """
    held = holds.removeprefix("python").strip()
    ranges = (held,) if held and not fence else (fence, chapter)
    return tuple(text for text in ranges if text)


def python_range(block: Block, chapter: str) -> str:
    """The versions of Python that a block holds for, as it says or its chapter; empty for those of the whole book.

    Facts and rules hold in other code too, so what they leave out means any version.

    Args:
        block: The block.
        chapter: The chapter's range, or empty.
    """
    if isinstance(block, Fact):
        return block.holds.removeprefix("python").strip()
    if isinstance(block, Rule):
        return block.python
    return (block.fence.python if isinstance(block, Example) else "") or chapter


@lru_cache(maxsize=1024)
def holds_on(text: str, version: str) -> bool:
    """Whether a range (with or without a leading `python`) admits a version such as `3.12`; an empty one admits all."""
    if not text:
        return True
    range_ = text.removeprefix("python").strip()
    parts = [_ORDERED.fullmatch(part) for part in range_.split(",")]
    if all(parts) and _ORDERED.fullmatch(f">={version}"):
        return all(_COMPARE[part[1]](_release(version), _release(part[2])) for part in parts if part)
    from packaging.specifiers import SpecifierSet  # knows all of PEP 440, and takes its time to load

    return SpecifierSet(range_).contains(version)


def _release(version: str) -> list[int]:
    """The numbers of a version; zeros at its end mean nothing."""
    return [int(number) for number in re.sub(r"(?:\.0+)+$", "", version).split(".")]


def lower_bound(text: str) -> str:
    """The oldest Python that a range names, such as `3.10` of `>=3.10,<4`; empty if it names none of Python 3.

    Poetry's `^3.10` and `~3.10` are read, too.
    """
    match = _LOWER_BOUND.search(text.strip())
    return f"3.{int(match[1])}" if match else ""
