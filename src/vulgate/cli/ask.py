"""`vulgate ask`."""

import os
from pathlib import Path

import click

from vulgate.cli.common import json_option, print_json
from vulgate.cli.searching import books_option, encoder_option, for_terminal, open_library, prose_width
from vulgate.report.text import printable
from vulgate.search.answers import AskAnswer, SearchError

EPILOG = """\b
Examples:
  vulgate ask "threads or asyncio for many connections?"
  vulgate ask "what does a mutable default do?" --book mybook --json
  vulgate ask "when does a retry make sense?" --max-tokens 400
\b
With a server that speaks the OpenAI interface, `--llm` lets a model answer from the same passages:
  VULGATE_LLM_URL=http://localhost:8000/v1 VULGATE_LLM_MODEL=NAME vulgate ask "..." --llm
The key, if it needs one, is VULGATE_LLM_KEY. An answer without citations that exist is not taken.
\b
Exit codes: 0 answered, 1 the book does not say, 2 wrong usage.
"""


@click.command(epilog=EPILOG)
@click.argument("words", nargs=-1, required=True, metavar="QUESTION")
@books_option
@click.option("--max-tokens", type=int, default=0, help="Room for the answer, in tokens; no limit by default.")
@click.option("--llm", is_flag=True, help="Let a model answer from the book's passages.")
@click.option("--llm-url", envvar="VULGATE_LLM_URL", default="", metavar="URL", help="Where the model is.")
@click.option("--llm-model", envvar="VULGATE_LLM_MODEL", default="", metavar="NAME", help="Which model.")
@encoder_option
@json_option
def ask(
    words: tuple[str, ...],
    books: tuple[Path, ...],
    max_tokens: int,
    llm: bool,
    llm_url: str,
    llm_model: str,
    encodes: bool,
    as_json: bool,
) -> None:
    """Answer QUESTION with passages of a book, each with its place and proof; without a model unless `--llm` is given."""
    if llm and not (llm_url and llm_model):
        raise click.UsageError("`--llm` needs VULGATE_LLM_URL and VULGATE_LLM_MODEL, or --llm-url and --llm-model")
    question = " ".join(words)
    with open_library(books, encodes=encodes) as library:
        try:
            if llm:
                from vulgate.search.llm import Model, ask_model

                model = Model(url=llm_url, name=llm_model, key=os.environ.get("VULGATE_LLM_KEY", ""))
                answer = ask_model(library, question, model, max_tokens=max_tokens)
            else:
                from vulgate.search.asking import ask as answer_of

                answer = answer_of(library, question, max_tokens=max_tokens)
        except SearchError as error:
            raise click.UsageError(str(error)) from error
    if as_json:
        print_json(answer)
    else:
        _print(answer)
    raise SystemExit(0 if answer.answered else 1)


def _print(answer: AskAnswer) -> None:
    for note in answer.notes:
        click.echo(note, err=True)
    click.echo(for_terminal(answer.answer, prose_width()))
    if answer.see:
        click.echo("\nSee also:" if answer.answered else "\nNearest passages:")
        for each in answer.see:
            click.echo(f"  {each.id}  {printable(each.title)}")
