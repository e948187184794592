"""TRL's SFTTrainer with lorch's checkpoints, token totals and orderly stop; the arithmetic stays TRL's."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

import torch
from transformers.trainer_pt_utils import LengthGroupedSampler
from trl import SFTTrainer

from .adapter_weights import load_adapter_weights
from .attempt import Attempt
from .checkpoints import Seal, break_seal, checkpoint_path, remove_surplus, seal_checkpoint
from .feeding import IGNORED
from .optimizers import choose_optimizer, settle_weights
from .plan import Plan
from .sampling import SeededByEpoch
from .stop import Stop


class StoppedWhileEvaluatingError(Exception):
    """SIGTERM came during an evaluation; the checkpoint is written and says that the evaluation is due."""


class LorchTrainer(SFTTrainer):  # type: ignore[misc]
    """Owns what must survive from attempt to attempt; reporting is in callbacks.py."""

    def __init__(self, *, attempt: Attempt, plan: Plan, stop: Stop, seal: Seal | None, **kwargs: Any) -> None:
        self.attempt, self.plan, self.stop, self.seal = attempt, plan, stop, seal
        self.checkpoints = attempt.run.checkpoints
        self.tokens = self.trained_tokens = 0
        self.step_seconds = 0.0
        """Time of the steps since the last log, data loading included; evaluating and saving are not."""
        self.odd_loss: float | None = None
        """A loss of this step that was not finite."""
        self._step_began = 0.0
        self._pending: list[tuple[Any, Any]] = []
        super().__init__(**kwargs)
        # Kept here: transformers deletes surplus checkpoints before the new one is sealed, and with a limit
        # of 1 deletes the last in favour of the best.
        self.checkpoint_limit = self.args.save_total_limit
        self.args.save_total_limit = None

    def create_model_card(self, *_args: Any, **_kwargs: Any) -> None:
        """The adapter gets a card of our own (model_card.py), the checkpoints none."""

    # Steps

    def get_batch_samples(self, epoch_iterator: Any, num_batches: int, device: Any) -> tuple[list[Any], Any]:
        """The micro-batches of one optimizer step, counted (on the device: no extra sync)."""
        self._step_began = time.perf_counter()
        batches, items = super().get_batch_samples(epoch_iterator, num_batches, device)
        self._pending += [(_fed_tokens(batch), (batch["labels"] != IGNORED).sum()) for batch in batches]
        return batches, items

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        sampler = super()._get_train_sampler(train_dataset)
        if isinstance(sampler, LengthGroupedSampler):
            seed = self.args.seed if self.args.data_seed is None else self.args.data_seed
            return SeededByEpoch(sampler, seed)
        return sampler

    def training_step(self, *args: Any, **kwargs: Any) -> torch.Tensor:
        loss: torch.Tensor = super().training_step(*args, **kwargs)
        value = loss.item()
        if not math.isfinite(value):
            self.odd_loss = value
        return loss

    def count_step(self) -> None:
        """Adds the step that just ended to the totals."""
        self.tokens += sum(int(tokens) for tokens, _ in self._pending)
        self.trained_tokens += sum(int(trained) for _, trained in self._pending)
        self._pending = []
        self.step_seconds += time.perf_counter() - self._step_began

    def get_optimizer_cls_and_kwargs(self, args: Any, model: Any = None) -> tuple[Any, dict[str, Any]]:
        return choose_optimizer(self, model, SFTTrainer.get_optimizer_cls_and_kwargs(args, model))

    # Stopping

    def prediction_step(self, *args: Any, **kwargs: Any) -> Any:
        # After the last step an evaluation is finished: the run is then done, and not stopped.
        if self.stop.requested and self.is_in_train and self.state.global_step < self.state.max_steps:
            raise StoppedWhileEvaluatingError
        return super().prediction_step(*args, **kwargs)

    def _evaluate(self, trial: Any, ignore_keys_for_eval: Any, skip_scheduler: bool = False) -> Any:
        try:
            return super()._evaluate(trial, ignore_keys_for_eval, skip_scheduler)
        except StoppedWhileEvaluatingError:
            # An evaluation made up for after resuming leaves the checkpoint it resumed from as it is.
            if self.state.global_step > (self.seal.step if self.seal else 0):
                self._save_checkpoint(self.model, None, evaluation_due=True)
            raise

    # Checkpoints

    def _save_checkpoint(self, model: Any, trial: Any, evaluation_due: bool = False) -> None:
        step = self.state.global_step
        path = checkpoint_path(self.checkpoints, step)
        break_seal(path)
        settle_weights(self)
        super()._save_checkpoint(model, trial)
        size = seal_checkpoint(path, self._seal(evaluation_due))
        remove_surplus(self.checkpoints, self.checkpoint_limit, self.state.best_global_step)
        stopping = self.stop.requested and step < self.state.max_steps
        self.attempt.events.emit(
            "checkpoint",
            step=step,
            path=self.attempt.run.relative(path),
            bytes=size,
            reason="stop" if stopping else "end" if step >= self.state.max_steps else "schedule",
            best=bool(self.state.best_global_step) and self.state.best_global_step == step,
        )

    def _seal(self, evaluation_due: bool) -> Seal:
        return Seal(
            step=self.state.global_step,
            plan_hash=self.plan.plan_hash,
            tokens=self.tokens,
            trained_tokens=self.trained_tokens,
            evaluation_due=evaluation_due,
            last_logged_step=self._globalstep_last_logged,
            loss_sum=self._tr_loss.item(),
            metrics={name: list(values) for name, values in self._metrics["train"].items()},
        )

    def restore(self) -> None:
        """Takes up totals and means where the sealed checkpoint left them. Call it when training begins."""
        seal = self.seal
        self.tokens = seal.tokens if seal else 0
        self.trained_tokens = seal.trained_tokens if seal else 0
        if seal is None:
            return
        self._tr_loss += seal.loss_sum
        self._globalstep_last_logged = seal.last_logged_step
        for name, values in seal.metrics.items():
            self._metrics["train"][name] = list(values)
        best = self.state.best_global_step
        if best and checkpoint_path(self.checkpoints, best).is_dir():
            # Absolute in the checkpoint; the run folder may have moved since.
            self.state.best_model_checkpoint = str(checkpoint_path(self.checkpoints, best))

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        load_adapter_weights(model or self.model, Path(resume_from_checkpoint))

    def _load_best_model(self) -> None:
        if not self.stop.requested or self.state.global_step >= self.state.max_steps:
            load_adapter_weights(self.model, Path(self.state.best_model_checkpoint))


def _fed_tokens(batch: dict[str, Any]) -> Any:
    """Tokens of a batch without padding."""
    if "attention_mask" in batch:
        return batch["attention_mask"].sum()
    # Without padding, except where pad_to_multiple_of adds zeros at the end.
    positions = batch["position_ids"][0]
    padding = int((positions.flip(0) == 0).long().cumprod(0).sum())
    return positions.numel() - padding if padding > 1 else positions.numel()
