"""Zip archives that are the same, byte for byte, whenever they are made."""

import io
from collections.abc import Mapping
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo


def archive(files: Mapping[str, bytes], *, stored: frozenset[str] = frozenset()) -> bytes:
    """A zip archive.

    Args:
        files: Contents by path, in the order in which they are to stand.
        stored: Paths of what is not compressed.
    """
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as out:
        for path, data in files.items():
            entry = ZipInfo(path)  # of 1980, the first year that the format knows
            entry.create_system = 3  # the same on every system
            entry.external_attr = 0o644 << 16
            entry.compress_type = ZIP_STORED if path in stored else ZIP_DEFLATED
            out.writestr(entry, data)
    return buffer.getvalue()
