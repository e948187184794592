"""Checkpoints that are either complete or ignored.

transformers writes a checkpoint file by file. The seal, lorch.json, is written last, by rename, after
everything else is on disk; it lists every file with its size and its hash. Without a seal, or with a file
missing or cut short, a checkpoint does not exist for us. One whose files have other bytes than were sealed is
damaged: it is set aside under another name, and never loaded.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

SEAL = "lorch.json"
_NAME = re.compile(r"checkpoint-(\d+)$")
_LOADED = (".pt", ".pth", ".bin", ".safetensors", ".json")
"""Kinds of files that a resumed run may load; any other may be added to a checkpoint."""


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
    probe: dict[str, Any] | None = None
    """Loss of the probe rows (probe.py); None in seals of earlier versions."""
    trained_with: dict[str, str] = field(default_factory=dict)
    """Versions and base model (unchanged.py); empty in seals of earlier versions."""
    files: dict[str, int] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)
    """Of each file; empty in seals of earlier versions."""
    checksum: str = ""
    """Of the seal itself without this field."""


def checkpoint_path(folder: Path, step: int) -> Path:
    """Where the checkpoint of a step lies."""
    return folder / f"checkpoint-{step}"


def step_of(checkpoint: Path) -> int:
    """The step in a checkpoint's name, -1 for another folder."""
    match = _NAME.search(checkpoint.name)
    return int(match[1]) if match else -1


def seal_checkpoint(checkpoint: Path, seal: Seal) -> int:
    """Flushes the checkpoint's files to disk, seals it, and returns its bytes."""
    paths = _files(checkpoint)
    with ThreadPoolExecutor(4) as pool:  # neither fsync nor hashing holds the interpreter's lock
        hashes = list(pool.map(_flush_and_hash, paths))
    for path, sha256 in zip(paths, hashes, strict=True):
        name = path.relative_to(checkpoint).as_posix()
        seal.files[name], seal.sha256[name] = path.stat().st_size, sha256
    seal.checksum = _checksum(asdict(seal))
    partial = checkpoint / f".{SEAL}.partial"
    with partial.open("w", encoding="utf-8") as out:
        json.dump(asdict(seal), out)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(checkpoint / SEAL)
    return sum(seal.files.values())


def break_seal(checkpoint: Path) -> None:
    """Before a checkpoint is written over."""
    if checkpoint.is_symlink():  # what is written would land elsewhere
        checkpoint.unlink()
    (checkpoint / SEAL).unlink(missing_ok=True)


def read_seal(checkpoint: Path) -> Seal | None:
    """The seal of a complete checkpoint, None for any other folder."""
    try:
        raw: dict[str, Any] = json.loads((checkpoint / SEAL).read_text("utf-8"))
        # What a later version adds is not for us to judge.
        seal = Seal(**{name: value for name, value in raw.items() if name in Seal.__dataclass_fields__})
        whole = all(_size(checkpoint / name) == size for name, size in seal.files.items())
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


def find_damage(checkpoint: Path, seal: Seal) -> str | None:
    """The first file of a complete checkpoint that is not as it was sealed; None if all are.

    A seal of an earlier version has no hashes, and nothing can be said.
    """
    if not seal.sha256:
        return None
    raw: dict[str, Any] = json.loads((checkpoint / SEAL).read_text("utf-8"))
    if seal.checksum != _checksum(raw):
        return SEAL
    names = (path.relative_to(checkpoint).as_posix() for path in _files(checkpoint))
    added = next((name for name in names if name.endswith(_LOADED) and name not in seal.sha256), None)
    if added is not None:
        return added
    with ThreadPoolExecutor(4) as pool:
        hashes = pool.map(lambda name: _hash(checkpoint / name), seal.sha256)
        changed = (
            name for name, found in zip(seal.sha256, hashes, strict=True) if found != seal.sha256[name]
        )
        return next(changed, None)


def set_damaged_aside(folder: Path) -> list[tuple[str, str]]:
    """Renames complete checkpoints whose bytes have changed, the newest first: (name, first changed file)."""
    damaged = []
    for path in sorted(_checkpoints(folder), key=step_of, reverse=True):
        seal = read_seal(path)
        file = find_damage(path, seal) if seal else None
        if file is not None:
            aside = path.with_name(f"{path.name}.damaged")
            shutil.rmtree(aside, ignore_errors=True)
            path.rename(aside)
            damaged.append((path.name, file))
    return damaged


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
    paths = [path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()]
    return [path for path in paths if step_of(path) >= 0]


def _files(folder: Path) -> list[Path]:
    names = {SEAL, f".{SEAL}.partial"}
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in names)


def _flush_and_hash(path: Path) -> str:
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return _digest(file)


def _hash(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return _digest(file)
    except OSError:
        return None


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()


def _size(path: Path) -> int:
    """Of a file of the checkpoint itself: a link may lead anywhere."""
    found = path.lstat()
    return found.st_size if stat.S_ISREG(found.st_mode) else -1


def _checksum(seal: dict[str, Any]) -> str:
    text = json.dumps({**seal, "checksum": ""}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
