"""Writes a compiled book that comes as MessagePack on standard input: `python -m vulgate.server.live.writing PLACE`."""

import sys
from pathlib import Path

import msgspec

from vulgate.model.book import CompiledBook
from vulgate.store.atomic import write_file
from vulgate.store.sqlite import to_sqlite


def write(book: CompiledBook, place: Path) -> None:
    """Writes the file that search and tools read.

    Raises:
        OSError: It cannot be written.
    """
    write_file(place, to_sqlite(book), durable=False)


if __name__ == "__main__":
    write(msgspec.msgpack.decode(sys.stdin.buffer.read(), type=CompiledBook), Path(sys.argv[1]))
