"""What stands around a diagram: front matter, directives, comments, `accTitle`, the header word."""

import re
from typing import NamedTuple

from vulgate.passes.mermaid.lexing import Scanner
from vulgate.passes.mermaid.types import MermaidError

HEADER_HINT = "start with the kind of diagram, such as `flowchart LR`"

_TAG = re.compile(r"<\w++[^<>]*+>")
_SPACES = re.compile(r"\s*+")
_WORD = re.compile(r"[A-Za-z][\w-]*+")
_TITLE = re.compile(r"title[ \t]*:(.*)")
_ACC_LINE = re.compile(r"[ \t]*+acc(Title|Descr)[ \t]*+:(.*)")
_ACC_BLOCK = re.compile(r"[ \t]*+accDescr[ \t]*+\{")


class Prepared(NamedTuple):
    """A source without front matter, directives and comments. Lines keep their numbers.

    Attributes:
        word: The header word, such as `flowchart`.
        start: Its position in the text of the scanner.
        scanner: Stands behind the header word.
        title: The title of the front matter, or "".
        acc_title: The text of `accTitle`, or "".
    """

    word: str
    start: int
    scanner: Scanner
    title: str
    acc_title: str


def prepare(source: str) -> Prepared:
    """Strip what no grammar has to see, and find the header word.

    Raises:
        MermaidError: If front matter, a directive or `accDescr {` is not closed, or if nothing is left.
    """
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    # Mermaid does the same, so that `A[<b class="x">y</b>]` is no quoted label.
    text = _TAG.sub(lambda tag: tag[0].replace('"', "'"), text)
    lines = text.split("\n")
    title = _strip_front_matter(lines)
    text = _strip_directives("\n".join(lines))
    lines = text.split("\n")
    acc_title = _strip_comments(lines)
    scanner = Scanner("\n".join(lines))
    scanner.take(_SPACES)
    word = scanner.take(_WORD)
    if word is None:
        if scanner.pos == len(scanner.text):
            raise MermaidError("The diagram is empty", 1, HEADER_HINT)
        raise scanner.error(f"`{scanner.excerpt()}` is no kind of diagram", HEADER_HINT)
    return Prepared(word[0], word.start(), scanner, title, acc_title)


def _strip_front_matter(lines: list[str]) -> str:
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None or lines[first].rstrip() != "---":
        return ""
    title = ""
    for number in range(first + 1, len(lines)):
        line = lines[number]
        lines[number] = ""
        if line.rstrip() == "---":
            lines[first] = ""
            return title
        if found := _TITLE.fullmatch(line):
            title = found[1].strip().strip("\"'")
    raise MermaidError("The front matter is not closed", first + 1, "close it with a line `---`")


def _strip_directives(text: str) -> str:
    parts, done = [], 0
    while (start := text.find("%%{", done)) >= 0:
        end = text.find("}%%", start)
        if end < 0:
            raise Scanner(text).error("The directive `%%{` is not closed", "close it with `}%%`", start)
        parts += [text[done:start], "\n" * text.count("\n", start, end)]
        done = end + 3
    return "".join([*parts, text[done:]])


def _strip_comments(lines: list[str]) -> str:
    acc_title, opened = "", 0
    for number, line in enumerate(lines):
        if opened:
            _, closed, after = line.partition("}")
            lines[number], opened = after, 0 if closed else opened
        elif line.lstrip().startswith("%%"):
            lines[number] = ""
        elif "acc" not in line:  # most lines
            continue
        elif found := _ACC_LINE.fullmatch(line):
            lines[number] = ""
            acc_title = found[2].strip() if found[1] == "Title" else acc_title
        elif found := _ACC_BLOCK.match(line):
            _, closed, lines[number] = line[found.end() :].partition("}")
            opened = 0 if closed else number + 1
    if opened:
        raise MermaidError("`accDescr {` is not closed", opened, "close it with `}`")
    return acc_title
