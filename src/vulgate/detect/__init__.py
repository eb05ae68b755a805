"""The detectors, by name: what a rule's `:detect:` may call on. Other packages add theirs under `vulgate.detectors`."""

from functools import lru_cache

from vulgate.detect.base import Detector
from vulgate.detect.ruff import RuffDetector
from vulgate.detect.type_checker import TypeCheckerDetector
from vulgate.passes.directives import DETECTOR_GROUP
from vulgate.plugins import load_plugins


@lru_cache(maxsize=1)
def detectors() -> dict[str, Detector]:
    """All detectors, by name."""
    found: dict[str, Detector] = {"ruff": RuffDetector(), "type-checker": TypeCheckerDetector()}
    found.update({name: plugin() for name, plugin in load_plugins(DETECTOR_GROUP).items()})
    return found
