"""Percentiles and a histogram of sequence lengths, exact, in memory that grows with distinct lengths only."""

from __future__ import annotations

from collections import Counter
from typing import Any


class Lengths:
    """Counts lengths; percentiles are nearest-rank."""

    def __init__(self) -> None:
        self._rows: Counter[int] = Counter()

    def add(self, length: int, times: int = 1) -> None:
        """Counts one sequence, as often as it is fed."""
        self._rows[length] += times

    def summary(self) -> dict[str, Any]:
        """`{p50, p90, p99, max, mean}` in tokens; zeros if there is no row."""
        total = self._rows.total()
        if total == 0:
            return {"p50": 0, "p90": 0, "p99": 0, "max": 0, "mean": 0.0}
        ordered = sorted(self._rows.items())
        result: dict[str, Any] = {}
        for percent in (50, 90, 99):
            rank = -(-total * percent // 100)
            seen = 0
            for length, rows in ordered:
                seen += rows
                if seen >= rank:
                    result[f"p{percent}"] = length
                    break
        tokens = sum(length * rows for length, rows in ordered)
        return {**result, "max": ordered[-1][0], "mean": round(tokens / total, 2)}

    def histogram(self) -> list[dict[str, int]]:
        """Rows per power of two: `upto` is the bin's largest length. Empty bins between others are kept."""
        if not self._rows:
            return []
        bins: Counter[int] = Counter()
        for length, rows in self._rows.items():
            bins[max(length - 1, 0).bit_length()] += rows
        return [{"upto": 1 << power, "rows": bins[power]} for power in range(min(bins), max(bins) + 1)]
