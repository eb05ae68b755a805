"""A rule of a book, told to whoever broke it."""

from typing import Any

import msgspec

from vulgate.model.findings import RuleInfo


def as_markdown(rule: RuleInfo, book: str) -> str:
    """The rule as the book has it, with who detects it and how well.

    Args:
        rule: The rule.
        book: Title of the book.
    """
    head = [f"# {rule.title}", "", f"`{rule.id}` · {rule.severity} · {book}, {rule.place}", "", rule.text.strip()]
    if rule.fix:
        head += ["", f"**Fix:** {rule.fix}"]
    parts = ["\n".join(head)]
    if rule.facts:
        rows = "\n".join(f"- {fact.title} ({fact.status})" for fact in rule.facts)
        parts.append(f"## It rests on\n\n{rows}")
    if rule.cite:
        parts.append("## Sources\n\n" + "\n".join(f"- {source}" for source in rule.cite))
    parts.append("## How it is checked\n\n" + "\n".join(f"- {line}" for line in _checked(rule)))
    return "\n\n".join(parts) + "\n"


def _checked(rule: RuleInfo) -> list[str]:
    lines = [f"Detector: `{rule.detect}`; the rule is {rule.status}."]
    if rule.detector == "review":
        return ["By a person: no machine sees it.", *lines[1:]]
    if rule.options:
        lines[0] = f"Detector: `{rule.detect}`, with a fence that `--json` shows; the rule is {rule.status}."
    if rule.fixable:
        lines.append("`vulgate check --fix` mends it where that is safe; `--unsafe-fixes` mends more.")
    if rule.applies:
        lines.append(f"Applies to: {', '.join(rule.applies)}.")
    if rule.python:
        lines.append(f"For code that needs Python {rule.python}.")
    right, read = rule.precision
    if rule.noise is not None:
        lines.append(f"Noise: {rule.noise:g} findings in a thousand lines outside tests, on much-used packages.")
    if read:
        lines.append(f"Precision: {right} of {read} findings that were read are right ({right / read:.0%}).")
    lines.append(
        "It is looked for by default." if rule.is_default else f"It is not looked for by default: {rule.reason}."
    )
    lines.append(f"To let it pass in one line: `# vulgate: ignore[{rule.slug}] reason`.")
    return lines


def as_data(rule: RuleInfo) -> dict[str, Any]:
    """The rule as plain data."""
    return {"slug": rule.slug, "place": rule.place, **msgspec.to_builtins(rule)}
