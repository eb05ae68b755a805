"""Metrics with a limit: `:detect: metric docstring-coverage >= 95%`, `metric complexity <= 15`, `metric file-lines <= 1000`."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

from msgspec import Struct

from vulgate.detect.base import DetectorError, Match, Query, Report, version_of
from vulgate.detect.fence import read_fence
from vulgate.detect.literals import Literals
from vulgate.detect.ruff import FILES, run_with_limit
from vulgate.detect.source import Project, Source
from vulgate.model.suggest import did_you_mean

_SPEC = re.compile(r"([a-z-]+)\s*(<=|>=)\s*(\d+(?:\.\d+)?)\s*%?")
_WORST: Final = 3  # files that are named
_WHOLE: Final = 100  # percent


class Limit(Struct, frozen=True):
    """A metric and its limit; in percent for shares."""

    metric: str
    sign: str
    value: float


class MetricDetector:
    """Measures code with griffe (docstrings), ruff (complexity), or by counting lines."""

    name = "metric"
    is_program = False

    def version(self, spec: str) -> str:
        """The version of the library that measures."""
        library = _METRICS[read_limit(spec).metric][2] if _SPEC.fullmatch(spec) else ""
        return version_of(library, library) if library else ""

    def looks_at(self, query: Query) -> tuple[str, ...]:
        """Python files."""
        return FILES

    def is_whole(self, query: Query) -> bool:
        """Whether the metric is one number for the whole project."""
        return read_limit(query.spec).metric == "docstring-coverage"

    def needs(self, query: Query) -> Literals:
        """Nothing that could be looked for beforehand."""
        return Literals()

    def check(self, query: Query) -> None:
        """Sees whether the metric is known.

        Raises:
            DetectorError: It is not, or it has no limit.
        """
        read_limit(query.spec)
        _own_limit(query)

    def find(self, queries: Sequence[Query], project: Project) -> Report:
        """The places where a limit is passed; the project's own limits come before the book's."""
        report = Report()
        for query in queries:
            limit = read_limit(query.spec)
            own = _own_limit(query) if project.settings.is_example else project.settings.thresholds.get(limit.metric)
            if own:
                limit = Limit(limit.metric, limit.sign, float(own.rstrip(" %")))
            report.matches += _METRICS[limit.metric][1](query.rule, limit, project.of(FILES))
        return report


def _own_limit(query: Query) -> str:
    """The limit that the examples of a rule are held to: `limit: 12` in its `detect` fence, so that they can be short."""
    if not query.options:
        return ""
    try:
        (item,) = read_fence(query.options).items()
        if item[0] == "limit":
            return str(float(item[1]))
    except (AttributeError, TypeError, ValueError):
        pass
    raise DetectorError("the `detect` fence of a metric holds nothing but `limit:` and a number")


def read_limit(spec: str) -> Limit:
    """Reads `docstring-coverage >= 95%`.

    Raises:
        DetectorError: It is no known metric with a limit.
    """
    match = _SPEC.fullmatch(spec.strip())
    if not match:
        raise DetectorError(f"`{spec}` is no metric with a limit; write it as `docstring-coverage >= 95%`")
    if match[1] not in _METRICS:
        help = did_you_mean(match[1], _METRICS)
        raise DetectorError(f"no metric `{match[1]}`; there are {', '.join(_METRICS)}" + (f"; {help}" if help else ""))
    if match[2] != _METRICS[match[1]][0]:
        raise DetectorError(f"`{match[1]}` has a limit of the form `{_METRICS[match[1]][0]} ...`")
    limit = Limit(match[1], match[2], float(match[3]))
    if limit.sign == ">=" and limit.value > _WHOLE:
        raise DetectorError(f"`{match[1]}` cannot be more than {_WHOLE}%")
    return limit


def _docstring_coverage(rule: str, limit: Limit, project: Project) -> Iterator[Match]:
    """One finding for the project, in the file that lacks most."""
    missing: dict[str, int] = {}
    public = 0
    for path in project.paths:
        told = [has for _, has in _public_objects(project.read(path))]
        public += len(told)
        missing[path] = told.count(False)
    lacking = sum(missing.values())
    share = 100 * (public - lacking) / public if public else 100.0
    if share < limit.value:
        worst = sorted((path for path in missing if missing[path]), key=lambda path: (-missing[path], path))[:_WORST]
        named = ", ".join(f"{path} lacks {missing[path]}" for path in worst)
        message = (
            f"{share:.1f} % of {public} public objects have a docstring, {limit.value:g} % are asked for ({named})"
        )
        place = project.read(worst[0]).line_place(1)
        yield Match(rule, worst[0], place.start, place.end, message)


def _public_objects(source: Source) -> Iterator[tuple[str, bool]]:
    """The public modules, classes and functions of a file, and whether each has a docstring."""
    import griffe

    if not source.text or source.tree is None or PurePosixPath(source.path).name.startswith("test"):
        return
    name = PurePosixPath(source.path).stem
    with griffe.logger.disable():  # what it cannot follow is no matter here, and its log would stand among the findings
        module = griffe.visit(name, PurePosixPath(source.path), code=source.text)  # type: ignore[arg-type]
    if not name.startswith("_") or name == "__init__":
        yield name, module.has_docstring
    yield from _public_members(module)


def _public_members(parent: Any) -> Iterator[tuple[str, bool]]:
    for member in parent.members.values():
        if member.is_alias or not (member.is_class or member.is_function) or member.name.startswith("_"):
            continue
        yield member.path, member.has_docstring
        if member.is_class:
            yield from _public_members(member)


def _complexity(rule: str, limit: Limit, project: Project) -> Iterator[Match]:
    """One finding for each function that is too complex."""
    setting = f"lint.mccabe.max-complexity={limit.value:.0f}"
    return iter(run_with_limit(rule, "C901", setting, project).matches)


def _file_lines(rule: str, limit: Limit, project: Project) -> Iterator[Match]:
    for path in project.paths:
        source = project.read(path)
        lines = source.line(max(len(source.text) - 1, 0))
        if lines > limit.value:
            place = source.line_place(1)
            yield Match(rule, path, place.start, place.end, f"{lines} lines, at most {limit.value:g} are asked for")


_Measure = Callable[[str, Limit, Project], Iterator[Match]]
# The form of the limit, the function that looks, and the library behind it.
_METRICS: Final[dict[str, tuple[str, _Measure, str]]] = {
    "docstring-coverage": (">=", _docstring_coverage, "griffelib"),
    "complexity": ("<=", _complexity, "ruff"),
    "file-lines": ("<=", _file_lines, "vulgate"),
}
