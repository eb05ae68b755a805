"""`vulgate stats`."""

from collections import Counter
from pathlib import Path
from typing import Any

import click

from vulgate.cli.common import book_argument, compile_or_exit, json_option, print_json
from vulgate.model.blocks import Concept, DirectiveBlock, Example, Fact, Rule
from vulgate.model.book import CompiledBook

EPILOG = """\b
Examples:
  vulgate stats
  vulgate stats mybook --json
"""
_COLUMNS = ("rule", "fact", "example", "pattern", "term", "qa", "exercise", "diagram", "table", "words")


@click.command(epilog=EPILOG)
@book_argument
@json_option
def stats(book: Path | None, as_json: bool) -> None:
    """Count what the author wrote in BOOK, by chapter and kind, and what it rests on."""
    compilation = compile_or_exit(book)
    figures = _figures(compilation.book)
    if as_json:
        print_json(figures)
    else:
        _print(figures)
    raise SystemExit(1 if compilation.has_errors else 0)


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
    shown = [example for id in (id for rule in rules for id in rule.bad) if isinstance(example := book[id], Example)]
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
            "with_consequence": sum(bool(rule.harm) for rule in rules)
            + sum(bool(example.output or example.fence.raises) for example in shown),
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
