"""Version ranges as PEP 440 writes them."""

import re
from functools import lru_cache

_NUMBER = r"\d+(?:\.\d+)*"
_PART = rf"\s*(?:~=\s*\d+(?:\.\d+)+|[=!]=\s*{_NUMBER}(?:\.\*)?|(?:<=|>=|<|>)\s*{_NUMBER})\s*"
_RANGE = re.compile(rf"{_PART}(?:,{_PART})*")


def version_error(text: str) -> str:
    """Why `text` is no version range, or an empty string when it is one (or is empty)."""
    if not text or _RANGE.fullmatch(text):
        return ""
    return f"`{text}` is no version range; write one such as `>=3.11` or `>=3.10,<3.13`"


@lru_cache(maxsize=256)
def holds_on(text: str, version: str) -> bool:
    """Whether a range (with or without a leading `python`) admits a version such as `3.12`; an empty one admits all."""
    if not text:
        return True
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(text.removeprefix("python").strip()).contains(version)
