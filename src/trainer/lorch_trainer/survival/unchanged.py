"""What a resumed attempt must have in common with the one that saved the checkpoint.

The plan and the prepared rows are compared by hash elsewhere. Here: the versions of what trains, and the
files of a local base model. A base model of the hub is pinned by its revision.
"""

from __future__ import annotations

import hashlib
from importlib import metadata
from pathlib import Path

from ..attempt import Attempt
from ..errors import LorchError
from ..plan import Plan
from .checkpoints import Seal

PACKAGES = ("torch", "transformers", "peft", "trl", "accelerate", "bitsandbytes")
_PART = 1 << 20


def trained_with(plan: Plan) -> dict[str, str]:
    """Name and version of everything that must not change between two attempts."""
    from .. import __version__

    found = {"lorch_trainer": __version__}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    if plan.base_model["path"]:
        found["base_model"] = _identity(Path(plan.base_model["path"]))
    return found


def require_unchanged(attempt: Attempt, plan: Plan, seal: Seal) -> None:
    """Raises R183 if other versions or another base model saved the checkpoint, unless that is allowed."""
    if not seal.trained_with:
        return
    now = trained_with(plan)
    names = sorted({*seal.trained_with, *now})
    changed = [
        _describe(name, seal.trained_with, now)
        for name in names
        if seal.trained_with.get(name) != now.get(name)
    ]
    if not changed:
        return
    message = f"since checkpoint-{seal.step} was saved, these have changed: {'; '.join(changed)}"
    if attempt.allow_changed is None:
        raise LorchError("R183", message)
    attempt.warn("R182", f"{message}. Allowed: {attempt.allow_changed}")


def _describe(name: str, before: dict[str, str], now: dict[str, str]) -> str:
    if name == "base_model":
        return "the files of the base model"
    return f"{name} {before.get(name, 'missing')} → {now.get(name, 'missing')}"


def _identity(folder: Path) -> str:
    """Of config and weights: names, sizes, and the first and last part of each file."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.safetensors"), *folder.glob("*.bin"), folder / "config.json"]):
        if not path.is_file():
            continue
        size = path.stat().st_size
        with path.open("rb") as file:
            first = file.read(_PART)
            file.seek(max(0, size - _PART))
            last = file.read(_PART)
        digest.update(f"{path.name}\0{size}\0".encode() + first + last)
    return digest.hexdigest()
