"""Front matter of other tools: the keys that we know stay, a description becomes the summary, the rest is left out and told."""

import json
from typing import Final

import yaml

from vulgate.model.frontmatter import LEVELS, FrontMatter
from vulgate.model.ids import VALID_ID
from vulgate.source.dialects.page import Page
from vulgate.source.dialects.scan import added
from vulgate.source.origins import Line

_KEYS: Final = FrontMatter.__struct_fields__
_LISTS: Final = ("prerequisites", "objectives", "tags", "formerly")
_SUMMARY: Final = ("description", "subtitle", "excerpt")


def split(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """The lines of the front matter with both `---`, and the rest."""
    if not lines or lines[0].text.lstrip("\ufeff").rstrip() != "---":
        return [], lines
    for at, line in enumerate(lines[1:], 1):
        if line.text.rstrip() in ("---", "..."):
            return lines[: at + 1], lines[at + 1 :]
    return [], lines


def front_matter(lines: list[Line], page: Page) -> list[Line]:
    """Front matter with our keys alone."""
    front, rest = split(lines)
    if not front:
        return lines
    inside = front[1:-1]
    try:
        node = yaml.compose("".join(line.text for line in inside), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        return lines  # the compiler says what is wrong
    if node is None:
        return rest
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        return lines
    kept: list[Line] = []
    known = {str(key.value) for key, _ in node.value}
    for at, (key, value) in enumerate(node.value):
        first = key.start_mark.line
        last = node.value[at + 1][0].start_mark.line if at + 1 < len(node.value) else len(inside)
        kept += _entry(str(key.value), value, inside[first:last], known, page)
    return [front[0], *kept, front[-1], *rest] if kept else rest


def title_of(lines: list[Line]) -> str:
    """The title that the front matter gives; empty if it gives none."""
    front, _ = split(lines)
    try:
        node = yaml.compose("".join(line.text for line in front[1:-1]), Loader=yaml.SafeLoader) if front else None
    except (yaml.YAMLError, RecursionError):
        return ""
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((str(value.value) for key, value in pairs if key.value == "title" and value.value != ""), "")


def _entry(key: str, value: yaml.Node, lines: list[Line], known: set[str], page: Page) -> list[Line]:
    scalar = str(value.value) if isinstance(value, yaml.ScalarNode) else None
    if key in _SUMMARY and scalar and "summary" not in known:
        return [added(f"summary: {json.dumps(' '.join(scalar.split()), ensure_ascii=False)}", lines[0])]
    if key in _LISTS and scalar:
        items = [item.strip() for item in scalar.split(",")]
        return [added(f"{key}: {json.dumps(items, ensure_ascii=False)}", lines[0])]
    wrong = (key == "id" and not VALID_ID.fullmatch(scalar or "")) or (key == "level" and scalar not in LEVELS)
    is_list = key in _LISTS and isinstance(value, yaml.SequenceNode)
    if key in _KEYS and not wrong and (is_list or (scalar and key not in _LISTS)):
        return lines
    page.left_out(lines[0], f"`{key}` of the front matter")
    return []
