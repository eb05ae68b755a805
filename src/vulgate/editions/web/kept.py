"""The pages of a whole site: those of chapters from an earlier build where they are the same, the others on two processors."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import structs

from vulgate.editions.base import Workspace
from vulgate.editions.web.pages import Pages
from vulgate.editions.web.site import Site
from vulgate.forked import Helper, can_fork

_MIN_TO_FORK: Final = 80
"""Pages for which a second processor is worth its start."""
_Files = dict[str, bytes]


class KeptPages:
    """The pages of chapters, kept by all that decides them: a change in one chapter leaves most others as they are.

    Args:
        pages: The pages of the site.
        site: What all of them show.
        theme: The templates of the theme, by name.
        workspace: Keeps pages for the next build.
    """

    def __init__(self, pages: Pages, site: Site, theme: Mapping[str, str], workspace: Workspace) -> None:
        # Our templates show the digest of the book on the cover alone; what a theme shows is not known.
        around = (site if theme else structs.replace(site, digest=""), theme)
        salt = hashlib.blake2b(msgspec.msgpack.encode(around), digest_size=16).digest()
        chapters = pages.of_chapters()
        self._paths = {id: [leaf.path for leaf in leaves] for id, leaves in chapters.items()}
        self._keys = {
            id: b"pages"
            + hashlib.blake2b(msgspec.msgpack.encode(pages.told(leaves)), key=salt, digest_size=16).digest()
            for id, leaves in chapters.items()
        }
        self._workspace = workspace
        self._missing: list[str] = []

    def recall(self) -> _Files:
        """The pages that an earlier build kept."""
        found: _Files = {}
        for id, key in self._keys.items():
            if data := self._workspace.recall(key):
                found |= msgspec.msgpack.decode(data, type=_Files)
            else:
                self._missing.append(id)
        return found

    def keep(self, files: Mapping[str, bytes]) -> None:
        """Keeps the pages that were made anew.

        Args:
            files: All files of the site.
        """
        for id in self._missing:
            pages = {path: files[path] for path in self._paths[id]}
            self._workspace.keep(self._keys[id], msgspec.msgpack.encode(pages))


def make_all(paths: Sequence[str], make: Callable[[str], bytes]) -> _Files:
    """Files by their paths; where many are pages, a helper makes half of those.

    Args:
        paths: The files that are wanted.
        make: Makes one.
    """
    pages = [path for path in paths if path.endswith(".html")]
    theirs = pages[: len(pages) // 2] if len(pages) >= _MIN_TO_FORK and can_fork() else []
    # What is read from the folder must be noted here: a helper makes pages only, whose templates are read.
    helper = Helper(lambda: {path: make(path) for path in theirs}) if theirs else None
    made = {path: make(path) for path in paths if path not in set(theirs)}
    return made | ((helper.result(_Files) if helper else None) or {path: make(path) for path in theirs})
