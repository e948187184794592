"""Checkpoints that are either complete or ignored.

transformers writes a checkpoint file by file. The seal, lorch.json, is written last, by rename, after
everything else is on disk; it lists every file with its size. Without a seal, or with a file missing or cut
short, a checkpoint does not exist for us.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

SEAL = "lorch.json"
_NAME = re.compile(r"checkpoint-(\d+)$")


@dataclass
class Seal:
    """What a checkpoint must carry besides transformers' own state for a resumed run to be the same run."""

    step: int
    plan_hash: str
    tokens: int = 0
    """Totals since step 0 of the run, over all attempts."""
    trained_tokens: int = 0
    evaluation_due: bool = False
    """Stopped while evaluating: the resumed run evaluates first."""
    last_logged_step: int = 0
    loss_sum: float = 0.0
    """Loss summed since `last_logged_step`: the first logged mean after resuming needs it."""
    metrics: dict[str, list[float]] = field(default_factory=dict)
    """TRL's values since then, of which it logs the means."""
    files: dict[str, int] = field(default_factory=dict)


def checkpoint_path(folder: Path, step: int) -> Path:
    """Where the checkpoint of a step lies."""
    return folder / f"checkpoint-{step}"


def step_of(checkpoint: Path) -> int:
    """The step in a checkpoint's name, -1 for another folder."""
    match = _NAME.search(checkpoint.name)
    return int(match[1]) if match else -1


def seal_checkpoint(checkpoint: Path, seal: Seal) -> int:
    """Flushes the checkpoint's files to disk, seals it, and returns its bytes."""
    for path in _files(checkpoint):
        with path.open("rb") as file:
            os.fsync(file.fileno())
        seal.files[path.relative_to(checkpoint).as_posix()] = path.stat().st_size
    partial = checkpoint / f".{SEAL}.partial"
    with partial.open("w", encoding="utf-8") as out:
        json.dump(asdict(seal), out)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(checkpoint / SEAL)
    return sum(seal.files.values())


def break_seal(checkpoint: Path) -> None:
    """Before a checkpoint is written over."""
    (checkpoint / SEAL).unlink(missing_ok=True)


def read_seal(checkpoint: Path) -> Seal | None:
    """The seal of a complete checkpoint, None for any other folder."""
    try:
        raw: dict[str, Any] = json.loads((checkpoint / SEAL).read_text("utf-8"))
        seal = Seal(**raw)
        whole = all((checkpoint / name).stat().st_size == size for name, size in seal.files.items())
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return seal if whole and seal.files else None


def newest_complete(folder: Path) -> tuple[Path, Seal] | None:
    """The complete checkpoint of the highest step."""
    for path in sorted(_checkpoints(folder), key=step_of, reverse=True):
        seal = read_seal(path)
        if seal is not None:
            return path, seal
    return None


def remove_incomplete(folder: Path) -> list[str]:
    """Deletes what a killed attempt left half written, and names it."""
    incomplete = [path for path in _checkpoints(folder) if read_seal(path) is None]
    for path in incomplete:
        shutil.rmtree(path, ignore_errors=True)
    return sorted(path.name for path in incomplete)


def remove_surplus(folder: Path, limit: int | None, best_step: int | None) -> None:
    """Deletes the oldest checkpoints beyond `limit`, but never the newest and never the best."""
    if not limit or limit <= 0:
        return
    paths = sorted(_checkpoints(folder), key=step_of)
    kept = {path for path in paths if step_of(path) == best_step} | set(paths[-1:])
    surplus = len(paths) - max(limit, len(kept))
    for path in paths:
        if surplus <= 0:
            return
        if path not in kept:
            shutil.rmtree(path, ignore_errors=True)
            surplus -= 1


def _checkpoints(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if path.is_dir() and step_of(path) >= 0]


def _files(folder: Path) -> list[Path]:
    names = {SEAL, f".{SEAL}.partial"}
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in names)
