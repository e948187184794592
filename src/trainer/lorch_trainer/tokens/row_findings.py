"""Findings about rows: the first of each code in full, then a count, so that memory stays flat."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..errors import code_docs

SHOWN = 20


class RowFindings:
    """Collects findings; `list` ends them."""

    def __init__(self) -> None:
        self._shown: list[dict[str, Any]] = []
        self._count: Counter[str] = Counter()

    def add(
        self, code: str, message: str, row: int | None = None, data: dict[str, Any] | None = None
    ) -> None:
        """Notes one finding. `row` counts from 0 over all input files; None: it concerns no single row."""
        self._count[code] += 1
        if self._count[code] <= SHOWN:
            self._shown.append(_finding(code, message, row, data or {}))

    def count(self, code: str) -> int:
        """How often `code` was found."""
        return self._count[code]

    def list(self) -> list[dict[str, Any]]:
        """The findings, by code; a last one of each code counts what is not shown."""
        rest = [
            _finding(code, f"{count} more rows: {code_docs()[code]['title']}", None, {"rows": count})
            for code, count in ((code, count - SHOWN) for code, count in self._count.items())
            if count > 0
        ]
        return sorted([*self._shown, *rest], key=lambda finding: finding["code"])


def _finding(code: str, message: str, row: int | None, data: dict[str, Any]) -> dict[str, Any]:
    doc = code_docs()[code]
    return {
        "code": code,
        "severity": doc["severity"],
        "message": message,
        "hint": doc["hint"],
        "row": row,
        "data": data,
    }
