"""What a class holds: attributes, methods and annotations."""

import re

from vulgate.passes.mermaid.graph import Draft

ANNOTATION = re.compile(r"[ \t]*+<<[ \t]*([\w-]+)[ \t]*>>")


def add_member(draft: Draft, member: str) -> None:
    """Add a line of a class body, or what stands behind `A :`."""
    if annotation := ANNOTATION.fullmatch(member):
        draft.shape = annotation[1]
    else:
        draft.add(_generics(member))


def _generics(member: str) -> str:
    """Write `Map~K, List~V~~` as `Map<K, List<V>>`. A `~` in front is a visibility and stays."""
    out, depth = [member[:1]], 0
    for before, char, after in zip(member, member[1:], [*member[2:], ""], strict=False):
        if char != "~":
            out.append(char)
        elif _is_word(before) and _is_word(after):
            out.append("<")
            depth += 1
        elif depth:
            out.append(">")
            depth -= 1
        else:
            out.append(char)
    return member if depth else "".join(out)


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"
