"""`--update`: writes the real output into the source, only where an output fence or a `#>` comment is."""

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from vulgate.markdown.nodes import CodeBlock
from vulgate.markdown.parser import parse
from vulgate.model.blocks import Status
from vulgate.model.codes import Reporter
from vulgate.model.diagnostics import Diagnostic
from vulgate.model.proofs import Result
from vulgate.sessions.inline import comments, rewritten
from vulgate.source.book import SourceBook, SourceFile
from vulgate.store.atomic import write_all
from vulgate.verify.output import matches
from vulgate.verify.prove import version_of

_OUTPUT: Final = "output"
_ANY: Final = "..."
_COMPARED: Final = 2000  # lines; what is longer is written as a whole

Edit = tuple[int, int, bytes]
"""Start and end in a chapter, and what is to stand there."""


class Rewritten(Struct, frozen=True):
    """What was written.

    Attributes:
        written: The chapter files that have changed.
        mended: Block and runtime of the results that are true now.
        diagnostics: What could not be written.
    """

    written: tuple[str, ...]
    mended: frozenset[tuple[str, str]]
    diagnostics: tuple[Diagnostic, ...]


def rewrite(source: SourceBook, results: Sequence[Result]) -> Rewritten:
    """Writes real outputs into the chapters.

    Args:
        source: The book's files, as they were when the results were found.
        results: All results; those with another output than expected are written.
    """
    reporter = Reporter()
    chapters: dict[str, _Chapter] = {}
    mended: set[tuple[str, str]] = set()
    for found in _by_block(results):
        first = next(result for result in found if _differs(result))
        file = source.file(first.path)
        if file is None:
            continue
        if len({(result.actual, result.inline) for result in found}) > 1:
            labels = ", ".join(result.runtime for result in found)
            reporter.add(
                "output-differs", file.lines.span(*_line(file, first.line)), block=first.block, runtimes=labels
            )
            continue
        chapter = chapters.setdefault(first.path, _Chapter(file))
        if chapter.take(first):
            mended.update((result.block, result.runtime) for result in found)
    files = {path: chapter.edited(chapter.edits) for path, chapter in chapters.items() if chapter.edits}
    for path in [path for path in files if not _is_unchanged(source, path)]:
        reporter.add("chapter-changed", None, path=path)
        return Rewritten((), frozenset(), tuple(reporter.items))
    written = write_all(source.root, files, reporter, force=True)
    return Rewritten(tuple(written), frozenset(mended) if written else frozenset(), tuple(reporter.items))


def _by_block(results: Sequence[Result]) -> Iterable[list[Result]]:
    """For each block with another output than expected, what it gave on all versions that ran it."""
    found: dict[str, list[Result]] = {result.block: [] for result in results if _differs(result)}
    for result in results:
        was_right = result.status is Status.PROVEN and version_of(result.runtime)
        if result.block in found and (was_right or _differs(result)):
            found[result.block].append(result)
    return found.values()


def _differs(result: Result) -> bool:
    return result.actual is not None or bool(result.inline)


def _is_unchanged(source: SourceBook, path: str) -> bool:
    """Whether the chapter on disk is still the one that was proven: nobody's edit of the meantime may be lost."""
    file = source.file(path)
    try:
        return file is not None and (source.root / path).read_bytes() == file.data
    except OSError:
        return False


def _line(file: SourceFile, number: int) -> tuple[int, int]:
    start = file.lines.line_start(number)
    return start, start + len(file.data[start : file.lines.line_start(number + 1)].rstrip(b"\r\n"))


# ---------------------------------------------------------------------------------------------------- a chapter


class _Chapter:
    """A chapter and the edits of its fences.

    Args:
        file: The chapter as it was proven.
    """

    def __init__(self, file: SourceFile) -> None:
        self.data = file.data
        self.lines = file.lines
        self.fences = _fences(file.data)
        self.edits: list[Edit] = []

    def take(self, result: Result) -> bool:
        """Adds the edit that makes a result true; whether there is one.

        What Markdown cannot hold as it is, such as a carriage return or a NUL, stays a failure.
        """
        at = next((n for n, fence in enumerate(self.fences) if self.lines.line(fence.start) == result.line), -1)
        if at < 0:
            return False
        if result.actual is None:
            code = self.fences[at].code
            said = {comment.first: comment.text for comment in comments(code)}
            code = rewritten(code, {line: _updated(said[line], real)[:-1] for line, real in result.inline})
        else:
            at += 1
            if at == len(self.fences) or self.fences[at].info.strip() != _OUTPUT:
                return False
            code = _updated(self.fences[at].code, result.actual)
        if not self.fences[at].closed or "\0" in code:
            return False
        edits = _edits(self.data, self.fences[at], code)
        if not self._is_right(edits, at, code, result.actual):
            return False
        self.edits += edits
        return True

    def _is_right(self, edits: Sequence[Edit], at: int, code: str, actual: str | None) -> bool:
        """Whether the edited chapter says what it should, and in its other fences what it did."""
        fences = _fences(self.edited(edits))
        if len(fences) != len(self.fences):
            return False
        said = [(fence.info, code if n == at else fence.code) for n, fence in enumerate(self.fences)]
        return said == [(fence.info, fence.code) for fence in fences] and (actual is None or matches(code, actual))

    def edited(self, edits: Iterable[Edit]) -> bytes:
        """The bytes of the chapter after some edits."""
        data = self.data
        for start, end, text in sorted(edits, reverse=True):
            data = data[:start] + text + data[end:]
        return data


