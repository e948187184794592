"""SIGTERM as a wish to stop: finish the step, write a checkpoint, exit with 143.

Installed before the heavy imports. Until `graceful` is set nothing can be lost, so the process ends at once.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from types import FrameType

EXIT_CODE = 128 + signal.SIGTERM


class Stop:
    """The flag that SIGTERM and SIGINT set."""

    def __init__(self, on_early_stop: Callable[[], None]) -> None:
        self.requested = False
        self.graceful = False
        """True while training: the handler only sets the flag, and the trainer looks at it each step."""
        self.over = False
        """True once the end is written: a late signal changes nothing any more."""
        self._on_early_stop = on_early_stop

    def install(self) -> None:
        """Takes both signals. Python runs the handler between two bytecodes, never inside a C call."""
        signal.signal(signal.SIGTERM, self._handle)
        signal.signal(signal.SIGINT, self._handle)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        if self.over:
            return
        self.requested = True
        if self.graceful:
            return
        try:
            self._on_early_stop()
        finally:
            # No exception: libraries being imported catch those, and go on half imported.
            os._exit(EXIT_CODE)
