"""Resuming proves itself: each checkpoint stores the loss of a fixed small batch, which is computed again.

A checkpoint whose weights are loaded into the wrong model, only in part or not at all trains on as if nothing
were wrong. Its loss on known rows shows it. The rows are the first of the training rows, in evaluation mode,
without dropout or noise. Random generators and the means of the metrics stay as they are, so training is the
same, bit by bit, with or without the probe.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch

from ..errors import LorchError
from .random_state import same_random_state

if TYPE_CHECKING:
    from .survives import Survives

ROWS = 2
# How far two losses of the same weights may be apart, relative to the larger one:
# by (same device and torch, 16 bit).
TOLERANCES = {(True, False): 1e-5, (True, True): 1e-3, (False, False): 1e-3, (False, True): 2e-2}


def probe_loss(trainer: Survives, rows: list[int] | None = None) -> dict[str, Any] | None:
    """Rows, loss, and what it was computed with; None if there is no finite loss to compare."""
    dataset = trainer.train_dataset
    if rows is None:
        count = min(ROWS, trainer.args.per_device_train_batch_size, len(dataset))
        rows = list(range(count))
    if not rows or max(rows) >= len(dataset):
        return None
    loss = _loss(trainer, [dataset[row] for row in rows])
    if not math.isfinite(loss):
        return None
    return {"rows": rows, "loss": loss, "device": _device(trainer), "torch": str(torch.__version__)}


def prove_resume(trainer: Survives) -> None:
    """Tells where the run goes on, and compares the loss of the probe. Raises R181 if it is another one."""
    seal = trainer.seal
    if seal is None:
        return
    stored = seal.probe
    found = probe_loss(trainer, stored["rows"]) if stored else None
    proof = None
    if stored and found:
        tolerance = tolerance_of(trainer, stored, found)
        equal = abs(found["loss"] - stored["loss"]) <= tolerance * max(
            abs(stored["loss"]), abs(found["loss"])
        )
        proof = {
            "rows": stored["rows"],
            "loss": stored["loss"],
            "loss_again": found["loss"],
            "tolerance": tolerance,
            "equal": equal,
        }
    trainer.attempt.events.emit(
        "resume",
        step=seal.step,
        epoch=float(trainer.state.epoch or 0.0),
        tokens=seal.tokens,
        trained_tokens=seal.trained_tokens,
        probe=proof,
        allowed_changes=trainer.attempt.allow_changed,
    )
    if proof and not proof["equal"]:
        message = (
            f"the loss of the probe rows is {proof['loss_again']:.6g} after loading checkpoint-{seal.step}, "
            f"and was {proof['loss']:.6g} when it was saved (tolerance {proof['tolerance']:g})"
        )
        if trainer.attempt.allow_changed is None:
            raise LorchError("R181", message)
        trainer.attempt.warn("R182", message)


def tolerance_of(trainer: Survives, stored: dict[str, Any], found: dict[str, Any]) -> float:
    """Relative. Another device or torch computes in another order, and 16 bits round."""
    same = all(stored.get(name) == found[name] for name in ("device", "torch"))
    plan = trainer.plan
    dtypes = {p.dtype for p in trainer.model.parameters() if p.dtype.is_floating_point}
    short = bool(plan.quantization) or trainer.args.bf16 or trainer.args.fp16 or dtypes != {torch.float32}
    return TOLERANCES[same, short]


def _loss(trainer: Survives, rows: list[dict[str, Any]]) -> float:
    model, metrics = trainer.model, trainer._metrics
    kept = {mode: {name: list(values) for name, values in found.items()} for mode, found in metrics.items()}
    training = model.training
    model.eval()
    try:
        with same_random_state(), torch.no_grad(), trainer.compute_loss_context_manager():
            inputs = trainer._prepare_inputs(trainer.data_collator(rows))
            return float(trainer.compute_loss(model, inputs))
    finally:
        model.train(training)
        for mode, found in kept.items():
            metrics[mode].clear()
            metrics[mode].update(found)


def _device(trainer: Survives) -> str:
    device = trainer.args.device
    return torch.cuda.get_device_name(device) if device.type == "cuda" else str(device.type)
