"""Applying what detectors would mend."""

from collections.abc import Iterable
from itertools import combinations

from vulgate.detect.base import Match
from vulgate.detect.source import Edit


def apply_fixes(text: str, findings: Iterable[Match]) -> tuple[str, list[Match]]:
    """Mends a text.

    The edits of a finding are made together or not at all; of findings whose edits touch the same characters, the first
    one wins, and the others are left for the next round.

    Args:
        text: The text of the file.
        findings: Findings in it, with or without edits.

    Returns:
        The new text, and the findings that were mended.
    """
    taken: list[Edit] = []
    mended: list[Match] = []
    for finding in sorted(findings, key=lambda finding: (finding.start, finding.end)):
        new = [edit for edit in dict.fromkeys(finding.edits) if edit not in taken]
        if any(_overlap(one, other) for one, other in combinations(new, 2)):
            continue
        if finding.edits and not any(_touch(edit, other) for edit in new for other in taken):
            taken += new
            mended.append(finding)
    parts: list[str] = []
    at = 0
    for edit in sorted(taken, key=lambda edit: (edit.start, edit.end)):
        parts += (text[at : edit.start], edit.text)
        at = edit.end
    return "".join([*parts, text[at:]]), mended


def _touch(one: Edit, other: Edit) -> bool:
    if one.start == one.end or other.start == other.end:  # two insertions at one place have no order
        return one.start <= other.end and other.start <= one.end
    return _overlap(one, other)


def _overlap(one: Edit, other: Edit) -> bool:
    return one.start < other.end and other.start < one.end
