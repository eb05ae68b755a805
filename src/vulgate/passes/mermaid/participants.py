"""The participants of sequence diagrams: `participant A as Alice`, `create actor B`, `note over A,B: text`."""

import re

from vulgate.passes.mermaid.lexing import shorten
from vulgate.passes.mermaid.types import MermaidError

_AS = re.compile(r"\sas\s", re.IGNORECASE)
_NAME = re.compile(r"[^<>:,;@]+")
_OPTION = re.compile(r"""\b(type|alias)\b["']?\s*+:\s*+["']?([^"',}]*)""")
_NOTE = re.compile(r"note\s++(left\s++of|right\s++of|over)\s++([^:]++):", re.IGNORECASE)
_LINKS = re.compile(r"\w++\s++([^:]++):")
_KINDS = ("participant", "actor")


def read_participant(word: str, rest: str, line: int) -> tuple[str, str | None, str]:
    """Read what follows `participant`, `actor`, `create` or `destroy`: id, label if given, shape if given."""
    kind = word
    if word == "create":
        kind, _, rest = rest.partition(" ")
        kind = kind.lower()
        if kind not in _KINDS:
            raise MermaidError("`create` needs a kind", line, "write `create participant A` or `create actor A`")
    alias = _AS.search(rest)
    label = rest[alias.end() :] if alias else None
    name, at, config = (rest[: alias.start()] if alias else rest).partition("@{")
    if at and not config.rstrip().endswith("}"):
        raise MermaidError(f"`@{{` after `{shorten(name)}` is not closed", line, "close it with `}`")
    name = read_name(word, name, line)
    options = dict(_OPTION.findall(config))
    shape = options.get("type") or ("actor" if kind == "actor" else "")
    return name, options.get("alias") if label is None else label, shape


def read_name(word: str, text: str, line: int) -> str:
    """Check the name of a participant behind the word that needs one."""
    name = text.strip()
    if not name:
        raise MermaidError(f"`{word}` needs a name", line, f"write `{word} A`")
    if not _NAME.fullmatch(name) or name.lower().endswith(" as"):
        raise MermaidError(
            f"`{shorten(name)}` is no name of a participant", line, "write `participant A as Any text: here`"
        )
    return name


def read_mention(word: str, text: str, line: int) -> tuple[list[str], str]:
    """Read a note, or a line such as `links A: ...`: whom it speaks of, each once, and its text."""
    found = (_NOTE if word == "note" else _LINKS).match(text)
    names = [name.strip() for name in found[found.re.groups].split(",")] if found else []
    limit = 2 if found and found[1].lower() == "over" else 1
    if found is None or len(names) > limit or not all(names):
        example = "note over A,B: text" if word == "note" else f"{word} A: text"
        raise MermaidError(f"`{shorten(text)}` is no `{word}` line", line, f"write `{example}`")
    return list(dict.fromkeys(names)), text[found.end() :]
