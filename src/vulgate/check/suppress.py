"""Comments that let a finding pass.

`# vulgate: ignore[rule] reason` speaks of its own line, or of the next one with code if it stands alone;
`# vulgate: disable[rule] reason` of the lines down to `# vulgate: enable[rule]`; `# vulgate: ignore-file[rule] reason` of the
whole file. Rules are named by their last part or their whole id, several with commas between them.
"""

import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from vulgate.check.positions import in_cell, line_texts, position, text_edit
from vulgate.detect.source import Edit, Source
from vulgate.model.findings import Position, TextEdit
from vulgate.model.suggest import nearest

MARK: Final = "vulgate:"
# A second comment behind ours, such as one for another linter, is not part of the reason; one in quotes is an example.
_COMMENT = re.compile(
    r"(?<![`'\"])(?:#|//|--|;)[ \t]*vulgate:[ \t]*([\w-]+)[ \t]*(?:\[([^\]\r\n]*)\])?[ \t]*((?!#[ \t]|#noqa)[^\r\n]*?)"
    r"(?=[ \t]+#[ \t]|[ \t]*#noqa|[ \t]*(?:[\r\n]|\Z))"
)
_KINDS: Final = ("ignore", "ignore-file", "disable", "enable")
_PYTHON: Final = (".py", ".pyi", ".ipynb")


class Comment(Struct, frozen=True):
    """A comment of ours in a file.

    Attributes:
        names: The rules that it names.
        start: Where the names begin.
        end: Where they end.
        removal: What takes the comment away.
    """

    names: tuple[str, ...]
    start: Position
    end: Position
    removal: TextEdit


class Suppression(Struct, frozen=True):
    """What lets findings pass.

    Attributes:
        rules: What it is about, as written.
        reason: What it says for itself.
        first: First line that it speaks of.
        last: Last line.
        start: Where its comment begins.
        end: Where it ends.
        comments: The comment; with `enable`, two. Other suppressions may stand in the same ones.
        lines: The line with the comment, as a finding has it.
        cell: Of a notebook, the number of its cell; 0 for other files.
        line_in_cell: Line in that cell.
        fault: What is wrong with it, or empty.
    """

    rules: tuple[str, ...]
    reason: str
    first: int
    last: int
    start: Position
    end: Position
    comments: tuple[Comment, ...]
    lines: tuple[str, ...] = ()
    cell: int = 0
    line_in_cell: int = 0
    fault: str = ""

    def covers(self, line: int, last: int, names: frozenset[str]) -> bool:
        """Whether it speaks of lines and of a rule by one of its names."""
        return self.first <= last and line <= self.last and not names.isdisjoint(self.rules)

    def without(self, unused: Sequence[str]) -> tuple[TextEdit, ...]:
        """What takes names out of its comments; a comment of which no name is left goes."""
        edits: list[TextEdit] = []
        for comment in self.comments:
            left = [name for name in comment.names if name not in unused]
            edits.append(TextEdit(comment.start, comment.end, ", ".join(left)) if left else comment.removal)
        return tuple(edits)


def read_suppressions(source: Source) -> tuple[Suppression, ...]:
    """The suppressions of a file, in order."""
    if MARK not in source.text:
        return ()
    found: list[Suppression] = []
    opened: dict[str, tuple[re.Match[str], int]] = {}
    lines = source.line(len(source.text))
    for match in _comments(source):
        kind, names = match[1], _names(match)
        line = source.line(match.start())
        fault = _fault(kind, names, opened)
        if fault:
            found.append(_suppression(source, (match,), (), line, line, fault))
        elif kind == "ignore":
            first, last = _lines(source, match)
            found.append(_suppression(source, (match,), names, first, last))
        elif kind == "ignore-file":
            found.append(_suppression(source, (match,), names, 1, lines))
        elif kind == "disable":
            opened.update(dict.fromkeys(names, (match, line)))
        else:
            begun: dict[tuple[re.Match[str], int], list[str]] = {}
            for name in dict.fromkeys(names):
                begun.setdefault(opened.pop(name), []).append(name)
            for (start, first), closed in begun.items():
                found.append(_suppression(source, (start, match), tuple(closed), first, line))
    for match, line in dict.fromkeys(opened.values()):
        left = tuple(name for name, begun_at in opened.items() if begun_at[0] is match)
        found.append(_suppression(source, (match,), left, line, lines))
    return tuple(sorted(found, key=lambda suppression: suppression.start))


