"""An attempt that lorch started by itself, with smaller micro-batches or gradient checkpointing.

A step has the same rows in the same order: the order does not depend on the size of micro-batches, and size
times accumulation stays the same. Read-back compares with the changed settings, and a warning names them.
"""

from __future__ import annotations

from dataclasses import replace

from ..attempt import Attempt
from ..errors import LorchError
from ..plan import Plan

_BATCH = ("per_device_train_batch_size", "gradient_accumulation_steps")


def with_changes(attempt: Attempt, plan: Plan) -> Plan:
    """The plan as this attempt executes it; the hash stays. Raises R187 for another effective batch."""
    if not attempt.retry:
        return plan
    changes = dict(attempt.retry.get("changes") or {})
    training = {**plan.training, **changes}
    if _effective(training) != _effective(plan.training):
        raise LorchError("R187", f"the changes {changes} would train with another effective batch")
    told = [f"{name} {plan.training.get(name)} → {value}" for name, value in sorted(changes.items())]
    attempt.warn(
        "R186",
        f"lorch started this attempt by itself after attempt {attempt.retry.get('of')} ended"
        f" ({attempt.retry.get('class')}): {', '.join(told) or 'nothing is changed'}",
    )
    return replace(plan, training=training)


def _effective(training: dict[str, object]) -> int:
    sizes = [int(str(training.get(name) or 1)) for name in _BATCH]
    return sizes[0] * sizes[1]
