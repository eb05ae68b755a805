"""The table of rules of a SARIF log."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from vulgate.model.findings import RuleInfo
from vulgate.report.findings.common import ERROR, LEVELS, NOTE, WARNING, advice, one_line

_MOST_CHARACTERS: Final = 1024
_MOST_IN_NAME: Final = 255
_MOST_TAGS: Final = 20
_PROBLEM_SEVERITIES: Final = {ERROR: "error", WARNING: "warning", NOTE: "recommendation"}
_SECURITY: Final = "security"
_SECURITY_SEVERITIES: Final = {"critical": "9.0", "high": "7.5", "medium": "5.0", "low": "2.0"}
_PRECISIONS: Final = ((0.95, "very-high"), (0.85, "high"), (0.6, "medium"), (0.0, "low"))
_CWE: Final = re.compile(r"\bCWE-(\d{1,5})\b", re.IGNORECASE)


def rule_names(rules: Sequence[RuleInfo]) -> dict[str, str]:
    """The name of each rule in the log, by id: its slug, or the whole id if two chapters have a rule of that slug."""
    slugs = Counter(rule.slug for rule in rules)
    return {rule.id: rule.slug if slugs[rule.slug] == 1 else rule.id for rule in rules}


def rule_entry(rule: RuleInfo, name: str) -> dict[str, Any]:
    """A rule, with what code hosts show of it and sort by."""
    title = one_line(rule.title)
    level = LEVELS[rule.severity]
    formerly = sorted({id.rpartition("/")[2] for id in rule.formerly} - {name, rule.slug})
    entry: dict[str, Any] = {
        "id": name,
        "name": _short(name, _MOST_IN_NAME),
        "shortDescription": {"text": _short(title)},
        "fullDescription": {"text": _short(one_line(rule.why) or title)},
        "help": {"text": f"{title}\n{advice(rule)}", "markdown": _markdown(rule)},
        "defaultConfiguration": {"level": level},
        "properties": _properties(rule, level),
    }
    if formerly:
        entry["deprecatedIds"] = formerly
    return {**entry, "helpUri": rule.url} if rule.url else entry


def _short(text: str, most: int = _MOST_CHARACTERS) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def _markdown(rule: RuleInfo) -> str:
    return f"{rule.text.strip() or one_line(rule.why) or one_line(rule.title)}\n\n{_source(rule)}"


def _source(rule: RuleInfo) -> str:
    place = f"[{rule.place or rule.slug}]({rule.url})" if rule.url else rule.place
    command = f"`vulgate explain {rule.slug}`"
    return f"{place} · {command}" if place else command


def _properties(rule: RuleInfo, level: str) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "tags": list(dict.fromkeys(_tags(rule)))[:_MOST_TAGS],
        "problem.severity": _PROBLEM_SEVERITIES[level],
    }
    precision = _precision(*rule.precision)
    if precision:
        properties["precision"] = precision
    if _is_security(rule):
        properties["security-severity"] = _SECURITY_SEVERITIES[rule.severity]
    return properties


def _tags(rule: RuleInfo) -> Iterator[str]:
    """Tags, the most telling first, since few are shown; `security` is what makes GitHub read the security severity."""
    if _is_security(rule):
        yield _SECURITY
    if rule.chapter:
        yield rule.chapter
    yield from rule.tags
    for cite in rule.cite:
        yield from (f"external/cwe/cwe-{int(number):03}" for number in _CWE.findall(cite))


def _is_security(rule: RuleInfo) -> bool:
    return _SECURITY in (*rule.tags, *rule.chapter.split("/"))


def _precision(right: int, read: int) -> str:
    """GitHub's word for the share of findings that are right; empty if none were read."""
    return next(word for share, word in _PRECISIONS if right / read >= share) if read else ""
