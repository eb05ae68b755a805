"""What is left of the HTML that an author wrote: no script, no handlers, nothing from another host."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

import nh3

_TAGS: Final = (
    "a abbr b bdi bdo blockquote br cite code col colgroup dd del details dfn div dl dt em figcaption figure h3 h4 h5 h6 hr i "
    "img ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary sup table tbody td tfoot th thead time tr "
    "u ul var wbr"
)
_ATTRIBUTES: Final = {
    "*": {"dir", "lang", "title"},
    "a": {"href", "class", "data-tip", "rel"},
    "code": {"class"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "hr": {"class"},
    "img": {"src", "alt", "width", "height", "loading"},
    "ol": {"start", "reversed"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "headers", "scope"},
    "time": {"datetime"},
}
_DROPPED: Final = {"script", "style", "svg", "math", "iframe", "object", "template", "noscript"}
Address = Callable[[str, str], str | None]
"""The address that a tag (`a` or `img`) may have in place of what the author wrote, or `None`."""


@lru_cache(maxsize=1)
def _cleaner(address: Address | None) -> nh3.Cleaner:
    def filter_(tag: str, name: str, value: str) -> str | None:
        if address is None or name not in ("href", "src"):
            return value
        return address(tag, value)

    return nh3.Cleaner(
        tags=set(_TAGS.split()),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        clean_content_tags=set(_DROPPED),
        url_schemes={"http", "https", "mailto", "block"},
        link_rel=None,
        attribute_filter=filter_,
    )


def clean(html: str, address: Address | None = None) -> str:
    """A fragment of HTML with what is harmless, each tag closed."""
    return _cleaner(address).clean(html)


def clean_around(parts: Sequence[tuple[bool, str]], address: Address | None = None) -> str:
    """Neighbouring passages of which some are an author's HTML, which may open in one of them what it closes in another.

    Args:
        parts: Whether a passage is the author's HTML, and the passage; the others are ours and are kept as they are.
        address: Gives the addresses.
    """
    slots = [f'<hr class="vg-slot-{index}">' for index in range(len(parts))]
    mixed = clean("".join(html if foreign else slots[at] for at, (foreign, html) in enumerate(parts)), address)
    ours = [at for at, (foreign, _) in enumerate(parts) if not foreign]
    places = [mixed.find(slots[at]) for at in ours]
    # Something of the author's swallowed ours, as an open comment does: each for itself, then.
    if (
        any(place < 0 for place in places)
        or places != sorted(places)
        or mixed.count('<hr class="vg-slot-') != len(ours)
    ):
        return "".join(clean(html, address) if foreign else html for foreign, html in parts)
    done: list[str] = []
    start = 0
    for at, place in zip(ours, places, strict=True):
        done += (mixed[start:place], parts[at][1])
        start = place + len(slots[at])
    return "".join(done) + mixed[start:]
