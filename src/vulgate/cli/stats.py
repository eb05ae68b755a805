"""`vulgate stats`."""

from collections import Counter
from pathlib import Path
from typing import Any

import click
import msgspec

from vulgate.cli.common import (
    book_argument,
    compile_source,
    json_option,
    load_book,
    print_json,
    show_diagnostics,
    with_verdicts,
)
from vulgate.model.blocks import Concept, DirectiveBlock, Example, Fact, Rule
from vulgate.model.book import CompiledBook
from vulgate.model.codes import Reporter
from vulgate.model.diagnostics import Diagnostic, Severity
from vulgate.model.proofs import Coverage
from vulgate.source.book import RequireEntry, SourceBook
from vulgate.source.manifest import ManifestReader
from vulgate.verify.prove import coverage, shortfalls

EPILOG = """\b
Examples:
  vulgate stats
  vulgate stats mybook --json
  vulgate stats mybook --require examples=1 --require facts=0.9    fail if less is proven
"""
_COLUMNS = ("rule", "fact", "example", "pattern", "term", "qa", "exercise", "diagram", "table", "words")


@click.command(epilog=EPILOG)
@book_argument
@click.option(
    "--require",
    "required",
    multiple=True,
    metavar="KIND=SHARE",
    help="Fail if less of the examples, facts or rules is proven; in place of the manifest's `[verify] require`.",
)
@json_option
def stats(book: Path | None, required: tuple[str, ...], as_json: bool) -> None:
    """Count what the author wrote in BOOK, by chapter and kind, and how much of it `vulgate verify` has proven.

    A book that is proven less than its manifest requires (`[verify] require`) is an error.
    """
    wanted = _required(required)
    source, home = load_book(book)
    compilation = with_verdicts(compile_source(source, home), home)
    covered = coverage(compilation.book)
    total = sum(covered.values(), Coverage())
    figures = _figures(compilation.book)
    figures["proven"] = {"book": total, "chapters": covered}
    if as_json:
        print_json(figures)
    else:
        _print(figures)
        _print_coverage(compilation.book, covered, total)
    diagnostics = [item for item in compilation.diagnostics if item.severity is Severity.ERROR]
    diagnostics += _shortfalls(source, total, wanted)
    show_diagnostics(diagnostics, source, "text")
    raise SystemExit(1 if diagnostics else 0)


def _required(options: tuple[str, ...]) -> dict[str, float]:
    """The shares of `--require`.

    Raises:
        click.UsageError: One is no kind and share.
    """
    found: dict[str, float] = {}
    for option in options:
        kind, _, share = option.partition("=")
        try:
            found[kind] = float(share)
        except ValueError:
            found[kind] = -1
        if kind not in RequireEntry.__struct_fields__ or not 0 <= found[kind] <= 1:
            kinds = ", ".join(RequireEntry.__struct_fields__)
            raise click.UsageError(f"--require takes one of {kinds} and a share from 0 to 1, as in examples=0.9")
    return found


def _shortfalls(source: SourceBook, total: Coverage, wanted_here: dict[str, float]) -> list[Diagnostic]:
    """What is proven less than the command line requires, or else the manifest."""
    reporter = Reporter()
    file = source.manifest_file if not wanted_here else None
    require = wanted_here or msgspec.structs.asdict(source.manifest.verify.require)
    for kind, share, wanted in shortfalls(total, require):
        span = ManifestReader(file, Reporter()).span(("verify", "require", kind)) if file else None
        reporter.add("too-little-proven", span, kind=kind, share=_percent(share), wanted=_percent(wanted))
    return reporter.items


def _percent(share: float) -> str:
    """A share in per cent, never rounded up to a whole that it is not."""
    return f"{int(share * 1000) / 10:g} %"


