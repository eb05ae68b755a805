"""Front matter: YAML that holds plain data only, read without ever building what YAML asks for."""

import re
from typing import Any, Final

import yaml

from vulgate.model.codes import Reporter
from vulgate.model.frontmatter import LEVELS, FrontMatter
from vulgate.model.ids import VALID_ID
from vulgate.model.spans import LineIndex, Span
from vulgate.model.suggest import did_you_mean
from vulgate.model.versions import version_error

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH: Final = 8
_STRING = "tag:yaml.org,2002:str"
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")


_LISTS: Final = ("prerequisites", "objectives", "tags", "formerly")
_KEYS: Final = FrontMatter.__struct_fields__


def read_front_matter(lines: LineIndex, start: int, end: int, reporter: Reporter) -> FrontMatter:
    """Reads the YAML between two offsets of a chapter file.

    Args:
        lines: The chapter file.
        start: Offset after the opening `---` line.
        end: Offset of the closing line.
        reporter: Takes a diagnostic for each key that is unknown or has a wrong value.
    """
    return _Reader(lines, start, end, reporter).read()


class _Reader:
    def __init__(self, lines: LineIndex, start: int, end: int, reporter: Reporter) -> None:
        self.lines = lines
        self.start = start
        self.end = end
        self.reporter = reporter
        self.text = lines.data[start:end].decode("utf-8", "replace")

    def read(self) -> FrontMatter:
        try:
            if not self._is_plain_data():
                return FrontMatter()
            node = yaml.compose(self.text, Loader=_Loader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            reason = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
            self.reporter.add("front-matter-syntax", self._span(mark, mark), reason=reason)
            return FrontMatter()
        if node is None:
            return FrontMatter()
        if not isinstance(node, yaml.MappingNode):
            span = self._span(node.start_mark, node.end_mark)
            self.reporter.add("front-matter-syntax", span, reason="it must be `key: value` lines")
            return FrontMatter()
        return self._mapping(node)

    def _is_plain_data(self) -> bool:
        """Looks at the event stream, where an alias bomb is still as small as its text."""
        depth = 0
        for event in yaml.parse(self.text, Loader=_Loader):
            what = ""
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                what = "an alias"
            elif isinstance(event, yaml.NodeEvent) and getattr(event, "tag", None):
                what = f"a tag ({event.tag})"  # type: ignore[attr-defined]
            elif isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                what = f"nested more than {_MAX_DEPTH} levels deep" if depth > _MAX_DEPTH else ""
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if what:
                self.reporter.add("front-matter-not-data", self._span(event.start_mark, event.end_mark), what=what)
                return False
        return True

    def _mapping(self, node: yaml.MappingNode) -> FrontMatter:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            span = self._span(key_node.start_mark, key_node.end_mark)
            key = str(key_node.value)
            if key not in _KEYS:
                # In a foreign book another tool's key is no mistake, and needs no suggestion.
                help = "" if self.reporter.lenient else did_you_mean(key, _KEYS)
                self.reporter.add("front-matter-unknown-key", span, key=key, help=help)
            elif key in values:
                self.reporter.add("front-matter-wrong-value", span, key=key, reason="it is given twice")
            else:
                value, reason = _read_value(key, value_node)
                if reason:
                    span = self._span(value_node.start_mark, value_node.end_mark)
                    self.reporter.add("front-matter-wrong-value", span, key=key, reason=reason)
                else:
                    values[key] = value
        return FrontMatter(**values)

    def _span(self, first: Any, last: Any) -> Span:
        if first is None:
            return self.lines.span(self.start, self.start)
        start, end = (self.start + len(self.text[: mark.index].encode()) for mark in (first, last))
        return self.lines.span(start, min(max(start + 1, end), self.end))


def _read_value(key: str, node: yaml.Node) -> tuple[Any, str]:
    """The value of a key and an empty string, or `None` and what is wrong."""
    if key in _LISTS:
        if not isinstance(node, yaml.SequenceNode) or not all(isinstance(item, yaml.ScalarNode) for item in node.value):
            return None, "it must be a list of texts, such as `[a, b]`"
        return tuple(str(item.value) for item in node.value), ""
    if not isinstance(node, yaml.ScalarNode):
        return None, "it must be a single value"
    if key == "hours":
        if node.tag not in _NUMBERS or not re.fullmatch(r"\d{1,4}(?:\.\d*)?|\.\d+", node.value):
            return None, "it must be a number, such as `3` or `1.5`"
        return float(node.value), ""
    text = str(node.value)
    if key in ("title", "summary", "id") and node.tag != _STRING and not text:
        return None, "it must be a text"
    if key == "id" and not VALID_ID.fullmatch(text):
        return None, "an id is lower-case letters, digits, hyphens and dots"
    if key == "level" and text not in LEVELS:
        return None, did_you_mean(text, LEVELS) or "unknown level"
    if key == "python" and (error := version_error(text)):
        return None, error
    return text, ""
