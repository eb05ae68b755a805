"""UTF-8 that was read as Mac Roman, and written again: `‚Äî` for a dash. The inverse is exact, and is proven for each line."""

from typing import Final

DAMAGED: Final = "mac_roman"


def mended(text: str) -> tuple[str, list[int]]:
    """A text as it was before its bytes were read as Mac Roman, and the lines that cannot be mended.

    A line is taken only if reading its bytes as Mac Roman gives the damaged line again, character by character.

    Args:
        text: The text as it is now.

    Returns:
        The mended text, and the numbers, counted from 1, of the lines that hold damage and stay as they are.
    """
    whole = _inverse(text)
    if whole is not None:
        return whole, []
    lines, failed = [], []
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        found = line if line.isascii() else _inverse(line)
        if found is None and is_damaged(line):
            failed.append(number)
        lines.append(line if found is None else found)
    return "".join(lines), failed


def is_damaged(text: str) -> bool:
    """Whether a text shows the damage: dashes and quotes that were read as Mac Roman."""
    return "‚Ä" in text or "üî" in text or "‚Ü" in text


def _inverse(text: str) -> str | None:
    try:
        found = text.encode(DAMAGED).decode("utf-8")
    except UnicodeError:
        return None
    return found if found.encode("utf-8").decode(DAMAGED) == text else None
