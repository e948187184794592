"""Ends a run whose evaluations get no better: transformers' callback, and a count that survives resuming."""

from __future__ import annotations

from typing import Any

from transformers import EarlyStoppingCallback

from ..plan import Plan
from ..settings import EARLY_STOPPING


def early_stopping(plan: Plan) -> EarlyStoppingCallback | None:
    """The callback that the plan asks for, if it does."""
    patience, threshold = (plan.training.get(name) for name in EARLY_STOPPING)
    return EarlyStoppingCallback(int(patience), float(threshold or 0)) if patience else None


def restore_count(callback: EarlyStoppingCallback, state: Any) -> None:
    """Takes up the number of evaluations without a better metric from a checkpoint's TrainerState.

    transformers would do it only together with every other callback, whose counts lorch keeps itself.
    """
    saved = state.stateful_callbacks.get(type(callback).__name__, {})
    callback.early_stopping_patience_counter = saved.get("attributes", {}).get(
        "early_stopping_patience_counter", 0
    )


def describe(callback: EarlyStoppingCallback, metric: str, state: Any) -> dict[str, Any]:
    """`early_stop` of the `end` event: metric, patience, its best value, and the step of that value."""
    name = metric if metric.startswith("eval_") else f"eval_{metric}"
    best = [entry["step"] for entry in state.log_history if entry.get(name) == state.best_metric]
    return {
        "metric": name,
        "patience": callback.early_stopping_patience,
        "best": state.best_metric,
        "best_step": best[0] if best else None,
    }
