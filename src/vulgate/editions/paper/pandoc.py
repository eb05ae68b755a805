"""Pandoc: reads the manuscript, writes EPUB and Typst. It runs in its sandbox, and opens no file but those it is given.

Its tree is JSON: a node is `{"t": TYPE, "c": CONTENT}`, https://hackage.haskell.org/package/pandoc-types.
"""

import datetime
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from vulgate.editions.base import EditionProgramError

Node = dict[str, Any]
"""A block or an inline of Pandoc's tree."""

# CommonMark with what our Markdown has beside it. No raw attributes and no mathematics: nothing that a book says is taken for
# Typst or TeX, and `$PATH` is text.
_READS: Final = "+".join(
    [
        "commonmark",
        "pipe_tables",
        "strikeout",
        "task_lists",
        "footnotes",
        "fenced_divs",
        "attributes",
        "raw_html",
        "definition_lists",
        "autolink_bare_uris",
        "alerts",
    ]
)
_SECONDS: Final = 600
_EPOCH: Final = datetime.date(1980, 1, 1)
_HEAP: Final = (
    "+RTS",
    "-M4g",
    "-RTS",
)  # what grows without an end is to be told of, and not to take the machine's memory


def read(chapters: Sequence[str]) -> list[list[Node]]:
    """The blocks of each chapter. What is left open in one of them ends with it, and footnotes are its own.

    Raises:
        EditionProgramError: Pandoc failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for index, text in enumerate(chapters):
            names.append(f"{index:06}.md")
            # Pandoc reads one stream of blocks; the rule at the top tells where a chapter begins.
            Path(folder, names[-1]).write_text(f"::: {{.vulgate-file}}\n:::\n\n{text}", encoding="utf-8")
        if not names:
            return []
        tree = json.loads(_run(["--from", _READS, "--to", "json", "--file-scope", *names], folder))
    found: list[list[Node]] = []
    for block in tree["blocks"]:
        if block["t"] == "Div" and block["c"][0][1] == ["vulgate-file"]:
            found.append([])
        else:
            found[-1].append(block)
    return found


def write(
    blocks: Sequence[Node],
    to: str,
    arguments: Sequence[str] = (),
    *,
    meta: Mapping[str, str | list[str]] | None = None,
    date: datetime.date = _EPOCH,
) -> bytes:
    """A document of some blocks.

    Args:
        blocks: What it holds.
        to: Pandoc's name of the form.
        arguments: Further arguments.
        meta: What is said of the document as a whole.
        date: The day on which it is made, as far as the document tells.

    Raises:
        EditionProgramError: Pandoc failed.
    """
    document = json.dumps({"pandoc-api-version": [1, 23], "meta": _meta(meta or {}), "blocks": list(blocks)})
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "book.json").write_text(document, encoding="utf-8")
        _run(["--from", "json", "--to", to, "--output", "out", *arguments, "book.json"], folder, date)
        return Path(folder, "out").read_bytes()


def _meta(meta: Mapping[str, str | list[str]]) -> dict[str, Any]:
    def value(said: str | list[str]) -> dict[str, Any]:
        if isinstance(said, list):
            return {"t": "MetaList", "c": [value(item) for item in said]}
        return {"t": "MetaString", "c": said}

    return {key: value(said) for key, said in meta.items()}


def _run(arguments: Sequence[str], folder: str, date: datetime.date = _EPOCH) -> bytes:
    import pypandoc

    command = [pypandoc.get_pandoc_path(), *_HEAP, "--sandbox", *arguments]
    noon = datetime.datetime(date.year, date.month, date.day, 12, tzinfo=datetime.UTC)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(int(noon.timestamp()))}
    try:
        done = subprocess.run(  # noqa: S603 - the program that the package brings
            command, cwd=folder, env=environment, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise EditionProgramError(f"Pandoc was still running after {_SECONDS} s") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise EditionProgramError(f"Pandoc failed: {said[0] if said else f'exit code {done.returncode}'}")
    return done.stdout
