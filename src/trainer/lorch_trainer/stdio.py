"""Communication with the controller: a spec on stdin, JSON lines on a copy of fd 1.

Libraries may print to stdout. After `take_stdout` their output goes to stderr, and only the
functions below reach the controller.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .errors import LorchError

_fd: int | None = None
_last_progress = 0.0


def take_stdout() -> None:
    """Keeps fd 1 for `progress`, `result` and `error`, and redirects all other stdout to stderr."""
    global _fd
    if _fd is not None:
        return
    sys.stdout.flush()
    _fd = os.dup(1)
    os.set_inheritable(_fd, False)
    os.dup2(2, 1)


def finite(value: Any) -> Any:
    """`value` with floats that JSON does not have as the strings "NaN", "Infinity" and "-Infinity"."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    return value


def _emit(line: dict[str, Any]) -> None:
    if _fd is None:  # imported as a library (tests): there is no reader
        return
    data = (json.dumps(finite(line), ensure_ascii=False, allow_nan=False) + "\n").encode()
    while data:
        data = data[os.write(_fd, data) :]


def progress(label: str, done: int, total: int | None = None) -> None:
    """Reports progress, at most ten lines a second, but always the last one (`done == total`)."""
    global _last_progress
    now = time.monotonic()
    if done == total or now - _last_progress >= 0.1:
        _last_progress = now
        _emit({"type": "progress", "label": label, "done": done, "total": total})


def result(value: dict[str, Any]) -> None:
    """The last line of a command that succeeded."""
    _emit({"type": "result", "value": value})


def error(failure: LorchError) -> None:
    """The last line of a command that failed."""
    line: dict[str, Any] = {"type": "error", "code": failure.code, "message": failure.message}
    if failure.hint:
        line["hint"] = failure.hint
    _emit(line)


def read_spec() -> dict[str, Any]:
    """The spec: one JSON object on stdin (empty input is the empty object)."""
    text = sys.stdin.buffer.read().decode("utf-8")
    try:
        spec = json.loads(text) if text.strip() else {}
    except ValueError as cause:
        raise LorchError("R012", f"the spec on stdin is not JSON: {cause}") from cause
    if not isinstance(spec, dict):
        raise LorchError("R012", "the spec on stdin is not a JSON object")
    return spec


@contextmanager
def spec_fields(verb: str) -> Iterator[None]:
    """Reports a missing field of the spec as R012 instead of a KeyError."""
    try:
        yield
    except KeyError as cause:
        raise LorchError("R012", f"the spec of `{verb}` lacks {cause}") from cause
