"""Whether a rule's detector can be used as the rule asks for it: a pattern that does not parse finds nothing, silently."""

from collections.abc import Iterable
from typing import Final

from vulgate.model import blocks as b
from vulgate.model.codes import Reporter
from vulgate.model.spans import LineIndex, Span

_CHECKED: Final = ("ast-grep", "layers", "metric", "plugin")  # those that need no program for it
_WITH_FENCE: Final = ("ast-grep", "layers", "metric")
_OPTION: Final = ":detect:"


def check_detectors(blocks: Iterable[b.AnyBlock], lines: LineIndex, reporter: Reporter) -> None:
    """Reports detectors of a chapter's rules that cannot be used.

    Args:
        blocks: The chapter's blocks.
        lines: Its text.
        reporter: Takes the diagnostics.
    """
    from vulgate.passes.directives import DETECTORS

    examples = {block.id: block for block in blocks if isinstance(block, b.Example) and block.fence.role == "detect"}
    for rule in blocks:
        if not isinstance(rule, b.Rule) or not rule.detect:
            continue
        name, _, spec = rule.detect.partition(" ")
        fences = [examples[id] for id in rule.detectors if id in examples]
        reason = ""
        if name in DETECTORS and name not in _WITH_FENCE and fences:
            reason = f"`{name}` takes no `detect` fence"
        elif name in _CHECKED and (fences or name != "ast-grep"):  # a pattern that is missing is reported elsewhere
            reason = _refusal(name, rule.id, spec, "\n".join(fence.code for fence in fences))
        if reason:
            span = fences[0].span if fences else _option_span(rule, lines)
            reporter.add("unusable-detector", span, reason=reason)


def _refusal(name: str, rule: str, spec: str, options: str) -> str:
    """Why a detector refuses a query; empty if it does not."""
    from vulgate.detect import detectors  # takes time to load, and most chapters have no such rule
    from vulgate.detect.base import DetectorError, Query

    try:
        detectors()[name].check(Query(rule, spec.strip(), options))
    except DetectorError as error:
        return str(error)
    return ""


def _option_span(rule: b.Rule, lines: LineIndex) -> Span:
    """The line of the rule's `:detect:` option."""
    at = lines.data.find(_OPTION.encode(), rule.span.start, rule.span.end)
    end = lines.line_start(lines.line(at) + 1)
    return lines.span(at, at + len(lines.data[at:end].rstrip()))
