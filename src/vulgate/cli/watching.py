"""The files of a book as they change."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import anyio
from watchfiles import Change, DefaultFilter, awatch

from vulgate.build import OUTPUT
from vulgate.store.cache import FOLDER

_PROOFS: Final = "proofs.sqlite"
DEBOUNCE_MS: Final = 50
STEP_MS: Final = 10
"""How long nothing may happen before a save is taken to be whole."""


class _OnlySources(DefaultFilter):
    """What a book is made of: its folder without what is written there, but with what was proven."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root.resolve()

    def __call__(self, change: Change, path: str) -> bool:
        try:
            parts = Path(path).relative_to(self._root).parts
        except ValueError:
            return False
        if parts[:1] == (FOLDER,):
            return parts[1:] == (_PROOFS,)
        return parts[:1] != (OUTPUT,) and super().__call__(change, path)


async def changes(root: Path, end: anyio.Event) -> AsyncIterator[None]:
    """Something for each save in a book's folder.

    Args:
        root: The folder.
        end: Ends it when it is set. A task that is cancelled waits for the thread that watches, which can be seconds.
    """
    only = _OnlySources(root)
    async for _ in awatch(root.resolve(), watch_filter=only, debounce=DEBOUNCE_MS, step=STEP_MS, stop_event=end):
        yield None
