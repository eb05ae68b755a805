"""Whether an authored block says what its kind promises."""

import re

from vulgate.model import blocks as b
from vulgate.model.codes import Reporter

_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,}).*?^[ \t>]*\1[`~]*[ \t]*$", re.MULTILINE | re.DOTALL)

# What can make a proof fail: a fence without any of these only shows that its code runs.
_ASSERTION = re.compile(
    r"\bassert|\braises?\b|\bexit\(|syntax-error|^[ \t>]*(?:`{3,}|~{3,})\s*output\b|>>> |#>", re.MULTILINE
)

# Detectors that the book itself writes: a bad and a good example do not show that they are quiet.
_EASILY_WRONG = ("ast-grep", "plugin")
_ONLY_NEAR = "show code that looks like the fault and is none in a `{near}` fence; the detector must be silent on it"


def prose(block: b.DirectiveBlock) -> str:
    """A directive's body without its code fences."""
    return _FENCE.sub("", block.body).strip()


def check_block(block: b.Block, reporter: Reporter) -> None:
    """Reports what is missing from a block."""
    if isinstance(block, b.Rule):
        _check_rule(block, reporter)
    elif isinstance(block, b.Fact) and not block.proof and not block.cite:
        reporter.add("unproven-fact", block.span)
    elif isinstance(block, b.Fact) and block.proof and not _ASSERTION.search(block.body):
        reporter.add("empty-proof", block.span)
    elif isinstance(block, b.Exercise):
        missing = [part for part in ("test", "solution") if not getattr(block, part)]
        if missing:
            reporter.add(
                "incomplete-exercise", block.span, missing=" and no ".join(f"`{part}` fence" for part in missing)
            )
    if isinstance(block, b.DirectiveBlock) and not block.body.strip(" \t\r\n>") and not isinstance(block, b.Rule):
        reporter.add("empty-directive", block.span, directive=block.style if isinstance(block, b.Note) else block.kind)


def _check_rule(rule: b.Rule, reporter: Reporter) -> None:
    missing = []
    if not prose(rule):
        missing.append("reason")
    missing += [f"`{part}` fence" for part in ("bad", "good") if not getattr(rule, part)]
    if not rule.detect and ":detect:" not in rule.text:  # a wrong one has been reported already
        missing.append("`:detect:`")
    if rule.detect.partition(" ")[0] in _EASILY_WRONG and not rule.near:
        missing.append("`near` fence")
    if missing:
        help = _ONLY_NEAR if missing == ["`near` fence"] else ""
        reporter.add("incomplete-rule", rule.span, missing=", no ".join(missing), help=help)
    if rule.detect == "ast-grep" and not re.search(
        r"^[ \t>]*[`~]{3,}\s*ya?ml\s*\{[^}]*\bdetect\b", rule.body, re.MULTILINE
    ):
        reporter.add("detector-without-pattern", rule.span)
