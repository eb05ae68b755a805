"""The nouns: what an agent is told, about which files, and the file that says it."""

from msgspec import Struct


class Scope(Struct, frozen=True):
    """The files that a guide is about.

    Attributes:
        name: A slug: `python`, `tests`, `configuration`.
        title: What it is called in headings.
        globs: The files, from the root of a repository, such as `**/*.py`; empty for what no file name tells.
        about: When the guide matters, for agents that choose by a description.
    """

    name: str
    title: str
    globs: tuple[str, ...] = ()
    about: str = ""


class Guide(Struct, frozen=True):
    """What an agent is told about one scope.

    Attributes:
        scope: The files that it is about.
        text: Markdown that begins with a heading of level 1 and ends with a line end.
        rules: Ids of the rules in it, in the order of the text.
        tokens: How much of an agent's context the text takes.
    """

    scope: Scope
    text: str
    rules: tuple[str, ...]
    tokens: int


class Guidance(Struct, frozen=True):
    """All guides of a book for one agent: one that always matters, and one for each scope that it can load apart.

    Attributes:
        book: Id of the book; files and regions are named after it, so that two books live side by side.
        title: Title of the book.
        core: What always matters; its scope has the globs of the language that the book is about.
        scoped: What matters for some files only.
    """

    book: str
    title: str
    core: Guide
    scoped: tuple[Guide, ...] = ()


class Layout(Struct, frozen=True):
    """What a target needs to know of a repository.

    Attributes:
        folders: All folders that Git does not ignore, from the root, with forward slashes; the root itself is left out.
        chosen: Names of all targets that are written together, so that no agent is told a thing twice.
        files: All files that Git does not ignore and that we did not write, from the root. Some agents read the first of
            several, and must not lose the one that they read now; and a folder counts by what it holds.
    """

    folders: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


class AgentFile(Struct, frozen=True):
    """A file to write into a repository.

    Attributes:
        path: Where, from the root, with forward slashes.
        text: All of the file where it is ours; what stands between our markers where others write into it, too.
        shared: Whether others write into it.
        guides: Names of the scopes whose guides it holds.
    """

    path: str
    text: str
    shared: bool = False
    guides: tuple[str, ...] = ()

    @property
    def is_pointer(self) -> bool:
        """Whether it says nothing but that AGENTS.md is to be read."""
        return self.shared and not self.guides
