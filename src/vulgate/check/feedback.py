"""What a coding agent is told of the lines that it has just edited: little, the worst first, and what to do."""

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from vulgate.model.findings import Finding, Problem, RuleInfo

MOST: Final = 10
"""Findings that are told at once."""
CHARACTERS: Final = 2_200
"""How long the text may be: some 530 tokens (cl100k_base), of 4.2 characters each."""
_SHORT: Final = 160  # characters of what a detector says; more is for people
_NAMES: Final = re.compile(r"[`'\"\d]")  # what a detector says of this very place has a name or a number in it


class Feedback(Struct, frozen=True):
    """What there is to say.

    Attributes:
        new: Findings on the lines that were edited, the worst first.
        old: Number of findings on other lines of the same files.
        broken: Why a file could not be looked at: it does not parse.
        rules: The rules of the findings, by id.
        title: Title of the book.
    """

    new: tuple[Finding, ...]
    old: int
    broken: tuple[Problem, ...]
    rules: Mapping[str, RuleInfo]
    title: str

    def text(self) -> str:
        """The text for the agent; empty if nothing is wrong with what it edited."""
        if not self.new and not self.broken:
            return ""
        told = [_of_problem(problem) for problem in self.broken[:MOST]]
        told += [_of_finding(finding, self.rules[finding.rule]) for finding in self.new[: MOST - len(told)]]
        total = len(self.new) + len(self.broken)
        ends = [self._end(total - kept) for kept in range(len(told) + 1)]
        kept = len(told)
        while kept > 1 and sum(map(len, told[:kept])) + kept + len(self._head()) + len(ends[kept]) > CHARACTERS:
            kept -= 1
        return "\n".join(filter(None, [self._head(), *told[:kept], ends[kept]]))

    def _head(self) -> str:
        if not self.new:
            return "vulgate: the edited file cannot be read as code."
        return f"vulgate: the edited lines break rules of “{self.title}”:"

    def _end(self, left: int) -> str:
        paths = sorted({*(one.path for one in self.new), *(one.path for one in self.broken)})
        parts = []
        if left:
            parts.append(f"{left} more on the edited lines.")
        if self.old:
            others = "1 older finding" if self.old == 1 else f"{self.old} older findings"
            parts.append(f"{others} on other lines, not from this edit.")
        if left or self.old:
            parts.append(f"`vulgate check {' '.join(map(_quoted, paths))}` lists all.")
        if self.new:
            parts.append("`vulgate explain ID` shows a rule with its reasons and examples.")
        return " ".join(parts)


def _of_finding(finding: Finding, rule: RuleInfo) -> str:
    parts = [f"- {_place(finding)} {finding.severity}: {_sentence(rule.title)}"]
    if len(finding.message) <= _SHORT and _NAMES.search(finding.message):
        parts.append(_sentence(finding.message))
    if remedy := rule.fix or rule.why:
        parts.append(f"Fix: {_sentence(remedy)}" if rule.fix else _sentence(remedy))
    return f"{' '.join(parts)} [{rule.slug}]"


def _of_problem(problem: Problem) -> str:
    place = f"{problem.path}:{problem.line}:{problem.column}" if problem.line else problem.path
    return f"- {place} {_sentence(problem.message)}"


def _place(finding: Finding) -> str:
    if finding.cell:
        return f"{finding.path} cell {finding.cell} line {finding.line_in_cell}"
    return f"{finding.path}:{finding.start.line}"


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _quoted(path: str) -> str:
    from shlex import quote

    return quote(path)
