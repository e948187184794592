"""One attempt of a run and its figures so far, because the `end` event may be needed at any time."""

from __future__ import annotations

import time
from typing import Any

from .errors import code_docs
from .events import EventWriter
from .plan import RunFolder


class Attempt:
    """Has the run folder and the event file, and collects the figures of the `end` event."""

    def __init__(self, run: RunFolder, number: int, events: EventWriter) -> None:
        self.run, self.number, self.events = run, number, events
        self.allow_changed: str | None = None
        """Why a resumed attempt may go on with other versions or another base model; None: it may not."""
        self.retry: dict[str, Any] | None = None
        """Why lorch started this attempt by itself, and what it changes (src/run/retry-ladder.ts)."""
        self.step = self.max_steps = 0
        self.best_checkpoint: str | None = None
        self.early_stop: dict[str, Any] | None = None
        """Why the run ended before its last step (early_stopping.py)."""
        self.training_began: float | None = None
        """time.monotonic() at the beginning of the first step; None before."""
        self.from_step = 0
        """The step it began with: 0, or that of the checkpoint."""
        self.tokens = self.trained_tokens = 0
        """What this attempt alone has fed to the model since then."""

    def end(self, outcome: str, code: int) -> None:
        """The last event."""
        self.events.emit(
            "end",
            outcome=outcome,
            code=code,
            step=self.step,
            max_steps=self.max_steps,
            best_checkpoint=self.best_checkpoint,
            attempt={
                "from_step": self.from_step,
                "tokens": self.tokens,
                "trained_tokens": self.trained_tokens,
            },
            train_ms=int(1000 * (time.monotonic() - self.training_began)) if self.training_began else 0,
            **({"early_stop": self.early_stop} if self.early_stop else {}),
        )

    def warn(self, code: str, message: str) -> None:
        """A finding on the run, with the hint that codes.json has for it."""
        hint = code_docs().get(code, {}).get("hint")
        self.events.emit("warning", code=code, message=message, **({"hint": hint} if hint else {}))
