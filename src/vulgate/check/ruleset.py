"""The rules of a book, as checking needs them, and which of them a user wants."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from vulgate.detect import ruff
from vulgate.model.blocks import Chapter, Example, Fact, Rule, Section, Status
from vulgate.model.book import CompiledBook
from vulgate.model.findings import SEVERITIES, RelatedFact, RuleInfo
from vulgate.model.inline import first_sentence, plain
from vulgate.model.suggest import did_you_mean
from vulgate.model.versions import holds_on
from vulgate.store.cache import source_digest

REVIEW: Final = "review"
QUIET: Final = 0.1
"""Findings in a thousand lines that a rule of low or medium severity may have to be looked for by default."""
PRECISE: Final = 0.9
"""The share of right findings that such a rule must have."""
_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,}).*?^[ \t>]*\1[`~]*[ \t]*$\n*", re.MULTILINE | re.DOTALL)


class RuleSet(Struct, frozen=True):
    """The rules of one book.

    Attributes:
        book: Id of the book.
        title: Its title.
        edition: Its edition.
        rules: By id, in reading order.
    """

    book: str
    title: str
    edition: str
    rules: dict[str, RuleInfo]

    def names(self, selector: str) -> list[str]:
        """The ids of the rules that a selector means; none if it means nothing.

        A selector is the last part of a rule's id, its whole id, an id that it had before, a chapter, a tag, a severity, a
        detector, a code of ruff, `default` or `all`.
        """
        return [id for id, rule in self.rules.items() if selector == "all" or selector in selectors_of(rule)]

    def select(self, wanted: Iterable[str], unwanted: Iterable[str]) -> dict[str, RuleInfo]:
        """The rules that are wanted; what is unwanted counts more."""
        ids = {id for selector in wanted for id in self.names(selector)}
        ids -= {id for selector in unwanted for id in self.names(selector)}
        return {id: rule for id, rule in self.rules.items() if id in ids}

    def unknown(self, selector: str) -> str | None:
        """A help text if a selector means no rule; `None` if it means some."""
        if self.names(selector) or selector in ("all", "default", *SEVERITIES):
            return None
        known = {name for rule in self.rules.values() for name in selectors_of(rule)}
        return did_you_mean(selector, known) or "`vulgate check --rules` lists them"


def selectors_of(rule: RuleInfo) -> frozenset[str]:
    """The words that mean a rule, among others."""
    codes = ruff.codes(rule.detect.partition(" ")[2]) if rule.detector == "ruff" else ()
    short = [id.rpartition("/")[2] for id in rule.formerly]
    default = ["default"] if rule.is_default else []
    return frozenset(
        [
            rule.id,
            rule.slug,
            *rule.formerly,
            *short,
            rule.chapter,
            *rule.tags,
            rule.severity,
            rule.detector,
            *codes,
            *default,
        ]
    )


def rules_of(book: CompiledBook) -> RuleSet:
    """The rules of a compiled book."""
    rules = {rule.id: _info(book, rule) for rule in book.of_kind(Rule) if rule.is_authored}
    return RuleSet(book.book.id, book.book.title, book.book.edition, rules)


def _info(book: CompiledBook, rule: Rule) -> RuleInfo:
    chapter = book[rule.chapter]
    section = book[rule.section] if rule.section else chapter
    detector, _, spec = rule.detect.partition(" ")
    options = "\n".join(block.code for id in rule.detectors if isinstance(block := book[id], Example))
    prose = _FENCE.sub("", rule.body).strip()
    reason = why_not_default(rule)
    return RuleInfo(
        id=rule.id,
        title=plain(rule.title),
        severity=rule.severity,
        chapter=chapter.id,
        chapter_title=plain(chapter.title) if isinstance(chapter, Chapter) else "",
        section=_numbered(section) if isinstance(section, (Section, Chapter)) else "",
        why=first_sentence(plain(prose)),
        fix=plain(rule.fix),
        text=_FENCE.sub(_without_detector, rule.body).strip(),
        detect=rule.detect,
        options=options,
        detector=detector or REVIEW,
        tags=rule.tags,
        cite=rule.cite,
        applies=rule.applies,
        python=rule.python,
        noise=rule.noise,
        precision=rule.precision,
        is_default=not reason,
        reason=reason,
        fixable=_is_fixable(detector, spec, options),
        status=str(rule.status),
        formerly=rule.formerly,
        facts=tuple(_facts(book, rule)),
    )


def _without_detector(fence: re.Match[str]) -> str:
    """A fence, unless it is for a machine: who broke a rule wants to read of the code, and not of the pattern."""
    return "" if re.search(r"\{[^}]*\bdetect\b", fence[0].partition("\n")[0]) else fence[0]


def _facts(book: CompiledBook, rule: Rule) -> Iterator[RelatedFact]:
    """The facts that a rule names as its reasons, or links to."""
    targets = (*rule.because, *(link.target for link in rule.links if link.type == "block"))
    for id in dict.fromkeys(targets):
        if id in book and isinstance(fact := book[id], Fact):
            status = "cited" if fact.cite and fact.status is not Status.PROVEN else str(fact.status)
            yield RelatedFact(fact.id, plain(fact.title), status)


def _numbered(section: Section | Chapter) -> str:
    return f"{section.number} {plain(section.title)}".strip()


def why_not_default(rule: Rule) -> str:
    """Why a rule is not looked for unless it is asked for; empty if it is.

    A rule is looked for if breaking it is critical or high, or if it is quiet and nearly always right.
    """
    if rule.opt_in:
        return rule.opt_in
    detector = rule.detect.partition(" ")[0]
    if detector in ("", REVIEW):
        return "only a person can see it"
    if detector == "type-checker":
        return "a type checker takes time; `--types` asks for it"
    if rule.severity in SEVERITIES[:2]:
        return ""
    right, read = rule.precision
    if rule.noise is None:
        return f"{rule.severity}, and not measured"
    if rule.noise > QUIET:
        return f"{rule.severity}, and {rule.noise:g} findings in a thousand lines"
    if not read:
        return f"{rule.severity}, and its precision is not measured"
    return "" if right / read >= PRECISE else f"{rule.severity}, and right in {right} of {read} findings"


def _is_fixable(detector: str, spec: str, options: str) -> bool:
    if detector == "ruff":
        return ruff.can_fix(spec)
    return detector == "ast-grep" and re.search(r"(?m)^fix:", options) is not None


def with_severities(rules: Mapping[str, RuleInfo], severities: Mapping[str, str]) -> dict[str, RuleInfo]:
    """Rules with severities of the user's own, by selector."""
    found = dict(rules)
    for selector, severity in severities.items():
        for id, rule in rules.items():
            if selector in selectors_of(rule):
                found[id] = msgspec.structs.replace(rule, severity=severity)
    return found


def for_python(rules: Mapping[str, RuleInfo], python: str) -> dict[str, RuleInfo]:
    """The rules that hold for code which must run on a version of Python; all of them if it is not known."""
    if not python:
        return dict(rules)
    return {id: rule for id, rule in rules.items() if not rule.python or holds_on(rule.python, python)}


# ------------------------------------------------------------------------------------------------ keeping a rule set


def kept_rules(place: Path) -> RuleSet | None:
    """The rule set in a file, or `None`."""
    try:
        return msgspec.msgpack.decode(place.read_bytes(), type=RuleSet)
    except (OSError, ValueError, RecursionError):
        return None


def rules_key(parts: Sequence[bytes]) -> str:
    """A name for the rules of a book with some files, as this compiler reads them."""
    digest = hashlib.blake2b(source_digest(), digest_size=16)
    for part in parts:
        digest.update(hashlib.blake2b(part, digest_size=16).digest())
    return digest.hexdigest()
