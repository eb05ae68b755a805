"""Passages that the old compiler wrote in one line, with their lists, tables, quotes and fences again."""

import re
from typing import Final

_BULLET: Final = re.compile(r" [-•] (?=[*`_\"'“(\[A-Z0-9✅❌✔⚠🟢🟡🔴])")
_STEP: Final = re.compile(r"(?:(?<=\s)|^)(\d{1,2})[.)] (?=\S)")
_DELIMITER: Final = re.compile(r"\|(?:\s*:?-{3,}:?\s*\|)+")
_FENCE: Final = re.compile(r"```(\w*) (.*?) ```")
_ENDS: Final = re.compile(r"[.!?:)\]}`*\"'”’…✅❌✔🟢🟡🔴\w]$")
_CUT: Final = re.compile(r"(?:\w{3,}\.\.\.|\w…)$|\b\w+-$")


def unflattened(text: str) -> str:
    """A passage with line breaks where they are certain; any other is given back as it is."""
    if "\n" in text:
        return text
    text = (
        _FENCE.sub(lambda match: f"\n\n```{match[1]}\n{match[2]}\n```\n\n", text)
        if "```" in text and not text.startswith(">")
        else text
    )
    if text.startswith("> "):
        return "\n".join(map(str.rstrip, re.split(r" (?=> ?)", text)))
    if "|" in text and (delimiter := _DELIMITER.search(text)):
        return _table(text, delimiter)
    if "\n" in text:
        return text.strip("\n")
    return _steps(text) or _bullets(text) or text


def is_cut(text: str) -> bool:
    """Whether a passage ends in the middle of a word."""
    return bool(_CUT.search(text.strip()))


def _bullets(text: str) -> str:
    """`- a - b - c` as a list; a lead before the first item stays a paragraph."""
    if text.startswith(("- ", "• ")):
        items = [item.strip() for item in _BULLET.split(text[2:])]
        return "\n".join(f"- {item}" for item in items) if len(items) > 1 or text.startswith("- ") else ""
    lead, *items = _BULLET.split(text)
    if len(items) >= 2 and lead.rstrip().endswith((":", ":**", "**:")):
        return f"{lead.strip()}\n\n" + "\n".join(f"- {item.strip()}" for item in items)
    return ""


def _steps(text: str) -> str:
    """`1. a 2. b 3. c` as a list; a lead before the first step and a total behind the last stay paragraphs."""
    found = [(match.start(), match.end(), int(match[1])) for match in _STEP.finditer(text)]
    first = next((at for at, (_, _, number) in enumerate(found) if number == 1), None)
    if first is None:
        return ""
    steps = [found[first]]
    for step in found[first + 1 :]:
        if step[2] == steps[-1][2] + 1:
            steps.append(step)
    if len(steps) < 2:
        return ""
    lead = text[: steps[0][0]].strip()
    ends = [*(start for start, _, _ in steps[1:]), len(text)]
    items = [text[end:stop].strip() for (_, end, _), stop in zip(steps, ends, strict=True)]
    tail = re.search(r" (\*\*[A-Z][^*]*\*\*)$", items[-1])
    after = ""
    if tail:
        items[-1], after = items[-1][: tail.start()].strip(), f"\n\n{tail[1]}"
    return (f"{lead}\n\n" if lead else "") + "\n".join(f"{at}. {item}" for at, item in enumerate(items, 1)) + after


def _table(text: str, delimiter: re.Match[str]) -> str:
    """`| a | b | |---|---| | 1 | 2 |` as a table; its delimiter says how many columns it has."""
    columns = delimiter[0].count("|") - 1
    head = text[: delimiter.start()].rstrip()
    start = _start_of_row(head, columns)
    if start < 0:
        return text
    cells = [cell.strip() for cell in text[delimiter.end() :].strip().split("|")]
    rows: list[str] = []
    row: list[str] = []
    rest = ""
    for at, cell in enumerate(cells):
        if not row and not cell and len(cells) - at > columns:
            row = ["|"]
            continue
        if row:
            row.append(cell)
            if len(row) == columns + 1:
                rows.append(f"| {' | '.join(row[1:])} |")
                row = []
        else:
            rest = "|".join(cells[at:]).strip(" |")
            break
    if len(row) > 1:
        rest = " ".join(row[1:])
    lead = head[:start].strip()
    lines = [*([lead, ""] if lead else []), head[start:].strip(), delimiter[0], *rows, *(["", rest] if rest else [])]
    return "\n".join(lines)


def _start_of_row(head: str, columns: int) -> int:
    """Where the row begins with which a text ends; negative if it is no row of so many cells."""
    if not head.endswith("|"):
        return -1
    at = len(head)
    for _ in range(columns + 1):
        at = head.rfind("|", 0, at)
        if at < 0:
            return -1
    return at
