"""Bounds on what a chat template may use: it is a program that comes with a model, and may loop for ever."""

from __future__ import annotations

import resource
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from ..errors import LorchError

SECONDS = 20.0
"""Of computing time for one rendering. Ordinary ones take milliseconds, however busy the machine is."""
MEMORY = 3 << 30
"""Bytes that one rendering may add to the process. Enforced on Linux."""
TEXT = 64 << 20
"""Characters of one rendered row."""

TEMPLATE_LIMIT = "R073"


class _OutOfTimeError(BaseException):
    """Not an Exception: a template, or what runs it, may catch those."""


@contextmanager
def template_limits() -> Iterator[None]:
    """Raises LorchError R073 if what runs inside takes too much time or memory."""
    if threading.current_thread() is not threading.main_thread():  # signals go to the main thread alone
        yield
        return
    before = signal.signal(signal.SIGPROF, _stop)
    limits = _lower_memory_limit()
    signal.setitimer(signal.ITIMER_PROF, SECONDS, 0.5)
    try:
        yield
    except _OutOfTimeError:
        message = f"the chat template did not finish in {SECONDS:.0f} seconds of computing time"
        raise LorchError(TEMPLATE_LIMIT, message) from None
    except MemoryError:
        raise LorchError(
            TEMPLATE_LIMIT, f"the chat template wants more than {MEMORY >> 30} GiB of memory"
        ) from None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        if limits is not None:
            resource.setrlimit(resource.RLIMIT_AS, limits)


def check_length(text: str) -> None:
    """Raises LorchError R073 for a text that no row becomes."""
    if len(text) > TEXT:
        raise LorchError(
            TEMPLATE_LIMIT, f"the chat template writes {len(text):,} characters; the limit is {TEXT:,}"
        )


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _OutOfTimeError


def _lower_memory_limit() -> tuple[int, int] | None:
    """Sets the limit while a template runs. Returns the limits to set again, None if there are none."""
    if sys.platform != "linux":
        return None
    try:
        size = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = size + MEMORY
        if any(limit != resource.RLIM_INFINITY and limit <= wanted for limit in (soft, hard)):
            return None
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    except (OSError, ValueError):
        return None
    return soft, hard
