"""What a check comes to: how many findings, and what was let pass."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from vulgate.model.findings import SEVERITIES, CheckResult
from vulgate.report.findings.common import count
from vulgate.report.text import escaped, paint

_MOST_STALE: Final = 10


def totals(result: CheckResult, *, color: bool = False) -> Iterator[str]:
    """The last lines of a report for a person."""
    yield paint("1", _found(result), color=color) + _fixable(result)
    passed = ", ".join(_passed(result))
    if passed:
        yield passed
    if result.problems:
        yield f"{count(len(result.problems), 'problem')}: not everything was checked"
    if result.stale:
        entries = count(len(result.stale), "entry").replace("entrys", "entries")
        yield f"{entries} of the baseline no longer found (`--baseline-update` takes out what is gone):"
        yield from (f"  {escaped(entry)}" for entry in result.stale[:_MOST_STALE])
        if len(result.stale) > _MOST_STALE:
            yield f"  ... and {len(result.stale) - _MOST_STALE:,} more"


def _found(result: CheckResult) -> str:
    files = count(result.files, "file")
    if not result.findings:
        return f"no findings in {files}"
    of = Counter(finding.severity for finding in result.findings)
    severities = ", ".join(f"{of[severity]:,} {severity}" for severity in SEVERITIES if of[severity])
    return f"{count(len(result.findings), 'finding')} ({severities}) in {files}"


def _fixable(result: CheckResult) -> str:
    fixes = [finding.fix for finding in result.findings if finding.fix]
    safe = sum(fix.safe for fix in fixes)
    unsafe = len(fixes) - safe
    if safe and unsafe:
        return f"; {safe:,} can be fixed with --fix, {unsafe:,} more with --fix --unsafe-fixes"
    if safe:
        return f"; {safe:,} can be fixed with --fix"
    return f"; {unsafe:,} can be fixed with --fix --unsafe-fixes" if unsafe else ""


def _passed(result: CheckResult) -> Iterator[str]:
    if result.fixed:
        yield f"{result.fixed:,} fixed"
    if result.suppressed:
        yield f"{result.suppressed:,} suppressed"
    if result.baselined:
        yield f"{result.baselined:,} in the baseline"
