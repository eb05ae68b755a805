"""Jupyter notebooks as chapters: text, code as examples that run one after the other, and what they printed.

Source: https://nbformat.readthedocs.io/en/latest/format_description.html
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from vulgate.source.book import SourceFile
from vulgate.source.data import DataError, read_json, table, text
from vulgate.source.dialects.page import Page
from vulgate.source.origins import Line

_MAGIC: Final = re.compile(r"^[ \t]*(?:[%!]|\?\w|\w[\w.]*\?)", re.MULTILINE)
_ANSI: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_CHANGING: Final = re.compile(r"0x[0-9a-f]{6,}|\b\d+(?:\.\d+)? ?(?:ns|µs|us|ms|s) ±|\d{4}-\d\d-\d\d[ T]\d\d:\d\d")
_MOST_OUTPUT: Final = 20_000
_LANGUAGES: Final = {"ir": "r", "ipython": "python", "ipython3": "python", "python3": "python"}


def read_notebook(file: SourceFile, page: Page) -> list[Line]:
    """The lines of a notebook.

    Args:
        file: The notebook.
        page: Takes what is left out.

    Raises:
        DataError: It is no notebook of format 4.
    """
    data = table(read_json(file.data))
    if data.get("nbformat") != 4 or not isinstance(data.get("cells"), list):
        found = data.get("nbformat", "none")
        raise DataError(
            f"it is a notebook of format {found}; `jupyter nbconvert --to notebook` makes one of format 4"
            if isinstance(found, int)
            else "it is no Jupyter notebook"
        )
    metadata = table(data.get("metadata"))
    named = text(table(metadata.get("language_info")).get("name")) or text(
        table(metadata.get("kernelspec")).get("language")
    )
    language = named.lower() or "python"
    return list(_Cells(file, page, _LANGUAGES.get(language, language)).lines(data["cells"]))


class _Cells:
    def __init__(self, file: SourceFile, page: Page, language: str) -> None:
        self.file = file
        self.page = page
        self.language = language
        self.at = 0
        self.number = 1

    def lines(self, cells: list[Any]) -> Iterator[Line]:
        is_first = True
        for cell in map(table, cells):
            source = _joined(cell.get("source"))
            if not source.strip():
                continue
            if not is_first:
                yield self._made("")
            is_first = False
            if cell.get("cell_type") == "code":
                yield from self._code(source, cell)
            elif cell.get("cell_type") == "raw":
                yield from self._fenced("text", source)
            else:
                yield from self._located(source)

    def _code(self, source: str, cell: dict[str, Any]) -> Iterator[Line]:
        outputs = [table(output) for output in cell.get("outputs") or [] if isinstance(output, dict)]
        error = next((output for output in outputs if output.get("output_type") == "error"), None)
        is_python = self.language == "python"
        attributes = ""
        if is_python:
            name = text(error.get("ename")) if error else ""
            if _MAGIC.search(source):
                attributes = " {static}"
            else:
                raises = f" raises={name}" if re.fullmatch(r"[A-Za-z_]\w*", name) else ""
                attributes = f" {{group=notebook{raises}}}"
        yield from self._fenced(self.language + attributes, source)
        printed = "" if error else self._printed(outputs)
        if printed.strip():
            yield self._made("")
            # An output that stands for no run, or of an unknown language, is shown and not held against anything.
            shown = (
                "output" if is_python and "static" not in attributes and self._is_stable(printed, outputs) else "text"
            )
            yield from self._fenced(shown, printed, located=False)

    def _printed(self, outputs: list[dict[str, Any]]) -> str:
        parts = []
        for output in outputs:
            if output.get("output_type") == "stream":
                parts.append(_joined(output.get("text")))
                continue
            data = table(output.get("data"))
            if "text/plain" in data:
                parts.append(_joined(data["text/plain"]))
            for kind in data:
                if kind.startswith(("image/", "text/html", "application/")):
                    self.page.left_out(self._made(""), f"an output of the kind `{kind}`")
        whole = _ANSI.sub("", "\n".join(part.rstrip("\n") for part in parts))
        return whole if len(whole) <= _MOST_OUTPUT else ""

    @staticmethod
    def _is_stable(printed: str, outputs: list[dict[str, Any]]) -> bool:
        """Whether the output is what a script would print: a result that only a notebook echoes is not."""
        only_streams = all(
            output.get("output_type") == "stream" and output.get("name") != "stderr" for output in outputs
        )
        return only_streams and not _CHANGING.search(printed)

    def _fenced(self, info: str, source: str, *, located: bool = True) -> Iterator[Line]:
        marks = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", source)), default=0))
        body = list(self._located(source)) if located else [self._made(line) for line in source.splitlines()]
        opened = body[0]._replace(text=f"{marks}{info}\n") if body else self._made(f"{marks}{info}")
        yield opened
        yield from body
        yield self._made(marks)

    def _located(self, source: str) -> Iterator[Line]:
        """The lines of a cell, each at its place in the file."""
        for line in re.split(r"\r\n?|\n", source.rstrip("\n")):
            self._move_to(line)
            yield Line(line + "\n", self.file.path, self.number)

    def _made(self, line: str) -> Line:
        return Line(line + "\n", self.file.path, self.number)

    def _move_to(self, line: str) -> None:
        """Goes on to where a line of source stands in the JSON."""
        if not line.strip():
            return
        for is_ascii in (False, True):
            told = json.dumps(line, ensure_ascii=is_ascii)[1:-1].encode("utf-8", "replace")
            at = self.file.data.find(told, self.at)
            if at >= 0:
                self.number += self.file.data.count(b"\n", self.at, at)
                self.at = at
                return


def _joined(value: Any) -> str:
    """Multi-line text of a notebook: a text, or a list of lines."""
    if isinstance(value, list):
        return "".join(item for item in value if isinstance(item, str))
    return value if isinstance(value, str) else ""