def _fences(data: bytes) -> list[CodeBlock]:
    return [node for node in parse(data).root.walk() if isinstance(node, CodeBlock)]


def _edits(data: bytes, fence: CodeBlock, code: str) -> list[Edit]:
    """What gives a fence another content. Lines that stay keep their bytes."""
    start = data.find(b"\n", fence.start) + 1
    end = data.rfind(b"\n", 0, fence.end) + 1
    newline = b"\r\n" if data[start - 2 : start] == b"\r\n" else b"\n"
    raw = data[start:end].splitlines(keepends=True)
    before = data[data.rfind(b"\n", 0, fence.start) + 1 : fence.start]
    prefix = re.sub(rb"[^>\t]", b" ", before)  # the mark of a list item stands on its first line only

    def written(line: str, old: bytes) -> bytes:
        lead = _lead(old, prefix) if old else prefix
        return (lead + line.encode() if line else lead.rstrip(b" ")) + newline

    lines = _lines(code)
    body = b"".join(
        b"".join(raw[first:last])
        if kind == "equal"
        else b"".join(written(line, raw[first] if first < len(raw) else b"") for line in lines[new_first:new_last])
        for kind, first, last, new_first, new_last in _opcodes(_lines(fence.code), lines)
    )
    edits = [(start, end, body)]
    run = _run(data, fence.start)
    if (longest := _longest_run(code, run[:1].decode())) >= len(run):
        more = run[:1] * (longest + 1 - len(run))
        closing = data.find(run, end)
        edits += [(fence.start, fence.start, more), (closing, closing, more)]
    return edits


def _lead(old: bytes, prefix: bytes) -> bytes:
    """What stands before the content in a line of a fence: the marks of the quotes and lists around it."""
    return prefix if old.startswith(prefix) or not old.strip() else old[: len(old) - len(old.lstrip(b" \t>"))]


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    if max(len(old), len(new)) > _COMPARED:
        return [("replace", 0, len(old), 0, len(new))]
    return difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _lines(code: str) -> list[str]:
    text = code.removesuffix("\n")
    return text.split("\n") if code else []


def _run(data: bytes, at: int) -> bytes:
    match = re.compile(rb"`+|~+").match(data, at)
    return match[0] if match else b"```"


def _longest_run(code: str, mark: str) -> int:
    """The longest run of a fence's mark that begins a line, and could close the fence."""
    return max(
        (len(run) for run in re.findall(rf"^[ ]{{0,3}}({re.escape(mark)}{{3,}})", code, re.MULTILINE)), default=0
    )


# ---------------------------------------------------------------------------------------------------- wildcards


def _updated(want: str, got: str) -> str:
    """Real output in place of the expected one. A wildcard stays where it still can: between lines that are still there."""
    first, *rest = _stretches(want)
    real = _lines(got)
    if not rest or len(first) + len(rest[-1]) > len(real):
        return _text(real)
    end = len(real) - len(rest[-1])
    found, at, has_gap = list(real[: len(first)]), len(first), True
    for stretch in rest[:-1]:
        place = _place(real, stretch, at, end)
        if place < 0:
            has_gap = False
            continue
        found += [*([_ANY] if has_gap else real[at:place]), *stretch]
        at, has_gap = place + len(stretch), True
    return _text([*found, *([_ANY] if has_gap else real[at:end]), *real[end:]])


def _stretches(want: str) -> list[list[str]]:
    """The expected lines between the wildcards."""
    stretches: list[list[str]] = [[]]
    for line in _lines(want):
        if line.strip() == _ANY:
            stretches.append([])
        else:
            stretches[-1].append(line)
    return stretches


def _place(real: Sequence[str], stretch: Sequence[str], at: int, end: int) -> int:
    """Where some lines stand among others, or -1."""
    last = end - len(stretch)
    return next((n for n in range(at, last + 1) if list(real[n : n + len(stretch)]) == list(stretch)), -1)


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
