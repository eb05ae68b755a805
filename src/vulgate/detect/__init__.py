"""The detectors, by name: what a rule's `:detect:` may call on. Other packages add theirs under `vulgate.detectors`."""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vulgate.detect.base import Detector


@lru_cache(maxsize=1)
def detectors() -> "dict[str, Detector]":
    """All detectors, by name. They are imported here, because most commands need none of them."""
    from vulgate.detect.ast_grep import AstGrepDetector
    from vulgate.detect.base import DETECTOR_GROUP, Detector
    from vulgate.detect.layers import LayersDetector
    from vulgate.detect.metric import MetricDetector
    from vulgate.detect.plugin import PluginDetector
    from vulgate.detect.ruff import RuffDetector
    from vulgate.detect.type_checker import TypeCheckerDetector
    from vulgate.plugins import load_plugins

    ours: tuple[Detector, ...] = (
        RuffDetector(),
        AstGrepDetector(),
        LayersDetector(),
        MetricDetector(),
        PluginDetector(),
        TypeCheckerDetector(),
    )
    found: dict[str, Detector] = {detector.name: detector for detector in ours}
    found.update({name: plugin() for name, plugin in load_plugins(DETECTOR_GROUP).items()})
    return found
