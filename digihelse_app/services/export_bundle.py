"""A ZIP being made on disk: files written piece by piece, each with its checksum."""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

IN_MEMORY = 4 * 1024 * 1024
"""Bytes that are held in memory before a file without a name takes over."""
SUMS = "SHA256SUMS"


class Entry:
    """One file of the bundle, being written."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.hash = hashlib.sha256()

    def write(self, content: bytes) -> None:
        """Add to its end."""
        self.hash.update(content)
        self._file.write(content)


class Bundle:
    """Holds at most `limit` bytes of files; what has no room is left to the caller to tell of."""

    def __init__(self, limit: int) -> None:
        self.file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by `close`
        self._zip = zipfile.ZipFile(self.file, "w", zipfile.ZIP_DEFLATED)
        self._sums: dict[str, str] = {}
        self._left = limit

    def takes(self, size: int) -> bool:
        """Whether there is room for a file of so many bytes; counts it if there is."""
        if size > self._left:
            return False
        self._left -= size
        return True

    @contextmanager
    def entry(self, name: str) -> Iterator[Entry]:
        """A file to write to; one at a time."""
        with self._zip.open(name, "w", force_zip64=True) as file:
            entry = Entry(file)
            yield entry
        self._sums[name] = entry.hash.hexdigest()

    def add(self, name: str, content: bytes) -> None:
        """A whole file."""
        with self.entry(name) as entry:
            entry.write(content)

    def finish(self) -> None:
        """Write the checksums, in the form that `sha256sum --check` reads, and the ZIP's end."""
        lines = (f"{digest}  {name}\n" for name, digest in self._sums.items())
        self._zip.writestr(SUMS, "".join(lines))
        self._zip.close()

    def pieces(self, size: int) -> Iterator[bytes]:
        """The finished ZIP in pieces of `size` bytes."""
        self.file.seek(0)
        while piece := self.file.read(size):
            yield piece

    def close(self) -> None:
        """Let go of it all, finished or not."""
        self._zip.close()
        self.file.close()


class JsonList:
    """A JSON array written one record at a time."""

    def __init__(self, entry: Entry) -> None:
        self._entry, self._separator = entry, "[\n"

    def add(self, record: dict[str, Any]) -> None:
        """One more."""
        text = self._separator + json.dumps(record, ensure_ascii=False, default=str)
        self._entry.write(text.encode())
        self._separator = ",\n"

    def end(self) -> None:
        """No more."""
        self._entry.write(b"[]\n" if self._separator == "[\n" else b"\n]\n")
