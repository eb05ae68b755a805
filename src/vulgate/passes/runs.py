"""Whether examples can be run at all: the service that they name must be known, and some version must be theirs."""

from vulgate.model.blocks import Chapter, Example, Fact
from vulgate.model.suggest import did_you_mean
from vulgate.model.versions import holds_on, ranges_of
from vulgate.passes.linking import Linking


def check_runs(link: Linking) -> None:
    """Reports examples that need a service of which the manifest knows nothing, and those that no named version runs."""
    for block in link.blocks:
        if isinstance(block, Example):
            if block.fence.service and block.fence.service not in link.manifest.services:
                _report_service(link, block)
            if block.fence.python and link.manifest.book.python:
                _check_versions(link, block)


def _report_service(link: Linking, block: Example) -> None:
    name = block.fence.service
    help = did_you_mean(name, link.manifest.services) or f"add `[services.{name}]` with its `command`"
    link.reporter.add("unknown-service", block.span, name=name, help=help)


def _check_versions(link: Linking, block: Example) -> None:
    parent = link.by_id.get(block.parent)
    chapter = link.by_id.get(block.chapter)
    ranges = ranges_of(
        block.fence.python,
        parent.holds if isinstance(parent, Fact) else "",
        chapter.python if isinstance(chapter, Chapter) else "",
    )
    if not any(all(holds_on(text, version) for text in ranges) for version in link.manifest.book.python):
        link.reporter.add("never-run", block.span, range=" and ".join(ranges))
