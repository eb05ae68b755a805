"""SVG as a drawing: without scripts, and without anything from elsewhere."""

import re
from typing import Final
from xml.etree import ElementTree

SVG: Final = "http://www.w3.org/2000/svg"
_XLINK: Final = "http://www.w3.org/1999/xlink"
_ACTIVE: Final = frozenset(
    {
        "script",
        "foreignObject",
        "set",
        "animate",
        "animateMotion",
        "animateTransform",
        "handler",
        "listener",
        "metadata",
    }
)
_ADDRESSES: Final = frozenset({"href", f"{{{_XLINK}}}href", "src"})
_KEPT: Final = (f"{{{_XLINK}}}", "{http://www.w3.org/XML/1998/namespace}")
_DROPPED: Final = re.compile(r"on|data-|aria-|(?:role|name)\Z", re.IGNORECASE)
"""Attributes for scripts, and those that only say what HTML around it should know."""
_BOXES: Final = frozenset({"svg", "symbol", "marker", "pattern", "view"})
_AREAS: Final = frozenset({"svg", "rect", "image", "use", "filter", "mask", "pattern"})
_SIZED: Final = {"viewBox": _BOXES, "width": _AREAS, "height": _AREAS}
"""Where an attribute means something; programs that draw write it elsewhere, too."""
_PICTURE: Final = re.compile(r"data:image/(?:png|jpeg|gif|webp);", re.IGNORECASE)
_OUTSIDE: Final = re.compile(r"@import[^;]*;?|url\(\s*['\"]?(?!#)[^)]*\)", re.IGNORECASE)
_ENTITY: Final = b"<!ENTITY"


class SvgError(ValueError):
    """A file is no SVG that can be used; the message says why."""


def clean_svg(data: bytes) -> bytes:
    """An SVG without scripts, events, embedded HTML, entities and addresses outside of it.

    Raises:
        SvgError: It cannot be read.
    """
    if _ENTITY in data.replace(b"\0", b"").upper():  # in UTF-16, too
        raise SvgError("it declares entities")
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 - no entity is declared
    except (ElementTree.ParseError, LookupError, RecursionError, ValueError) as error:
        raise SvgError(f"it is no well-formed XML: {error}") from None
    if root.tag != f"{{{SVG}}}svg":
        raise SvgError("its root is no `svg` element of SVG's name space")
    stack = [root]
    while stack:
        element = stack.pop()
        for child in list(element):
            if not isinstance(child.tag, str) or not _is_drawn(child.tag):
                element.remove(child)
            else:
                stack.append(child)
        _clean_attributes(element)
        if _local(element.tag) == "style" and element.text:
            element.text = _OUTSIDE.sub("none", element.text)
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    data = ElementTree.tostring(root, encoding="utf-8")
    assert isinstance(data, bytes)
    return data


def _is_drawn(tag: str) -> bool:
    """Whether an element is SVG that only draws; programs leave elements of their own in what they save."""
    return tag.startswith(f"{{{SVG}}}") and _local(tag) not in _ACTIVE


def _clean_attributes(element: ElementTree.Element) -> None:
    for name, value in list(element.attrib.items()):
        local = _local(name)
        outside = name in _ADDRESSES and not (value.strip().startswith("#") or _PICTURE.match(value.strip()))
        of_others = name.startswith("{") and not name.startswith(_KEPT)
        misplaced = local in _SIZED and _local(element.tag) not in _SIZED[local]
        if outside or of_others or misplaced or _DROPPED.match(local):
            del element.attrib[name]
        elif "(" in value:
            element.attrib[name] = _OUTSIDE.sub("none", value)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
