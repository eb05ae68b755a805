"""Sequence diagrams: participants, messages, and blocks such as `alt ... else ... end`."""

import re
from collections import Counter
from difflib import get_close_matches

from vulgate.passes.mermaid.graph import Graph
from vulgate.passes.mermaid.lexing import Scanner, shorten
from vulgate.passes.mermaid.messages import read_message
from vulgate.passes.mermaid.participants import read_mention, read_name, read_participant
from vulgate.passes.mermaid.types import Diagram, MermaidError

_WORD = re.compile(r"\w+")
_STATEMENTS = re.compile(r"(?:#\w{1,20};|[^;])+")
_COMMENT = re.compile(r"#(?!\w{1,20};).*")
_NUMBERS = re.compile(r"autonumber(\s++off|(\s++[0-9.]++){0,2})", re.IGNORECASE)
_COLOUR = re.compile(
    r"(?:(?:rgb|hsl)a?\([^)]*\)|#[0-9a-f]+|transparent|aqua|black|blue|cyan|fuchsia|gray|green|grey|lime|magenta|maroon|navy"
    r"|olive|orange|pink|purple|red|silver|teal|violet|white|yellow|(?:light|dark|medium|pale)[a-z]+)(?:\s+|$)",
    re.IGNORECASE,
)
_BLOCKS = {"loop", "rect", "opt", "alt", "par", "par_over", "critical", "break", "box"}
_BRANCHES = {"else": ("alt",), "and": ("par", "par_over"), "option": ("critical",)}
_PARTICIPANTS = {"participant", "actor", "create", "destroy"}
_REFERENCES = {"links", "link", "properties", "details"}
_WORDS = {
    *_BLOCKS,
    *_BRANCHES,
    *_PARTICIPANTS,
    *_REFERENCES,
    "note",
    "autonumber",
    "activate",
    "deactivate",
    "title",
    "end",
}


def parse_sequence(scanner: Scanner, title: str) -> Diagram:
    """Read a sequence diagram behind its header word."""
    reader = _Reader(title)
    first = scanner.text.count("\n", 0, scanner.pos) + 1
    for line, text in enumerate(scanner.text[scanner.pos :].split("\n"), first):
        for statement in _STATEMENTS.findall(text) if ";" in text else (text,):
            stripped = _COMMENT.sub("", statement).strip() if "#" in statement else statement.strip()
            if stripped:
                reader.read(stripped, line)
    if reader.blocks:
        word, line = reader.blocks[-1]
        raise MermaidError(f"`{word}` is not closed", line, "close it with `end`")
    return reader.graph.build("sequence", "", reader.title)


class _Reader:
    """Reads statement by statement and keeps what must stay balanced: blocks and activations."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.graph = Graph("participant")
        self.blocks: list[tuple[str, int]] = []
        self.active: Counter[str] = Counter()
        self.awaited = ("", "")
        """Whom the next message must reach, and the word (`create`, `destroy`) that says so."""

    def read(self, text: str, line: int) -> None:
        found = _WORD.match(text)
        word = found[0].lower() if found else ""
        inside = self.blocks[-1][0] if self.blocks else ""
        if inside == "box" and word not in _PARTICIPANTS and word != "end":
            raise MermaidError(
                f"`{shorten(text)}` cannot stand in a `box`", line, "a box holds participants; close it with `end`"
            )
        rest = text[len(word) :].strip()
        if word in _PARTICIPANTS:
            self._participant(word, rest, line)
        elif word in _BLOCKS:
            self.blocks.append((word, line))
            if word == "box":
                self.graph.open(f"box-{self.graph.opened + 1}", _COLOUR.sub("", rest, 1), "box", line)
        elif word in _BRANCHES:
            if inside not in _BRANCHES[word]:
                raise MermaidError(
                    f"`{word}` stands outside `{_BRANCHES[word][0]}`", line, f"open `{_BRANCHES[word][0]}` before it"
                )
        elif word == "end":
            self._end(rest, line)
        elif word in ("activate", "deactivate"):
            self._activate(read_name(word, rest, line), 1 if word == "activate" else -1, line)
        elif word == "title":
            self.title = self.title or rest.removeprefix(":").strip()
        elif word in _REFERENCES or word == "note":
            self._mention(word, text, line)
        elif word == "autonumber":
            if not _NUMBERS.fullmatch(text):
                hint = "write `autonumber`, `autonumber 10 5` or `autonumber off`"
                raise MermaidError(f"`{shorten(text)}` is no `autonumber` line", line, hint)
        else:
            self._message(text, word, line)

    def _participant(self, word: str, rest: str, line: int) -> None:
        name, label, shape = read_participant(word, rest, line)
        self.graph.node(name, label, shape)
        if word in ("create", "destroy"):
            self.awaited = (name, word)

    def _end(self, rest: str, line: int) -> None:
        if rest:
            hint = "`end` stands alone and is no name of a participant"
            raise MermaidError(f"`{shorten(rest)}` stands behind `end`", line, hint)
        if not self.blocks:
            raise MermaidError("`end` closes nothing", line, "remove it, or open a block such as `loop` before it")
        if self.blocks.pop()[0] == "box":
            self.graph.close()

    def _activate(self, name: str, by: int, line: int) -> None:
        self.graph.node(name)
        self.active[name] += by
        if self.active[name] < 0:
            hint = "activate it first: `A->>+B: text`"
            raise MermaidError(f"`{shorten(name)}` is deactivated but not active", line, hint)

    def _mention(self, word: str, text: str, line: int) -> None:
        names, label = read_mention(word, text, line)
        for name in names:
            self.graph.node(name)
        if word == "note":
            self.graph.note(label, *names)

    def _message(self, text: str, word: str, line: int) -> None:
        message = read_message(text)
        if isinstance(message, str):
            close = get_close_matches(word[:40], _WORDS, 1)
            hint = f"did you mean `{close[0]}`?" if close and "->" not in text else "write `A->>B: text`"
            raise MermaidError(message, line, hint)
        awaited, word = self.awaited
        if awaited and message.target != awaited and (word == "create" or message.source != awaited):
            message_text = f"The message after `{word} {shorten(awaited)}` does not reach it"
            raise MermaidError(message_text, line, f"send one to `{shorten(awaited)}` next")
        self.awaited = ("", "")
        self.graph.node(message.source)
        self.graph.node(message.target)
        self.graph.edge(message.source, message.target, message.label, message.type)
        if message.activation:
            active, by = (message.target, 1) if message.activation == "+" else (message.source, -1)
            self._activate(active, by, line)
