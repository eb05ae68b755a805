"""Mending findings: all fixes that do not touch each other, again and again until nothing is left, file by file."""

import json
import re
import stat
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from msgspec import Struct

from vulgate.check.files import NOTEBOOK, load_bytes
from vulgate.detect.base import Match
from vulgate.detect.edits import apply_fixes
from vulgate.detect.source import Edit, Source
from vulgate.model.findings import Finding
from vulgate.store.atomic import write_file

ROUNDS: Final = 20
_BOM: Final = b"\xef\xbb\xbf"
_LINE_END = re.compile(r"\r\n|\r|\n")


class Mended(Struct, frozen=True):
    """A file before and after.

    Attributes:
        path: The file.
        before: Its bytes.
        after: Its bytes, mended.
        findings: What was mended.
    """

    path: str
    before: bytes
    after: bytes
    findings: tuple[Finding, ...]


def mend(path: str, data: bytes, findings: Sequence[Finding]) -> Mended:
    """Mends findings of a file, those whose fixes can be made together.

    Args:
        path: The file.
        data: Its bytes, as they were when the findings were found.
        findings: Findings with fixes.
    """
    source = load_bytes(path, data).source
    if source is None:
        return Mended(path, data, data, ())
    newline = _newline(source.text)
    cuts = [source.offset(line, 1) - 1 for line in source.cells if line][1:]
    by_match = {match: finding for finding in findings if (match := _match(finding, newline, cuts))}
    text, mended = apply_fixes(source.text, by_match)
    if path.endswith(NOTEBOOK):
        after = _notebook(source, data, _cells(text, cuts, {edit for match in mended for edit in match.edits}))
    else:
        after = _file(data, text)
    if after is None:
        return Mended(path, data, data, ())
    return Mended(path, data, after, tuple(by_match[match] for match in mended))


def _match(finding: Finding, newline: str, cuts: Sequence[int]) -> Match | None:
    """What to apply for a finding; `None` if that is nothing, or touches two cells of a notebook.

    Args:
        finding: The finding.
        newline: How lines end in the file.
        cuts: Where the line ends between the cells of a notebook stand.
    """
    made: list[Edit] = []
    for edit in finding.fix.edits if finding.fix else ():
        start, end, text = edit.start.offset, edit.end.offset, _LINE_END.sub(newline, edit.text)
        if end - 1 in cuts and start < end:  # a line is taken away to its end, which is that of the cell
            end, text = end - 1, text.removesuffix(newline)
        if any(start <= cut < end for cut in cuts):
            return None
        made.append(Edit(start, end, text))
    edits = tuple(made)
    return Match(finding.rule, finding.path, finding.start.offset, finding.end.offset, edits=edits) if edits else None


def _newline(text: str) -> str:
    """How the lines of a text end; the first one decides."""
    match = _LINE_END.search(text)
    return match[0] if match else "\n"


def _file(data: bytes, text: str) -> bytes:
    """The text in the file's encoding."""
    return (_BOM if data.startswith(_BOM) else b"") + text.encode("utf-8")


def _notebook(source: Source, data: bytes, news: Sequence[str]) -> bytes | None:
    """The notebook with the code of its cells replaced; `None` if lines of IPython's own language could get lost."""
    notebook = json.loads(data.removeprefix(_BOM))
    starts = [source.offset(line, 1) for line in source.cells if line]
    ends = [*(at - 1 for at in starts[1:]), len(source.text)]
    cells = [cell for cell, line in zip(notebook["cells"], source.cells, strict=True) if line]
    for cell, start, end, new in zip(cells, starts, ends, news, strict=True):
        old = source.text[start:end]
        if new != old:
            if "\n#" in f"\n{old}" and _has_magic(cell):
                return None
            cell["source"] = new.splitlines(keepends=True) if isinstance(cell["source"], list) else new
    return _dump(notebook, data)


def _has_magic(cell: dict[str, object]) -> bool:
    source = cell["source"]
    code = source if isinstance(source, str) else "".join(source)  # type: ignore[arg-type]
    return any(line.lstrip().startswith(("%", "!", "?")) for line in code.splitlines())


def _cells(text: str, cuts: Sequence[int], edits: Iterable[Edit]) -> list[str]:
    """The code of each cell in the mended text: the line ends between the cells have moved by what was put before them."""
    made = list(edits)
    moved = [cut + sum(len(edit.text) - (edit.end - edit.start) for edit in made if edit.end <= cut) for cut in cuts]
    return [text[start + 1 : end] for start, end in pairwise([-1, *moved, len(text)])]


def _dump(notebook: object, data: bytes) -> bytes:
    """A notebook in the form of the old one: with its indentation, line ends and byte order mark."""
    text = data.removeprefix(_BOM).decode("utf-8")
    newline = _newline(text)
    second = text.split(newline, 2)[1] if newline in text else ""
    indent = second[: len(second) - len(second.lstrip())] or (None if newline not in text.rstrip() else 0)
    separators = (",", ":") if indent is None and '": ' not in text else None
    dumped = json.dumps(notebook, indent=indent, separators=separators, ensure_ascii=text.isascii())
    # The line ends of the form; those of the code are escaped.
    return _file(data, dumped.replace("\n", newline) + (newline if text.endswith(newline) else ""))


def unified_diff(mended: Iterable[Mended]) -> str:
    """What mending changes, as a patch."""
    import difflib

    parts: list[str] = []
    for one in mended:
        before, after = (data.decode("utf-8", "replace").splitlines(keepends=True) for data in (one.before, one.after))
        lines = difflib.unified_diff(before, after, f"a/{one.path}", f"b/{one.path}")
        parts += (line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
    return "".join(parts)


def write(root: Path, mended: Mended) -> str:
    """Writes a mended file over the old one, if that is still what was mended.

    Returns:
        Why not, or an empty string.
    """
    place = root / mended.path
    try:
        if place.is_symlink():
            place = place.resolve(strict=True)
        now = place.read_bytes()
        if now == mended.after:  # by another name of the same file
            return ""
        if now != mended.before:
            return "changed while it was mended, and is left as it is"
        mode = stat.S_IMODE(place.stat().st_mode)
        if not mode & 0o222:
            return "is read-only, and is left as it is"
        write_file(place, mended.after, mode=mode)
    except OSError as error:
        return f"cannot be written: {(error.strerror or str(error)).lower()}"
    return ""
