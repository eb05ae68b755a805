"""What each directive takes: its title, its options, and the block it becomes."""

import re
from collections.abc import Callable, Collection
from typing import Any, Final

from msgspec import Struct

from vulgate.detect.base import DETECTOR_GROUP
from vulgate.markdown import nodes as n
from vulgate.markdown.directives import NAMES
from vulgate.model import blocks as b
from vulgate.model.codes import Reporter
from vulgate.model.frontmatter import LEVELS
from vulgate.model.globs import from_root
from vulgate.model.ids import VALID_ID
from vulgate.model.spans import LineIndex
from vulgate.model.suggest import did_you_mean
from vulgate.model.topics import WORDS, applies_fault
from vulgate.model.versions import version_error
from vulgate.passes.references import phrases
from vulgate.plugins import plugin_names

SEVERITIES: Final = ("critical", "high", "medium", "low")
DIFFICULTIES: Final = ("easy", "medium", "hard")
_CITATION: Final = re.compile(
    r"(?:PEP|RFC) \d+|CVE-\d{4}-\d{4,}|https?://[\w-]+(?:\.[\w-]+)+(?:[:/?#]\S*)?|[^()]+ \([^()]*\b\d{4}\)(?: .+)?"
)
DETECTORS: Final = ("ruff", "ast-grep", "type-checker", "layers", "metric", "plugin", "review")


class Spec(Struct, frozen=True):
    """What a directive takes.

    Attributes:
        block: The block it becomes.
        title: What the title is, if it must have one.
        options: Its own options and how each is read.
        parts: Fences that belong inside it.
    """

    block: Any
    title: str = ""
    options: dict[str, "_Read"] = {}
    parts: tuple[str, ...] = ()


RENAMED: Final = {"scope": "applies-to"}
"""Options that had another name: the old one, and what it is called now."""
_FIELDS: Final = {"applies-to": "applies"}
_Read = Callable[[str], tuple[Any, str]]


def _text(value: str) -> tuple[Any, str]:
    return value, "" if value else "it is empty"


def _id(value: str) -> tuple[Any, str]:
    return value, "" if VALID_ID.fullmatch(value) else "an id is lower-case letters, digits, hyphens and dots"


def _list(value: str) -> tuple[Any, str]:
    items = tuple(item.strip() for item in value.split(",") if item.strip())
    return items, "" if items else "it is empty"


def _questions(value: str) -> tuple[Any, str]:
    items = phrases(value)
    return items, "" if items else "it is empty"


def _cite(value: str) -> tuple[Any, str]:
    items, reason = _list(value)
    wrong = [item for item in items if not _CITATION.fullmatch(item)]
    known = "write `PEP 703`, an address, `RFC 9110`, `CVE-2024-1234`, or a book as `Title (Author 2022)`"
    return items, reason or (f"`{wrong[0]}` is no citation; {known}" if wrong else "")


def _flag(value: str) -> tuple[Any, str]:
    return True, "it takes no value" if value else ""


def _applies(value: str) -> tuple[Any, str]:
    items, reason = _list(value)
    if reason := reason or applies_fault(items):
        return items, reason
    return tuple(dict.fromkeys(item if item in WORDS else from_root(item) for item in items)), ""


def _versions(value: str) -> tuple[Any, str]:
    return value, version_error(value) or ("" if value else "it is empty")


def _noise(value: str) -> tuple[Any, str]:
    if re.fullmatch(r"\d+(?:\.\d+)?", value):
        return float(value), ""
    return 0.0, "write the findings in a thousand lines outside tests, as in `0.04`"


def _precision(value: str) -> tuple[Any, str]:
    if match := re.fullmatch(r"(\d+)/(\d+)", value):
        right, read = int(match[1]), int(match[2])
        if 0 < read >= right:
            return (right, read), ""
    return (0, 0), "write how many of the findings that were read are right, as in `14/15`"


def _one_of(*choices: str) -> _Read:
    return lambda value: (value, "" if value in choices else did_you_mean(value, choices) or "it is empty")


def _minutes(value: str) -> tuple[Any, str]:
    return (int(value), "") if value.isdecimal() else (0, "it must be a whole number of minutes")


def _holds(value: str) -> tuple[Any, str]:
    error = version_error(value.removeprefix("python").strip())
    return value, error or ("" if value.removeprefix("python").strip() else "it is empty")


def _detect(value: str) -> tuple[Any, str]:
    name, _, rest = value.partition(" ")
    if name not in DETECTORS:
        others = plugin_names(DETECTOR_GROUP)
        return value, "" if name in others else did_you_mean(name, (*DETECTORS, *others))
    if name == "ruff" and not re.fullmatch(r"[A-Z]+\d*(?:\s*,\s*[A-Z]+\d*)*(?: preview)?", rest.strip()):
        return value, "write the codes, as in `ruff B006` or `ruff FBT001, FBT002`"
    if name == "type-checker" and not re.fullmatch(r"(?:mypy|pyright|ty):[\w-]+", rest.strip()):
        return value, "name the checker and its code, as in `type-checker mypy:arg-type`"
    return value, ""


