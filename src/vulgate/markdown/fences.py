"""Info strings: the language and the attributes of a code fence."""

import re
from typing import Final

from msgspec import Struct

from vulgate.model.blocks import Fence
from vulgate.model.codes import Reporter
from vulgate.model.spans import LineIndex, Span
from vulgate.model.suggest import did_you_mean
from vulgate.model.versions import version_error

ROLES: Final = ("bad", "good", "near", "harm", "proof", "detect", "test", "solution", "starter")
FLAGS: Final = ("syntax-error", "static", "strict")
VALUES: Final = ("group", "file", "raises", "match", "python", "requires", "service", "types", "skip")
KNOWN: Final = (*ROLES, *FLAGS, *VALUES)

_INFO = re.compile(r"([^\s{]*)\s*(?:\{(.*)\})?(.*)", re.DOTALL)
_WORD = re.compile(r"""([\w.:#-]+)(?:=("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"']+)?)?|(\S+)""")


class Info(Struct, frozen=True):
    """What an info string says."""

    language: str = ""
    fence: Fence = Fence()


def read_info(info: str, span: Span, reporter: Reporter, lines: LineIndex | None = None) -> Info:
    """Reads an info string such as `python {bad raises=TypeError}`.

    Args:
        info: The text after the backticks.
        span: Where the fence opens, for diagnostics.
        reporter: Takes a diagnostic for each word that is unknown or has a wrong value.
        lines: The chapter file, to point at the word and not at the whole line.
    """
    if not info:
        return Info()
    faults = _Faults(span, reporter, lines)
    match = _INFO.fullmatch(info.strip())
    assert match is not None  # the pattern matches any text
    language, attributes, rest = match[1], match[2], match[3].strip()
    for word in rest.split():
        faults.unknown(word, "attributes stand in braces after the language: ```` ```python {static} ````")
    fence = _attributes(attributes, faults) if attributes else Fence()
    return Info(language.lower(), fence)


class _Faults:
    """Reports faults of one info string, each at its word."""

    def __init__(self, span: Span, reporter: Reporter, lines: LineIndex | None) -> None:
        self.span = span
        self.reporter = reporter
        self.lines = lines

    def unknown(self, word: str, help: str) -> None:
        self.reporter.add("unknown-fence-attribute", self._at(word), name=word, help=help)

    def wrong(self, name: str, reason: str) -> None:
        self.reporter.add("wrong-fence-attribute", self._at(name), name=name, reason=reason)

    def _at(self, word: str) -> Span:
        at = self.lines.data.rfind(word.encode(), self.span.start, self.span.end) if self.lines else -1
        return self.lines.span(at, at + len(word.encode())) if self.lines and at >= 0 else self.span


def _attributes(text: str, faults: "_Faults") -> Fence:
    values: dict[str, str] = {}
    flags: set[str] = set()
    roles: list[str] = []
    for match in _WORD.finditer(text):
        name, value, other = match[1], match[2], match[3]
        if other or name not in KNOWN:
            word = other or name
            faults.unknown(word, did_you_mean(word, KNOWN))
        elif name in VALUES:
            if not value:
                faults.wrong(name, f"it needs a value, as in `{name}=...`")
            elif name in values:
                faults.wrong(name, "it is given twice")
            else:
                values[name] = _unquote(value)
        elif "=" in match[0]:
            faults.wrong(name, "it takes no value")
        elif name in ROLES:
            roles.append(name)
        else:
            flags.add(name)
    if len(roles) > 1:
        faults.wrong(roles[1], f"a fence has one part, and this one is `{roles[0]}`")
    _check(values, faults)
    return Fence(
        role=roles[0] if roles else "",
        group=values.get("group", ""),
        file=values.get("file", ""),
        raises=values.get("raises", ""),
        match=values.get("match", ""),
        syntax_error="syntax-error" in flags,
        static="static" in flags,
        strict="strict" in flags,
        python=values.get("python", ""),
        requires=tuple(values.get("requires", "").split()),
        service=values.get("service", ""),
        types=values.get("types", ""),
        skip=values.get("skip", ""),
    )


def _unquote(value: str) -> str:
    if value[0] == '"':
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value[1:-1] if value[0] == "'" else value


def _check(values: dict[str, str], faults: "_Faults") -> None:
    if "match" in values and "raises" not in values:
        faults.wrong("match", "it needs `raises=` beside it")
    if error := version_error(values.get("python", "")):
        faults.wrong("python", error)
    if "types" in values and values["types"] != "ok" and not re.fullmatch(r"error:[\w-]+", values["types"]):
        faults.wrong("types", "write `types=ok` or `types=error:code`")
    path = values.get("file", "")
    if path.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", path) or re.match(r"[A-Za-z]:", path):
        faults.wrong("file", "the path must stay inside the example's folder")