def _names(match: re.Match[str]) -> tuple[str, ...]:
    return tuple(name.strip() for name in (match[2] or "").split(",") if name.strip())


def _fault(kind: str, names: tuple[str, ...], opened: dict[str, tuple[re.Match[str], int]]) -> str:
    if kind not in _KINDS:
        return f"`{kind}` is none of {', '.join(_KINDS)}"
    if not names:
        return f"it names no rule; write `# vulgate: {kind}[rule] reason`"
    if kind == "enable" and (unknown := [name for name in names if name not in opened]):
        return f"`{unknown[0]}` is not disabled above"
    if kind == "disable" and (again := [name for name in names if name in opened]):
        return f"`{again[0]}` is disabled already, in line {opened[again[0]][1]}"
    return ""


def _suppression(
    source: Source, matches: Sequence[re.Match[str]], names: tuple[str, ...], first: int, last: int, fault: str = ""
) -> Suppression:
    match = matches[0]
    start, end = position(source, match.start()), position(source, match.end())
    cell, line_in_cell = in_cell(source, start.line)
    return Suppression(
        names,
        match[3].strip(),
        first,
        last,
        start,
        end,
        tuple(_comment(source, each) for each in matches),
        line_texts(source, start.line, start.line),
        cell,
        line_in_cell,
        fault,
    )


def _comment(source: Source, match: re.Match[str]) -> Comment:
    start, end = match.span(2) if match[2] is not None else (match.end(), match.end())
    return Comment(
        _names(match), position(source, start), position(source, end), text_edit(source, _removal(source, match))
    )


def _removal(source: Source, match: re.Match[str]) -> Edit:
    """Takes the comment with the blanks before it; with its line, if it stands alone."""
    line = source.line(match.start())
    start = source.offset(line, 1)
    end = start + len(source.line_text(line))
    if source.text[start : match.start()].strip():
        return Edit(len(source.text[: match.start()].rstrip()), match.end(), "")
    if behind := source.text[match.end() : end].strip():
        return Edit(match.start(), source.text.index(behind, match.end()), "")
    if line + 1 in source.cells:  # the line end between two cells stays
        return Edit(start if line in source.cells else start - 1, end, "")
    return Edit(start, source.offset(line + 1, 1), "")


def _lines(source: Source, match: re.Match[str]) -> tuple[int, int]:
    """The lines that an `ignore` speaks of: its own, or the next with code."""
    line = source.line(match.start())
    if _has_code(source.text[source.offset(line, 1) : match.start()]):
        return line, line
    following = line + 1
    while following < source.line(len(source.text)) and not _has_code(source.line_text(following)):
        following += 1
    return line, following


def _has_code(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith(("#", "//", "--"))


def _comments(source: Source) -> Iterator[re.Match[str]]:
    """The comments with our mark. In Python a string that looks like one is none."""
    matches = filter(_is_meant, _COMMENT.finditer(source.text))
    if not source.path.endswith(_PYTHON):
        yield from matches
        return
    places = _comment_places(source)
    for match in matches:
        is_comment = places is None or any(start <= match.start() < end for start, end in places)
        if is_comment and match[0].startswith("#"):
            yield match


def _is_meant(match: re.Match[str]) -> bool:
    """Whether a comment is for us, and not words that begin with our name."""
    return match[1] in _KINDS or match[2] is not None or bool(nearest(match[1], _KINDS))


def _comment_places(source: Source) -> list[tuple[int, int]] | None:
    """Where the comments of a Python file stand; `None` if that cannot be told."""
    places: list[tuple[int, int]] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source.text, newline="").readline):
            if token.type == tokenize.COMMENT:
                start = source.offset(token.start[0], token.start[1] + 1)
                places.append((start, start + len(token.string)))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None
    return places