_COMMON: Final[dict[str, _Read]] = {
    "id": _id,
    "tags": _list,
    "asked": _questions,
    "level": _one_of(*LEVELS),
    "formerly": _list,
    "extends": _list,
    "contradicts": _list,
    "see": _list,
}
SPECS: Final[dict[str, Spec]] = {
    "rule": Spec(
        b.Rule,
        "the rule, as an order,",
        {
            "severity": _one_of(*SEVERITIES),
            "detect": _detect,
            "fix": _text,
            "because": _list,
            "cite": _cite,
            "applies-to": _applies,
            "python": _versions,
            "noise": _noise,
            "precision": _precision,
            "opt-in": _text,
        },
        ("bad", "good", "near", "harm", "detect"),
    ),
    "fact": Spec(b.Fact, "the claim", {"holds": _holds, "cite": _cite}, ("proof",)),
    "term": Spec(b.Term, "the term", {"aliases": _list}),
    "pattern": Spec(b.Pattern, "its name", {"use-when": _text, "avoid-when": _text}),
    "contrast": Spec(b.Contrast, "what is compared, as in `A vs B`,"),
    "rationale": Spec(b.Rationale),
    "qa": Spec(b.Qa, "the question", {"self-check": _flag}),
    "exercise": Spec(
        b.Exercise,
        "its name",
        {"difficulty": _one_of(*DIFFICULTIES), "minutes": _minutes},
        ("starter", "test", "solution"),
    ),
    "quick": Spec(b.Quick),
    "intuition": Spec(b.Intuition),
    "role": Spec(b.Role, "the reader"),
    "story": Spec(b.Story),
    "note": Spec(b.Note),
    "tip": Spec(b.Note),
    "warning": Spec(b.Note),
}
ROLE_OWNERS: Final = {part: name for name, spec in SPECS.items() for part in spec.parts}


def read_directive(node: n.Directive, lines: LineIndex, reporter: Reporter) -> dict[str, Any]:
    """The values of a directive's title and options, by the names of the block's fields.

    Unknown and wrong ones are reported and left out. Lists of block ids (`because`, `see`, `extends`, `contradicts`) are
    returned as `references`: pairs of relation and id.
    """
    head = lines.span(node.start, _line_end(lines, node.start))
    name = node.name.strip()
    spec = SPECS.get(name)
    if spec is None:
        brace = lines.data.find(b"}", head.start, head.end)
        opening = lines.span(head.start, brace + 1) if brace >= 0 else head
        reporter.add("unknown-directive", opening, name=name, help=did_you_mean(name, NAMES))
        return {}
    if not node.braced:
        reporter.add("directive-without-braces", head, name=name, colons=":" * node.colons)
    if spec.title and not node.title:
        reporter.add("missing-title", head, directive=name, what=spec.title.rstrip(","))
    values: dict[str, Any] = {"title": node.title}
    known = {**_COMMON, **spec.options}
    for option in node.options:
        span = lines.span(option.start, option.end)
        read = known.get(option.name)
        if read is None:
            reporter.add("unknown-option", span, directive=name, name=option.name, help=_known(option, known))
            continue
        value, reason = read(option.value)
        field = _FIELDS.get(option.name) or option.name.replace("-", "_")
        if reason or (field in values and field != "cite"):
            reporter.add("wrong-option-value", span, name=option.name, reason=reason or "it is given twice")
        elif field == "cite":
            values["cite"] = (*values.get("cite", ()), *value)
        else:
            values[field] = value
    if spec.block is b.Contrast:
        values["sides"] = tuple(side.strip() for side in re.split(r"\s+vs\.?\s+", node.title) if side.strip())
    if spec.block is b.Note:
        values["style"] = name
    return values


def _known(option: n.Option, known: Collection[str]) -> str:
    """What to write instead of an option that the directive has not."""
    if (new := RENAMED.get(option.name)) in known:
        return f"it is called `:{new}:` now: write `:{new}: {option.value}`"
    return did_you_mean(option.name, known)


def take_references(node: n.Directive, values: dict[str, Any], lines: LineIndex) -> list[tuple[str, str, int, int]]:
    """Takes the ids of other blocks out of `values`: (relation, id, start, end) for each. `because` stays, for the rule."""
    relations = {"because": "requires", "extends": "extends", "contradicts": "contradicts", "see": "see-also"}
    found = []
    for option in node.options:
        if option.name in relations and option.name in values:
            for target in values[option.name]:
                at = lines.data.find(target.encode(), option.start, option.end)
                found.append((relations[option.name], target, at, at + len(target.encode())))
    for name in ("extends", "contradicts", "see", "id"):
        values.pop(name, None)
    return found


def _line_end(lines: LineIndex, start: int) -> int:
    return start + len(lines.data[start : lines.line_start(lines.line(start) + 1)].rstrip(b"\r\n"))
