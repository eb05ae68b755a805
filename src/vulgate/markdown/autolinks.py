"""Bare addresses in text become links, as in GitHub Flavored Markdown, section 6.9."""

import re
from collections.abc import Sequence

from vulgate.markdown.nodes import LinkNode, Node, Text

_ADDRESS = re.compile(
    r"(?:(?<=[\s*_~(])|^)(?P<url>(?:https?://|ftp://|www\.)(?P<host>[\w.-]+)(?P<path>[^\s<]*))"
    r"|(?<![\w.+-])(?P<mail>(?:mailto:|xmpp:)?[A-Za-z0-9._+-]+@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+(?P<tail>/[A-Za-z0-9@.]+)?)"
)
_ENTITY_END = re.compile(r"&[A-Za-z0-9]+;$")


def link_addresses(children: Sequence[Node], data: bytes, links: list[LinkNode]) -> tuple[Node, ...]:
    """`children` with the bare addresses in their text turned into links, which are added to `links` too."""
    result: list[Node] = []
    run: list[Text] = []
    for child in children:
        if isinstance(child, Text) and (not run or run[-1].end == child.start):
            run.append(child)
            continue
        result.extend(_link_run(run, data))
        run = [child] if isinstance(child, Text) else []
        if not run:
            result.append(child)
    result.extend(_link_run(run, data))
    links.extend(
        child
        for child in result
        if isinstance(child, LinkNode) and child.style == "autolink" and child.children and not _was_marked(child, data)
    )
    return tuple(result)


def _link_run(run: list[Text], data: bytes) -> list[Node]:
    """Links the addresses in texts that touch each other in the source."""
    if not run:
        return []
    start, end = run[0].start, run[-1].end
    source = data[start:end].decode()
    if "".join(text.value for text in run) != source:  # an entity or escape: its offsets differ from its text
        return list(run)
    nodes: list[Node] = []
    done = 0
    escaped = data[start - 1 : start] == b"\\"
    for match in _ADDRESS.finditer(source):
        found = _mail(match) if match["mail"] else _url(match)
        if found is None or (escaped and match.start() == 0):
            continue
        address, target = found
        at = match.start()
        nodes.extend(_text(source, done, at, start))
        done = at + len(address)
        offset = _offset(source, at, start)
        label = Text(offset, offset + len(address.encode()), (), address)
        nodes.append(LinkNode(label.start, label.end, (label,), target, style="autolink"))
    if not nodes:
        return list(run)
    nodes.extend(_text(source, done, len(source), start))
    return nodes


def _text(source: str, first: int, last: int, base: int) -> list[Node]:
    if first == last:
        return []
    start = _offset(source, first, base)
    value = source[first:last]
    return [Text(start, start + len(value.encode()), (), value)]


def _offset(source: str, index: int, base: int) -> int:
    return base + (index if source.isascii() else len(source[:index].encode()))


def _url(match: re.Match[str]) -> tuple[str, str] | None:
    """The address without trailing punctuation, and where it leads."""
    labels = match["host"].split(".")
    if any("_" in label for label in labels[-2:]) or not match["host"].strip(".-_"):
        return None
    if match["url"].startswith("www.") and not match["host"].strip("."):
        return None
    address = match["url"]
    while True:
        shorter = _ENTITY_END.sub("", address.rstrip("?!.,:*_~'\""))
        if shorter.endswith(")") and shorter.count(")") > shorter.count("("):
            shorter = shorter[:-1]
        if shorter == address:
            break
        address = shorter
    return address, ("http://" + address if address.startswith("www.") else address)


def _mail(match: re.Match[str]) -> tuple[str, str] | None:
    address = match["mail"].rstrip(".")
    if address[-1] in "-_":
        return None
    if address.startswith("mailto:") and match["tail"]:
        address = address[: -len(match["tail"])]
    return address, (address if address.startswith(("mailto:", "xmpp:")) else "mailto:" + address)


def _was_marked(link: LinkNode, data: bytes) -> bool:
    """Whether the author wrote the address in angle brackets, so that the parser has seen it already."""
    return data[link.start : link.start + 1] == b"<"
