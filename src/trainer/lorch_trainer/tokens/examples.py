"""Reads the example files that the controller writes: one canonical example a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import LorchError


def count_lines(path: Path) -> int:
    """Lines of a file, an unfinished last one included."""
    with path.open("rb") as file:
        lines, last = 0, b"\n"
        while chunk := file.read(1 << 20):
            lines += chunk.count(b"\n")
            last = chunk[-1:]
        return lines + (last != b"\n")


def read_examples(path: Path, documents: bool) -> Iterator[dict[str, Any]]:
    """`{row, messages, tools?}` a line or, for `documents`, `{row, text}`. Raises T019 for anything else."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                example = json.loads(line)
                usable = isinstance(example["row"], int)
                if documents:
                    usable = usable and isinstance(example["text"], str)
                else:
                    usable = usable and all(isinstance(one["role"], str) for one in example["messages"])
            except (ValueError, KeyError, TypeError) as cause:
                raise LorchError("T019", f"{path}:{number} is not a canonical example: {cause}") from cause
            if not usable:
                raise LorchError("T019", f"{path}:{number} is not a canonical example")
            yield example
