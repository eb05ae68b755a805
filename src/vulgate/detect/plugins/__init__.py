"""The plugins that come with the handbook, one module a topic: functions that find what no pattern can."""

from typing import Final

from vulgate.detect.plugins import classes, configuration, design, flow, performance
from vulgate.detect.source import Plugin

PLUGINS: Final[dict[str, Plugin]] = {
    name: plugin
    for topic in (classes, configuration, design, flow, performance)
    for name, plugin in topic.PLUGINS.items()
}
