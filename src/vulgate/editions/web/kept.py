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

    def files(self, paths: Sequence[str], make: Callable[[str], bytes]) -> _Files:
        """All files of the site; where many pages are to be made, a helper makes half of those of chapters.

        Args:
            paths: The files of the site.
            make: Makes one.
        """
        found, missing = self._recall()
        of_chapters = {path for own in self._paths.values() for path in own}

        def chapters(ids: Sequence[str]) -> _Files:
            return {path: data for id in ids for path, data in self._made(id, make).items()}

        is_much = sum(len(self._paths[id]) for id in missing) >= _MIN_TO_FORK and can_fork()
        theirs, ours = (missing[::2], missing[1::2]) if is_much else ([], missing)
        # What is read from the folder must be noted here: a helper makes pages only, whose templates are read.
        helper = Helper(lambda: chapters(theirs)) if theirs else None
        found |= {path: make(path) for path in paths if path not in of_chapters} | chapters(ours)
        found |= (helper.result(_Files) if helper else None) or chapters(theirs)
        return {path: found[path] for path in paths}

    def _recall(self) -> tuple[_Files, list[str]]:
        """The pages that an earlier build kept, and the chapters whose pages are not among them."""
        found: _Files = {}
        missing = []
        for id, key in self._keys.items():
            if data := self._workspace.recall(key):
                found |= msgspec.msgpack.decode(data, type=_Files)
            else:
                missing.append(id)
        return found, missing

    def _made(self, id: str, make: Callable[[str], bytes]) -> _Files:
        made = {path: make(path) for path in self._paths[id]}
        self._workspace.keep(self._keys[id], msgspec.msgpack.encode(made))
        return made
