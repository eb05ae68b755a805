"""The search of the site: its index, made anew only when there is something else to find."""

import msgspec

from vulgate.editions.base import Workspace
from vulgate.editions.web import pagefind
from vulgate.editions.web.context import Context
from vulgate.editions.web.places import Places
from vulgate.editions.web.records import records


def is_searchable(workspace: Workspace) -> bool:
    """Whether there is what an index is made with; a diagnostic where there is not.

    Args:
        workspace: Takes the diagnostic.
    """
    try:
        pagefind.version()
    except pagefind.PagefindError as error:
        workspace.report("no-search", reason=str(error))
        return False
    return True


def search_files(context: Context, places: Places, workspace: Workspace) -> dict[str, bytes]:
    """The files of the search, by path in the site; none, and a diagnostic, where it cannot be made.

    Args:
        context: The book.
        places: Where its blocks stand.
        workspace: Keeps the index for the next build.
    """
    found = records(context, places)
    if not found:
        return {}
    language = context.book.book.language.partition("-")[0].lower()
    try:
        key = b"search" + pagefind.digest(found, language)
        if kept := workspace.recall(key):
            return msgspec.msgpack.decode(kept, type=dict[str, bytes])
        files = pagefind.index(found, language)
    except pagefind.PagefindError as error:
        workspace.report("no-search", reason=str(error))
        return {}
    workspace.keep(key, msgspec.msgpack.encode(files))
    return files
