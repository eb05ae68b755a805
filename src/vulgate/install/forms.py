"""The three ways in which our text stands in a repository: a file of our own, a region of a shared one, an entry in JSON."""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from vulgate.install import regions
from vulgate.install.regions import RegionError


class FormError(Exception):
    """A file that is left alone; the text says why, and what to do."""


class Form(Protocol):
    """What stands in one file, or is to."""

    @property
    def name(self) -> str:
        """`own`, `region` or `entry`."""
        ...

    @property
    def wanted(self) -> str:
        """What we want to stand there, without what others have written."""
        ...

    def current(self, text: str) -> str | None:
        """What stands there of ours, or `None`.

        Raises:
            FormError: The file is broken.
        """
        ...

    def put(self, text: str) -> tuple[str, str]:
        """The file with what we want, and the glue in front of it.

        Raises:
            FormError: The file is broken.
        """
        ...

    def take_out(self, text: str, glue: str) -> str:
        """The file without what is ours; empty where nothing else is in it.

        Raises:
            FormError: The file is broken.
        """
        ...


class OwnFile(Struct, frozen=True):
    """A file that nobody else writes."""

    wanted: str
    name: str = "own"

    def current(self, text: str) -> str | None:
        """All of it."""
        return text or None

    def put(self, text: str) -> tuple[str, str]:
        """The wanted text."""
        return self.wanted, ""

    def take_out(self, text: str, glue: str) -> str:
        """Nothing."""
        return ""


class SharedFile(Struct, frozen=True):
    """A region, named after a book, of a file that others write, too."""

    wanted: str
    book: str
    name: str = "region"

    def current(self, text: str) -> str | None:
        """What is between our markers."""
        try:
            region = regions.find(text, self.book)
        except RegionError as error:
            raise FormError(str(error)) from error
        return region.body if region else None

    def put(self, text: str) -> tuple[str, str]:
        """The text with the region in it."""
        try:
            return regions.put(text, self.book, self.wanted)
        except RegionError as error:
            raise FormError(str(error)) from error

    def take_out(self, text: str, glue: str) -> str:
        """The text without the region."""
        try:
            return regions.take_out(text, self.book, glue)
        except RegionError as error:
            raise FormError(str(error)) from error


class JsonEntry(Struct, frozen=True):
    """Our entry in a JSON file of settings, which is known by its command.

    Attributes:
        wanted: The entry as JSON.
        read: The entry in a text, as JSON, or an empty text; raises `FormError`.
        write: A text with the entry in it, or without; raises `FormError`.
    """

    wanted: str
    read: Callable[[str], str]
    write: Callable[[str, bool], str]
    name: str = "entry"

    def current(self, text: str) -> str | None:
        """The entry that is there."""
        return self.read(text) or None

    def put(self, text: str) -> tuple[str, str]:
        """The text with the entry in it. Where taking it out would not give the text back, the text is the glue."""
        new = self.write(text, True)
        is_exact = (
            self.read(text) or self.write(new, False) == text
        )  # an entry that is there already is no text of others
        return new, "" if is_exact else text

    def take_out(self, text: str, glue: str) -> str:
        """The text without the entry; the text that was there before, if nothing else has changed since."""
        rest = self.write(text, False)
        return glue if glue and rest == self.write(self.write(glue, True), False) else rest
