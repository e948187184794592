"""Where an attempt begins: at step 0, or at the newest checkpoint that is complete and undamaged."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from ..attempt import Attempt
from ..errors import LorchError
from ..plan import Plan
from .checkpoints import Seal, newest_complete, remove_incomplete, set_damaged_aside


def resume_point(attempt: Attempt, plan: Plan) -> tuple[Path, Seal] | None:
    """The checkpoint to go on from: the newest complete one, for attempts after the first."""
    if attempt.number <= 1:
        return None
    removed = remove_incomplete(attempt.run.checkpoints)
    if removed:
        attempt.warn("R037", f"removed incomplete checkpoints: {', '.join(removed)}")
    damaged = set_damaged_aside(attempt.run.checkpoints)
    found = newest_complete(attempt.run.checkpoints)
    goes_on = f"the run goes on from {found[0].name}" if found else "the run begins again at step 0"
    for name, file in damaged:
        attempt.warn("R070", f"{name} is damaged: {file} is not what was saved; {goes_on}")
    if found is None:
        lost = _steps_before(attempt)
        if lost and not damaged:
            attempt.warn(
                "R043",
                f"the run begins again at step 0: it was at step {lost} and left no complete checkpoint",
            )
        return None
    path, seal = found
    if seal.plan_hash != plan.plan_hash:
        raise LorchError("R041", f"{path.name} was written by another plan ({seal.plan_hash})")
    if not seal.sha256:
        attempt.warn("R071", f"{path.name} was saved by an earlier version, without hashes of its files")
    if "optimizer.pt" not in seal.files:
        attempt.warn(
            "R032", f"{path.name} holds no optimizer state: losses will not be those of one long run"
        )
    attempt.step = seal.step
    return found


def same_point(attempt: Attempt) -> tuple[Path, Seal] | None:
    """What `resume_point` found in the first process, for the others: nothing is removed or told."""
    found = newest_complete(attempt.run.checkpoints) if attempt.number > 1 else None
    if found:
        attempt.step = found[1].step
    return found


def _steps_before(attempt: Attempt) -> int:
    """The last step that earlier attempts report."""
    steps = [0]
    for number in range(1, attempt.number):
        events = attempt.run.path / f"attempt-{number}" / "events.jsonl"
        lines = events.read_text("utf-8", "replace").splitlines() if events.is_file() else []
        for line in lines:
            if '"type": "step"' not in line:
                continue
            with suppress(ValueError, KeyError, TypeError):
                steps.append(int(json.loads(line)["step"]))
    return max(steps)
