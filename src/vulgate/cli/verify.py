"""`vulgate verify`."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from vulgate.cli.common import FORMATS, compile_source, is_path, json_option, load_book, show_diagnostics
from vulgate.model.blocks import Rule, Status
from vulgate.model.codes import Reporter
from vulgate.model.diagnostics import Diagnostic, Severity
from vulgate.source.book import SourceBook
from vulgate.store.atomic import write_file
from vulgate.store.cache import FOLDER, Cache
from vulgate.store.proofs import Proofs

if TYPE_CHECKING:
    from vulgate.model.proofs import Result
    from vulgate.verify.verifier import Request, Verifier

EPILOG = """\b
Examples:
  vulgate verify                          the bundled handbook, on the Python of the active environment
  vulgate verify mybook --all-pythons     on every installed version that the book names
  vulgate verify mybook closures          one chapter; also a section, a block, or a place: closures.md:40
  vulgate verify mybook --python 3.12 --python 3.14-pyodide
  vulgate verify mybook --all-pythons --fallback 3.14-pyodide
  vulgate verify mybook --update          write the real output into the chapters
  vulgate verify mybook --junit proofs.xml --format github
\b
Exit codes: 0 nothing failed, 1 something failed or the book has errors, 2 wrong usage, or a book that is not trusted.
"""
_INTERRUPTED = 130


@click.command(epilog=EPILOG)
@click.argument("words", nargs=-1, metavar="[BOOK] [CHAPTER|ID ...]")
@click.option(
    "--python", "-p", "pythons", multiple=True, metavar="VERSION", help="Python to run on: 3.12, a path, 3.14-pyodide."
)
@click.option("--all-pythons", is_flag=True, help="Run on every installed Python that the book names.")
@click.option("--fallback", metavar="VERSION", help="Python that proves only what none of the others can.")
@click.option("--jobs", "-j", type=click.IntRange(1, 64), metavar="N", help="How many run at once; one a processor.")
@click.option("--fail-fast", "-x", is_flag=True, help="Stop at the first failure.")
@click.option("--update", is_flag=True, help="Write the real output into output fences and `#>` comments.")
@click.option("--list", "list_only", is_flag=True, help="List what there is to prove, and run nothing.")
@click.option("--fresh", is_flag=True, help="Run also what an earlier run has proven.")
@click.option("--shuffle", is_flag=False, flag_value="", metavar="[SEED]", help="Run in an order of chance.")
@click.option("--types", is_flag=False, flag_value="auto", metavar="[CHECKER]", help="Check types, too: mypy or ty.")
@click.option("--trust", is_flag=True, help="Run the code of this book, now and from now on.")
@click.option(
    "--isolation",
    type=click.Choice(["auto", "bubblewrap", "namespaces", "process"]),
    default="auto",
    help="How far examples are kept apart; the strongest that works by default.",
)
@click.option("--spawn", is_flag=True, help="Start an interpreter for each example instead of forking a warm one.")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write JUnit XML.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="Form of the failures.")
@click.option("--quiet", "-q", is_flag=True, help="Print failures only.")
@json_option
def verify(words: tuple[str, ...], form: str, quiet: bool, as_json: bool, **options: Any) -> None:
    """Prove BOOK: run its examples, facts and rules, and keep what came out.

    Everything is proven, or the chapters, sections and blocks named. What an earlier run has proven is not run again unless
    its code, its interpreter or its packages have changed. Each example runs in a process and an empty folder of its own,
    within limits and, where the system allows it, without network.
    """
    if as_json and form not in ("text", "json"):
        raise click.UsageError(f"choose one of --json and --format {form}")
    form = "json" if as_json else form
    started = time.perf_counter()
    named, wanted = _book_and_ids(words)
    source, home = load_book(named, form)
    if options["update"] and any(chapter.origin for chapter in source.chapters):
        raise click.UsageError(
            f"--update writes into books in the source format, and this one is read as {source.layout}; "
            "`vulgate import` makes one that it can write into"
        )
    from vulgate.cli.proving import Display, build_request, select, show_plan
    from vulgate.verify.last_run import read_last_run, run_key, write_last_run
    from vulgate.verify.prove import prune
    from vulgate.verify.verifier import Verifier

    cache = Cache(home / FOLDER)
    proofs = Proofs(cache.folder)
    request = build_request(source, options)
    display = Display(source, str(named or ""), request, {**options, "form": form, "quiet": quiet})
    key = run_key(source, request, wanted)
    if not options["list_only"] and not request.fresh and (known := read_last_run(proofs, key)) is not None:
        _write_junit(options["junit"], known, source)
        raise SystemExit(display.finish(known, time.perf_counter() - started))
    compilation = compile_source(source, home)
    errors = [item for item in compilation.diagnostics if item.severity is Severity.ERROR]
    if errors:
        show_diagnostics(errors, source, form)
        raise SystemExit(1)
    selected = select(compilation.book, wanted)
    request = msgspec.structs.replace(request, selected=selected)
    display.rules = frozenset(rule.id for rule in compilation.book.of_kind(Rule))
    verifier = Verifier(compilation.book, source.manifest, proofs, request, display.listen)
    if options["list_only"]:
        show_plan(verifier, form)
        return
    _check_trust(source, verifier, trust=options["trust"], form=form)
    _make_folder(cache)
    with display:
        try:
            results = verifier.run()
        except KeyboardInterrupt:
            click.echo("interrupted; what was proven so far is kept", err=True)
            raise SystemExit(_INTERRUPTED) from None
    if selected and not results:
        raise click.UsageError(f"there is nothing to prove in {', '.join(wanted)} on {_pythons(request)}")
    if not selected and not verifier.is_stopped:
        prune(compilation.book, proofs)
    write_last_run(proofs, key, verifier, results)
    told: Sequence[Diagnostic] = ()
    if options["update"]:
        results, told = _update(source, results, quiet=quiet or form != "text")
    _write_junit(options["junit"], results, source)
    raise SystemExit(display.finish(results, time.perf_counter() - started, told))


def _pythons(request: "Request") -> str:
    return ", ".join(runtime.label for runtime in request.pythons)


def _book_and_ids(words: tuple[str, ...]) -> tuple[Path | None, tuple[str, ...]]:
    """The book, if the first word is a path to one, and the ids of what is to be proven."""
    if words and is_path(words[0]):
        return Path(words[0]), words[1:]
    return None, words


def _check_trust(source: SourceBook, verifier: "Verifier", *, trust: bool, form: str) -> None:
    """Ends the command for a book that nobody has trusted, with what it would run."""
    from vulgate.cli.trust import is_trusted, trust_book

    if trust:
        trust_book(source.root)
    if is_trusted(source.root):
        return
    from vulgate.cli.proving import describe_plan

    reporter = Reporter()
    reporter.add("book-not-trusted", None, path=source.root, what=describe_plan(verifier))
    show_diagnostics(reporter.items, source, form)
    raise SystemExit(2)


def _make_folder(cache: Cache) -> None:
    try:
        cache.make_folder()
    except OSError as error:
        click.echo(f"{cache.folder} cannot be written, so nothing is kept of this run: {error.strerror}", err=True)


def _update(source: SourceBook, results: "list[Result]", *, quiet: bool) -> "tuple[list[Result], Sequence[Diagnostic]]":
    """Writes real outputs into the chapters; the results, of which those that are right now are to be proven again."""
    from vulgate.verify.rewrite import rewrite

    done = rewrite(source, results)
    for path in done.written:
        if not quiet:
            click.echo(f"updated      {click.format_filename(source.root / path)}")
    reason = "its output was written into the chapter; the next run proves it"
    left = [
        msgspec.structs.replace(result, status=Status.UNPROVEN, reason=reason, detail="")
        if (result.block, result.runtime) in done.mended and result.status is Status.FAILED
        else result
        for result in results
    ]
    return left, done.diagnostics


def _write_junit(path: Path | None, results: "list[Result]", source: SourceBook) -> None:
    if path is None:
        return
    from vulgate.report.proofs import as_junit

    try:
        write_file(path, as_junit(results, name=source.manifest.book.title).encode())
    except OSError as error:
        raise click.ClickException(f"cannot write {path}: {error.strerror}") from error
