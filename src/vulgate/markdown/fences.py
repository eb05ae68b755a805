"""Info strings: the language and the attributes of a code fence."""

import re
from typing import Final

from msgspec import Struct

from vulgate.model.blocks import Fence
from vulgate.model.codes import Reporter
from vulgate.model.spans import Span
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


def read_info(info: str, span: Span, reporter: Reporter) -> Info:
    """Reads an info string such as `python {bad raises=TypeError}`.

    Args:
        info: The text after the backticks.
        span: Where the fence opens, for diagnostics.
        reporter: Takes a diagnostic for each word that is unknown or has a wrong value.
    """
    if not info:
        return Info()
    match = _INFO.fullmatch(info.strip())
    assert match is not None  # the pattern matches any text
    language, attributes, rest = match[1], match[2], match[3].strip()
    for word in rest.split():
        reporter.add(
            "unknown-fence-attribute",
            span,
            name=word,
            help="attributes stand in braces after the language: ```` ```python {static} ````",
        )
    fence = _attributes(attributes, span, reporter) if attributes else Fence()
    return Info(language.lower(), fence)


def _attributes(text: str, span: Span, reporter: Reporter) -> Fence:
    values: dict[str, str] = {}
    flags: set[str] = set()
    roles: list[str] = []
    for match in _WORD.finditer(text):
        name, value, other = match[1], match[2], match[3]
        if other or name not in KNOWN:
            word = other or name
            reporter.add("unknown-fence-attribute", span, name=word, help=did_you_mean(word, KNOWN))
        elif name in VALUES:
            if not value:
                reporter.add("wrong-fence-attribute", span, name=name, reason=f"it needs a value, as in `{name}=...`")
            elif name in values:
                reporter.add("wrong-fence-attribute", span, name=name, reason="it is given twice")
            else:
                values[name] = _unquote(value)
        elif "=" in match[0]:
            reporter.add("wrong-fence-attribute", span, name=name, reason="it takes no value")
        elif name in ROLES:
            roles.append(name)
        else:
            flags.add(name)
    if len(roles) > 1:
        reporter.add(
            "wrong-fence-attribute", span, name=roles[1], reason=f"a fence has one part, and this one is `{roles[0]}`"
        )
    _check(values, span, reporter)
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


def _check(values: dict[str, str], span: Span, reporter: Reporter) -> None:
    if "match" in values and "raises" not in values:
        reporter.add("wrong-fence-attribute", span, name="match", reason="it needs `raises=` beside it")
    if error := version_error(values.get("python", "")):
        reporter.add("wrong-fence-attribute", span, name="python", reason=error)
    if "types" in values and values["types"] != "ok" and not re.fullmatch(r"error:[\w-]+", values["types"]):
        reporter.add("wrong-fence-attribute", span, name="types", reason="write `types=ok` or `types=error:code`")
    path = values.get("file", "")
    if path.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", path) or re.match(r"[A-Za-z]:", path):
        reporter.add(
            "wrong-fence-attribute", span, name="file", reason="the path must stay inside the example's folder"
        )