def _print_coverage(book: CompiledBook, covered: dict[str, Coverage], total: Coverage) -> None:
    """How much of each chapter is proven."""
    click.echo()
    rows = [(f"{chapter.number:>2} {chapter.title}", covered[chapter.id]) for chapter in book.chapters]
    width = min(40, max((len(label) for label, _ in rows), default=0) + 1)
    click.echo("proven".ljust(width) + "".join(f"{name:>16}" for name in ("examples", "facts", "rules")))
    for label, row in [*rows, ("all", total)]:
        shares = (row.examples, row.facts, row.rules)
        told = "".join(f"{f'{s.covered}/{s.total}' if s.total else '':>16}" for s in shares)
        click.echo((label[: width - 1].ljust(width) + told).rstrip())
    notes = {
        "on some of the named versions only": total.partly,
        "failed": total.failed,
        "skipped": total.skipped,
        "static": total.static,
        "in languages that are not run": total.unread,
    }
    said = [f"{count} {name}" for name, count in notes.items() if count]
    if said:
        click.echo(f"besides   {', '.join(said)}")


def _figures(book: CompiledBook) -> dict[str, Any]:
    chapters = []
    for chapter in book.chapters:
        authored = book.authored(chapter.id)
        kinds = Counter(block.kind for block in authored)
        words = sum(len(block.text.split()) for block in authored if isinstance(block, Concept) and not block.parent)
        chapters.append(
            {
                "id": chapter.id,
                "title": chapter.title,
                "number": chapter.number,
                "kinds": dict(sorted(kinds.items())),
                "words": words,
            }
        )
    facts = [fact for fact in book.of_kind(Fact) if fact.is_authored]
    rules = list(book.of_kind(Rule))
    examples = [example for example in book.of_kind(Example) if example.language in ("python", "py")]
    return {
        "book": book.book.id,
        "chapters": chapters,
        "facts": {
            "total": len(facts),
            "with_proof": sum(bool(fact.proof) for fact in facts),
            "cited": sum(bool(fact.cite) for fact in facts),
        },
        "rules": {
            "total": len(rules),
            "with_detector": sum(rule.detect not in ("", "review") for rule in rules),
            "with_consequence": sum(_shows_consequence(rule, book) for rule in rules),
            "severities": dict(Counter(rule.severity for rule in rules).most_common()),
        },
        "python_examples": {
            "total": len(examples),
            "static": sum(example.fence.static for example in examples),
            "skipped": sum(bool(example.fence.skip) for example in examples),
        },
        "directives": sum(isinstance(block, DirectiveBlock) and block.is_authored for block in book.blocks),
        "symbols": len(book.symbols),
    }


def _shows_consequence(rule: Rule, book: CompiledBook) -> bool:
    """Whether running the rule's examples shows what breaking it does."""
    bad = [example for id in rule.bad if isinstance(example := book[id], Example)]
    return bool(rule.harm) or any(
        example.output is not None or example.fence.raises or example.fence.syntax_error for example in bad
    )


def _print(figures: dict[str, Any]) -> None:
    columns = [
        name
        for name in _COLUMNS
        if name == "words" or any(chapter["kinds"].get(name) for chapter in figures["chapters"])
    ]
    width = min(40, max((len(chapter["title"]) for chapter in figures["chapters"]), default=0) + 4)
    click.echo("".ljust(width) + "".join(f"{name:>10}" for name in columns))
    totals: Counter[str] = Counter()
    for chapter in figures["chapters"]:
        counts = {**chapter["kinds"], "words": chapter["words"]}
        totals.update({name: counts.get(name, 0) for name in columns})
        label = f"{chapter['number']:>2} {chapter['title']}"[: width - 1]
        click.echo(label.ljust(width) + "".join(f"{counts.get(name, 0):>10}" for name in columns))
    click.echo("all".ljust(width) + "".join(f"{totals[name]:>10}" for name in columns))
    facts, rules, examples = figures["facts"], figures["rules"], figures["python_examples"]
    click.echo()
    click.echo(f"facts     {facts['total']}: {facts['with_proof']} with a proof, {facts['cited']} cited")
    click.echo(
        f"rules     {rules['total']}: {rules['with_detector']} with a detector, "
        f"{rules['with_consequence']} that show the consequence"
    )
    click.echo(f"examples  {examples['total']} in Python: {examples['static']} static, {examples['skipped']} skipped")
