"""Trains to the end of a run, from the start or from a checkpoint, whatever the method is."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from transformers import TrainerState

from ..adapters.adapter_weights import load_adapter_weights
from ..optimizers import settle_weights
from .checkpoints import checkpoint_path
from .early_stopping import describe, restore_count
from .survives import StoppedEarlyError, StoppedWhileEvaluatingError, Survives


def train_to_end(trainer: Survives, checkpoint: Path | None) -> bool:
    """Trains until no step is left; the model then holds the weights to save. Returns False if stopped."""
    attempt, stop = trainer.attempt, trainer.stop
    stop.graceful = True
    done = checkpoint is not None and _take_up_finished(trainer, checkpoint)
    if not done:
        with suppress(StoppedWhileEvaluatingError):
            with suppress(StoppedEarlyError):
                trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
            if trainer.finished:
                trainer.load_best()
    state = trainer.state
    attempt.step, attempt.max_steps = state.global_step, state.max_steps
    if state.best_global_step and checkpoint_path(attempt.run.checkpoints, state.best_global_step).is_dir():
        attempt.best_checkpoint = f"{attempt.run.checkpoints.name}/checkpoint-{state.best_global_step}"
    if not trainer.finished:
        return False
    settle_weights(trainer)
    if trainer.early_stopping and trainer.stopped_early:
        attempt.early_stop = describe(trainer.early_stopping, trainer.args.metric_for_best_model, state)
    stop.over = True  # saving takes no longer than stopping would
    return True


def _take_up_finished(trainer: Survives, checkpoint: Path) -> bool:
    """Loads a checkpoint after which no step is left, whose attempt died before it saved the adapter.

    transformers would train one step too many from there where the last epoch is not a whole one.
    """
    state = TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))
    trainer.state = state
    if trainer.early_stopping:
        restore_count(trainer.early_stopping, state)
    if not trainer.finished:
        return False
    best = checkpoint_path(checkpoint.parent, state.best_global_step or -1)
    use_best = trainer.loads_best and best.is_dir()
    load_adapter_weights(trainer.model, best if use_best else checkpoint)
    return True


def last_results(trainer: Survives) -> dict[str, Any]:
    """What the model card tells about the outcome."""
    from ..adapters.parameters import count_parameters

    attempt = trainer.attempt
    trainable, total, _ = count_parameters(trainer.model)
    history = trainer.state.log_history
    best = trainer.state.best_global_step if trainer.loads_best else None
    evaluations = [
        entry for entry in history if "eval_loss" in entry and entry["step"] == (best or entry["step"])
    ]
    scores: dict[str, Any] = evaluations[-1] if evaluations else {}
    return {
        "trainable": trainable,
        "total": total,
        "step": attempt.step,
        "loss": next((entry["loss"] for entry in reversed(history) if "loss" in entry), None),
        "eval": {name: scores[name] for name in ("eval_loss", "eval_mean_token_accuracy") if name in scores},
        "best_checkpoint": attempt.best_checkpoint if trainer.loads_best else None,
    }
