"""The messages of sequence diagrams: `A->>+B: text`."""

import re
from typing import NamedTuple

# Half heads (`-|\`, `//-`) are drawn on one side of the line only; the mirrored ones have their head at the source.
_ARROW = re.compile(
    r"<<-->>|<<->>|-->>|->>|-->|->|--?[x)]|--?\|[\\/]|--?\\\\|--?//|[\\/]\|--?|//--?|\\\\--?", re.IGNORECASE
)
_TYPES = {
    "->": "line",
    "-->": "dotted-line",
    "->>": "message",
    "-->>": "reply",
    "-x": "cross",
    "--x": "dotted-cross",
    "-)": "async",
    "--)": "dotted-async",
    "<<->>": "two-way",
    "<<-->>": "dotted-two-way",
}
_NO_NAME = re.compile(r"[+<>,]|--")


class Message(NamedTuple):
    """One message. `activation` is `+` if it activates its target, `-` if it deactivates its source, or ""."""

    source: str
    target: str
    type: str
    activation: str
    label: str


def read_message(text: str) -> Message | str:
    """Read `A->>B: text`; return what is wrong if it is none."""
    head, colon, label = text.partition(":")
    found = _ARROW.search(head)
    if found is None:
        return f"`{text}` is no statement of a sequence diagram"
    arrow = found[0]
    source = head[: found.start()].strip().removesuffix("()").rstrip()
    target = head[found.end() :].strip()
    activation = target[:1] if target[:1] in ("+", "-") else ""
    target = target.removeprefix(activation).removeprefix("()").lstrip()
    if not source:
        return f"The arrow `{arrow}` has no source"
    if not target:
        return f"The arrow `{arrow}` has no target"
    for name in (source, target):
        if _NO_NAME.search(name):
            return f"`{name}` is no name of a participant"
    if not colon:
        return f"The message from `{source}` to `{target}` has no text"
    kind = _TYPES.get(arrow.lower())
    if kind is None:
        kind = "dotted-half" if "--" in arrow else "half"
        if arrow.endswith("-"):
            source, target = target, source
    return Message(source, target, kind, activation, label.strip())
