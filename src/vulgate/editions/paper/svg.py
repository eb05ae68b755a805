"""SVG as a drawing: without scripts, and without anything from elsewhere."""

import re
from typing import Final
from xml.etree import ElementTree

SVG: Final = "http://www.w3.org/2000/svg"
_XLINK: Final = "http://www.w3.org/1999/xlink"
_ACTIVE: Final = frozenset(
    {"script", "foreignObject", "iframe", "object", "embed", "audio", "video", "set", "animate", "animateMotion", "animateTransform", "handler", "listener"}
)
_ADDRESSES: Final = frozenset({"href", f"{{{_XLINK}}}href", "src"})
_PICTURE: Final = re.compile(r"data:image/(?:png|jpeg|gif);", re.IGNORECASE)
_OUTSIDE: Final = re.compile(r"@import[^;]*;?|url\(\s*['\"]?(?!#)[^)]*\)", re.IGNORECASE)
_DECLARED: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class SvgError(ValueError):
    """A file is no SVG that can be used; the message says why."""


def clean_svg(data: bytes) -> bytes:
    """An SVG without scripts, events, embedded HTML, entities and addresses outside of it.

    Raises:
        SvgError: It cannot be read.
    """
    if _DECLARED.search(data) and b"<!ENTITY" in data.upper():
        raise SvgError("it declares entities")
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 - no entity is declared
    except (ElementTree.ParseError, RecursionError, ValueError) as error:
        raise SvgError(f"it is no well-formed XML: {error}") from None
    if _local(root.tag) != "svg":
        raise SvgError("its root is no `svg` element")
    stack = [root]
    while stack:
        element = stack.pop()
        for child in list(element):
            if not isinstance(child.tag, str) or _local(child.tag) in _ACTIVE:
                element.remove(child)
            else:
                stack.append(child)
        _clean_attributes(element)
        if _local(element.tag) == "style" and element.text:
            element.text = _OUTSIDE.sub("none", element.text)
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    return ElementTree.tostring(root, encoding="utf-8")


def _clean_attributes(element: ElementTree.Element) -> None:
    for name, value in list(element.attrib.items()):
        local = _local(name)
        outside = name in _ADDRESSES and not (value.startswith("#") or _PICTURE.match(value))
        if local.lower().startswith("on") or outside or local.startswith("data-"):
            del element.attrib[name]
        elif "(" in value:
            element.attrib[name] = _OUTSIDE.sub("none", value)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
