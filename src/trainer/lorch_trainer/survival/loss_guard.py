"""Notices a loss that explodes: far above its own running median, several times in a row."""

from __future__ import annotations

from collections import deque
from statistics import median

FACTOR = 3.0
IN_A_ROW = 3
WINDOW = 50
ENOUGH = 10
"""So many losses make a median to compare with; the first steps of a run jump."""


class LossGuard:
    """One per attempt. What it has seen is not kept in checkpoints: it begins again with each attempt."""

    def __init__(self) -> None:
        self._calm: deque[float] = deque(maxlen=WINDOW)
        """Losses that were not far above; the others would lift the median after them."""
        self._high = 0

    def look(self, loss: float) -> str | None:
        """Takes in a logged loss. Returns what is wrong, once for each explosion."""
        usual = median(self._calm) if len(self._calm) >= ENOUGH else None
        # A loss that may be negative has no such measure.
        if usual is None or usual <= 0 or loss <= FACTOR * usual:
            self._calm.append(loss)
            self._high = 0
            return None
        self._high += 1
        if self._high != IN_A_ROW:
            return None
        times = f"{loss / usual:.1f} times its median of {usual:.4g}"
        return f"the loss is {loss:.4g}, {times}, and was too high {IN_A_ROW} times in a row"
