"""Globs, made fit for the dialects that they are written in."""

from collections.abc import Iterable
from typing import Final

from vulgate.editions.agents.targets.matter import one_line

_MOST: Final = 64
"""Patterns that the braces of one glob may stand for; beyond, each brace becomes `*`."""
_WILD: Final = str.maketrans(",{}", "???")


def clean(globs: Iterable[str]) -> tuple[str, ...]:
    """The globs, each once, from the root of the repository and without what no file name holds."""
    tidy = (one_line(glob).replace("\\", "/").removeprefix("./").lstrip("/") for glob in globs)
    return tuple(dict.fromkeys(glob for glob in tidy if glob))


def without_commas(globs: Iterable[str]) -> tuple[str, ...]:
    """The globs for a list that is separated by commas: braces written out, a comma or brace that is left as `?`."""
    spread = (each for glob in clean(globs) for each in expanded(glob))
    return clean(each.translate(_WILD) for each in spread)


def split_commas(text: str) -> tuple[str, ...]:
    """The globs in a list that is separated by commas; those inside of braces separate nothing."""
    parts, depth = [""], 0
    for one in text:
        depth += (one == "{") - (one == "}")
        if one == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += one
    return tuple(part.strip() for part in parts if part.strip())


def expanded(glob: str) -> tuple[str, ...]:
    """The globs without braces that one with braces stands for; a brace that never closes is text."""
    done: list[str] = []
    waiting = [glob]
    while waiting:
        each = waiting.pop(0)
        close = each.find("}")
        start = each.rfind("{", 0, close) if close >= 0 else -1
        if start < 0:
            done.append(each)
            continue
        # The innermost brace first, so that nested ones come out right.
        choices = each[start + 1 : close].split(",")
        if len(done) + len(waiting) + len(choices) > _MOST:
            choices = ["*"]
        waiting += [each[:start] + choice + each[close + 1 :] for choice in choices]
    return tuple(dict.fromkeys(done))
