"""The forms in which findings are shown: one module each."""

from collections.abc import Callable
from importlib import import_module
from typing import Final

from vulgate.model.findings import CheckResult
from vulgate.report.findings.common import Options

Format = Callable[[CheckResult, Options], str]
"""Writes what a check has to say; the text is empty or ends with a line end."""


def _lazy(module: str) -> Format:
    """The `render` of a module, which is imported when it is first called."""

    def render(result: CheckResult, options: Options) -> str:
        write: Format = import_module(f"{__name__}.{module}").render
        return write(result, options)

    return render


FORMATS: Final[dict[str, Format]] = {
    "full": _lazy("full"),
    "concise": _lazy("concise"),
    "json": _lazy("data"),
    "sarif": _lazy("log"),
    "github": _lazy("annotations"),
    "gitlab": _lazy("gitlab"),
    "junit": _lazy("junit"),
    "rdjson": _lazy("rdjson"),
}
