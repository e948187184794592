"""The conversation with the controller: a spec on stdin, JSON lines on our own copy of fd 1.

Libraries print to stdout when they like; after `take_stdout` what they print goes to stderr, and only the
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
    """Keeps fd 1 for `progress`, `result` and `error`, and points everybody else's stdout at stderr."""
    global _fd
    if _fd is not None:
        return
    sys.stdout.flush()
    _fd = os.dup(1)
    os.set_inheritable(_fd, False)
    os.dup2(2, 1)


def finite(value: Any) -> Any:
    """`value` with the floats JSON cannot hold as the strings "NaN", "Infinity" and "-Infinity"."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    return value


def _emit(line: dict[str, Any]) -> None:
    if _fd is None:  # imported as a library (tests): nobody listens
        return
    data = (json.dumps(finite(line), ensure_ascii=False, allow_nan=False) + "\n").encode()
    while data:
        data = data[os.write(_fd, data) :]


def progress(label: str, done: int, total: int | None = None) -> None:
    """Reports progress, at most ten lines a second; the last (`done == total`) always."""
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
    """Turns a field missing from the spec into R012 instead of a bare KeyError."""
    try:
        yield
    except KeyError as cause:
        raise LorchError("R012", f"the spec of `{verb}` lacks {cause}") from cause
