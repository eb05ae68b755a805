"""Detectors written as Python functions: `:detect: plugin vague-docstring`.

Those of other packages are entry points of the group `vulgate.rule_plugins`, each a `Plugin`.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from vulgate.detect.base import DetectorError, Match, Query, Report, patterns_of
from vulgate.detect.literals import Literals
from vulgate.detect.plugins import PLUGINS
from vulgate.detect.source import Place, Plugin, Project, matches
from vulgate.model.suggest import did_you_mean
from vulgate.plugins import plugin_names
from vulgate.version import __version__

GROUP: Final = "vulgate.rule_plugins"


@lru_cache(maxsize=1)
def rule_plugins() -> dict[str, Plugin]:
    """All plugins, by name; one of another package may replace one of ours."""
    return {**PLUGINS, **_loaded()[0]}


@lru_cache(maxsize=1)
def _loaded() -> tuple[dict[str, Plugin], dict[str, str]]:
    """The plugins of other packages; and by name, why others of them cannot be loaded."""
    plugins: dict[str, Plugin] = {}
    broken: dict[str, str] = {}
    if not plugin_names(GROUP):
        return plugins, broken
    from importlib.metadata import entry_points

    for entry in entry_points(group=GROUP):
        try:
            plugins[entry.name] = entry.load()
        except (Exception, SystemExit) as error:
            broken[entry.name] = f"{type(error).__name__}: {error}"
    return plugins, broken


class PluginDetector:
    """Calls a function for each file, or once for the whole project."""

    name = "plugin"
    is_program = False

    def version(self, spec: str) -> str:
        """The version of the package that the plugin comes from, as `vulgate 1.0`."""
        if spec in rule_plugins() and rule_plugins()[spec] is not PLUGINS.get(spec):
            from importlib.metadata import entry_points

            for entry in entry_points(group=GROUP, name=spec):
                if entry.dist:
                    return f"{entry.dist.name} {entry.dist.version}"
        return f"vulgate {__version__}"

    def looks_at(self, query: Query) -> tuple[str, ...]:
        """The files that the plugin names."""
        return rule_plugins()[query.spec].files

    def is_whole(self, query: Query) -> bool:
        """Whether the plugin wants the whole project."""
        return query.spec in rule_plugins() and rule_plugins()[query.spec].project

    def needs(self, query: Query) -> Literals:
        """What the plugin says that it needs."""
        plugin = rule_plugins()[query.spec]
        return Literals((frozenset(plugin.needs),) if plugin.needs else (), patterns_of(plugin.text))

    def check(self, query: Query) -> None:
        """Sees whether there is such a plugin.

        Raises:
            DetectorError: There is none, or it names a wrong regular expression.
        """
        if query.spec in _loaded()[1]:
            raise DetectorError(f"the plugin `{query.spec}` cannot be loaded: {_loaded()[1][query.spec]}")
        if query.spec not in rule_plugins():
            help = did_you_mean(query.spec, rule_plugins())
            raise DetectorError(f"no plugin `{query.spec}` is installed" + (f"; {help}" if help else ""))
        self.needs(query)

    def find(self, queries: Sequence[Query], project: Project) -> Report:
        """The places that the plugins yield."""
        report = Report()
        for query in queries:
            plugin = rule_plugins()[query.spec]
            if plugin.project:
                found = plugin.find(project.of(plugin.files))
                report.matches += (_match(query.rule, path, place) for path, place in found)
                continue
            for path in project.paths:
                if matches(path, plugin.files):
                    report.matches += (_match(query.rule, path, place) for place in plugin.find(project.read(path)))
        return report


def _match(rule: str, path: str, place: Place) -> Match:
    return Match(rule, path, place.start, place.end, place.message, "", place.edits, place.safe)
