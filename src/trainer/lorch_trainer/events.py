"""Writes events.jsonl: what the trainer tells the controller (docs/protocol.md).

One event is one line and one `os.write`, so that a reader never sees half of one between two newlines, and a
process killed at any moment leaves whole lines behind.
"""

from __future__ import annotations

import errno
import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from .stdio import finite

VERSION = 1


class EventWriter:
    """Appends events to one attempt's file. Works before the heavy imports, and if they fail."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._seq = 0
        self._torn = False

    def emit(self, kind: str, /, **fields: Any) -> None:
        """Writes one event. Raises OSError if the disk takes no more."""
        # Counted before the write: a signal handler that emits in between leaves a gap, never a number twice.
        seq = self._seq
        self._seq += 1
        event = {"v": VERSION, "seq": seq, "t": int(time.time() * 1000), "type": kind, **fields}
        line = json.dumps(finite(event), ensure_ascii=False, allow_nan=False) + "\n"
        # After a torn line, a newline first: the reader then loses that one line and not this one too.
        data = (("\n" if self._torn else "") + line).encode()
        written = os.write(self._fd, data)
        self._torn = written < len(data)
        if self._torn:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))

    def beat(self) -> None:
        """Shows that the work goes on, between two events: the file's time changes and nothing else."""
        with suppress(OSError):
            os.utime(self._fd)


class SilentWriter(EventWriter):
    """Of a process that does not speak: another one of the same attempt writes the events."""

    def __init__(self) -> None:
        """Opens nothing."""

    def emit(self, kind: str, /, **fields: Any) -> None:
        """Writes nothing."""

    def beat(self) -> None:
        """Touches nothing."""
