"""From records to findings that are reported: where rules hold, what lets findings pass, and one finding for each place."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

import msgspec
from msgspec import Struct

from vulgate.check.files import fits
from vulgate.check.own_rules import NO_REASON, UNUSED, WRONG
from vulgate.check.records import FileRecord
from vulgate.check.suppress import Suppression
from vulgate.model.findings import SEVERITIES, Finding, Fix, RuleInfo
from vulgate.model.topics import holds_in

_replace = msgspec.structs.replace


class Filtered(Struct):
    """Findings of a file that are reported, and how many a comment or the configuration lets pass."""

    findings: list[Finding]
    suppressed: int = 0


class Where(Struct, frozen=True):
    """What decides whether a rule holds for a file.

    Attributes:
        tests: Patterns of the files that are tests.
        ignores: By pattern, the ids of rules that are not looked for there.
    """

    tests: tuple[str, ...]
    ignores: Sequence[tuple[str, frozenset[str]]]

    def holds(self, rule: RuleInfo, path: str, *, is_async: bool = True) -> bool:
        """Whether a rule holds in a file such as this one; and in code of it that is not in an asynchronous function."""
        if not rule.applies:
            return True
        return holds_in(rule.applies, path, is_test=_is_test(path, self.tests), is_async=is_async)

    def is_ignored(self, rule: str, path: str) -> bool:
        """Whether the user's configuration lets the rule pass in a file."""
        return any(rule in rules and fits(path, (pattern,)) for pattern, rules in self.ignores)


@lru_cache(maxsize=16)  # findings come file by file
def _is_test(path: str, tests: tuple[str, ...]) -> bool:
    return fits(path, tests)


def file_findings(
    path: str,
    record: FileRecord,
    more: Iterable[Finding],
    rules: Mapping[str, RuleInfo],
    names: Mapping[str, frozenset[str]],
    where: Where,
    *,
    all_known: Callable[[str], bool],
    own: Mapping[str, RuleInfo],
    unsure: frozenset[str] = frozenset(),
) -> Filtered:
    """The findings of one file that nothing lets pass.

    Args:
        path: The file.
        record: What is known of it.
        more: Findings in it that hang on other files, too.
        rules: The rules that are looked for.
        names: What suppressions may call them.
        where: What decides whether a rule holds for a file.
        all_known: Whether a name is one of any rule of the book, looked for or not.
        own: The rules about suppressions that are looked for.
        unsure: Rules whose findings in this run may not be all.
    """
    filtered = Filtered([])
    used: Counter[tuple[int, str]] = Counter()
    seen = [
        *((found, True) for found in (*record.findings, *more)),
        *((found, False) for found in record.outside_async),
    ]
    for found, is_async in seen:
        rule = rules.get(found.rule)
        if rule is None or not where.holds(rule, path, is_async=is_async):
            continue
        by = [
            index
            for index, one in enumerate(record.suppressions)
            if one.covers(found.start.line, found.end.line, names[found.rule])
        ]
        used.update(
            (index, name) for index in by for name in record.suppressions[index].rules if name in names[found.rule]
        )
        if by or where.is_ignored(found.rule, path):
            filtered.suppressed += 1
        else:
            filtered.findings.append(_replace(found, severity=rule.severity))
    if not record.suppressions:
        return filtered
    unsure = unsure.union(problem.rule for problem in record.problems)
    looked_for = frozenset(name for id, every in names.items() if id not in unsure for name in every)
    for found in _about_suppressions(path, record.suppressions, used, looked_for, all_known, own):
        if where.is_ignored(found.rule, path):
            filtered.suppressed += 1
        else:
            filtered.findings.append(found)
    return filtered


def names_of(rule: RuleInfo) -> frozenset[str]:
    """The names by which a suppression may mean a rule."""
    old = [name for id in rule.formerly for name in (id, id.rpartition("/")[2])]
    return frozenset([rule.id, rule.slug, *old])


def _about_suppressions(
    path: str,
    suppressions: Sequence[Suppression],
    used: Counter[tuple[int, str]],
    looked_for: frozenset[str],
    all_known: Callable[[str], bool],
    own: Mapping[str, RuleInfo],
) -> list[Finding]:
    found: list[Finding] = []
    for index, one in enumerate(suppressions):
        if one.fault:
            found.append(_own(path, WRONG, one, one.fault))
            continue
        unknown = [name for name in one.rules if not all_known(name)]
        if unknown:
            found.append(_own(path, WRONG, one, f"the book has no rule `{unknown[0]}`"))
        # Whether a rule that was not looked for, or failed, would find something, nobody knows.
        unused = [name for name in one.rules if name in looked_for and not used[index, name]]
        if unused:
            message = f"nothing to let pass for {', '.join(f'`{name}`' for name in unused)}"
            found.append(_own(path, UNUSED, one, message, Fix(one.without(unused), safe=True)))
        elif not one.reason and not unknown:
            found.append(_own(path, NO_REASON, one, ""))
    return [_replace(each, severity=own[each.rule].severity) for each in found if each.rule in own]


def _own(path: str, rule: str, one: Suppression, message: str, fix: Fix | None = None) -> Finding:
    cell, line = one.cell, one.line_in_cell
    return Finding(rule, path, one.start, one.end, "", message, lines=one.lines, cell=cell, line_in_cell=line, fix=fix)


def one_per_place(findings: Iterable[Finding], rules: Mapping[str, RuleInfo]) -> list[Finding]:
    """One finding where several rules of a section see the same line: the worst, which names the others."""
    groups: dict[tuple[str, int, str], list[Finding]] = {}
    for finding in findings:
        rule = rules[finding.rule]
        groups.setdefault((finding.path, finding.start.line, f"{rule.chapter} {rule.section}"), []).append(finding)
    kept: list[Finding] = []
    for group in groups.values():
        kept += _merged(group)
    return kept


def _merged(group: Iterable[Finding]) -> list[Finding]:
    """The findings of one line, the worst first; those that overlap with one that is kept become part of it."""
    kept: list[Finding] = []
    for finding in sorted(group, key=lambda one: (SEVERITIES.index(one.severity), one.start, one.rule)):
        index = next((at for at, other in enumerate(kept) if _is_same_fault(finding, other)), None)
        if index is None:
            kept.append(finding)
        elif finding.rule not in (kept[index].rule, *kept[index].also):
            kept[index] = _replace(kept[index], also=(*kept[index].also, finding.rule))
    return kept


def _is_same_fault(one: Finding, other: Finding) -> bool:
    if one.rule == other.rule:
        return (one.start, one.end) == (other.start, other.end)
    return one.start == other.start or (one.start < other.end and other.start < one.end)


def with_fingerprints(findings: Iterable[Finding], digest: Callable[[Sequence[str]], str]) -> list[Finding]:
    """Findings in order, the worst first, each with its fingerprint."""
    counts: Counter[tuple[str, str, str]] = Counter()
    done: list[Finding] = []
    for finding in sorted(findings, key=lambda finding: (finding.path, finding.start, finding.rule)):
        key = (finding.rule, finding.path, digest(finding.lines))
        counts[key] += 1
        text = "\0".join((*key, str(counts[key])))
        done.append(
            _replace(finding, fingerprint=hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest())
        )
    return sorted(done, key=lambda finding: finding.sort_key)


MINIMUM: Final = SEVERITIES[-1]


def is_at_least(severity: str, least: str) -> bool:
    """Whether a severity is as bad as another, or worse."""
    return SEVERITIES.index(severity) <= SEVERITIES.index(least)
