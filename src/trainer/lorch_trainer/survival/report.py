"""Turns what the Trainer does into events, and watches over each step."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from transformers import TrainerCallback

from ..attempt import Attempt
from ..errors import LorchError
from ..memory import memory_peaks
from ..readback import effective_settings, setting_differences
from .loss_guard import LossGuard
from .probe import prove_resume
from .random_state import same_random_state

if TYPE_CHECKING:
    from .survives import Survives

# TRL restarts its own token count with every attempt; ours are in the event itself.
_NOT_METRICS = frozenset({"epoch", "num_tokens", "num_input_tokens_seen"})
_NEWS = 1.01


class ReportCallback(TrainerCallback):  # type: ignore[misc]
    """One per attempt."""

    def __init__(self, attempt: Attempt, trainer: Survives) -> None:
        self.attempt, self.trainer = attempt, trainer
        self._tokens_logged = (0, 0)
        self._steps_logged = 0
        self._peak_told = 0
        self._gradients_checked = False
        self._loss_guard = LossGuard()
        self._epoch_over = False
        """True from the end of an epoch until the next step begins."""
        self._save_at_epoch_end = False

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        trainer = self.trainer
        trainer.restore()
        if state.max_steps != self.attempt.max_steps:
            self.attempt.warn(
                "R030", f"{state.max_steps} optimizer steps; the plan said {self.attempt.max_steps}"
            )
        self.attempt.step, self.attempt.max_steps = state.global_step, state.max_steps
        self.attempt.training_began = time.monotonic()
        self.attempt.from_step = state.global_step
        self._tokens_before = (trainer.tokens, trainer.trained_tokens)
        prove_resume(trainer)
        self._report_settings()
        trainer.take_over()
        self._tokens_logged = (trainer.tokens, trainer.trained_tokens)
        self._steps_logged = state.global_step
        self._report_memory(state.global_step)
        if trainer.seal is not None and trainer.seal.evaluation_due:
            with same_random_state():
                trainer.make_up_evaluation()

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._epoch_over = False

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if self._gradients_checked:
            return
        self._gradients_checked = True
        idle = [n for n, p in self.trainer.model.named_parameters() if p.requires_grad and p.grad is None]
        if idle:
            self.attempt.warn("R040", f"{len(idle)} trainable parameters get no gradient, such as {idle[0]}")

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        trainer = self.trainer
        loss = trainer.count_step()
        self.attempt.events.beat()
        self.attempt.step = state.global_step
        self.attempt.tokens = trainer.tokens - self._tokens_before[0]
        self.attempt.trained_tokens = trainer.trained_tokens - self._tokens_before[1]
        # With fp16 the gradient scaler skips a step that overflowed, and the weights stay sound.
        if loss is not None and not trainer.accelerator.optimizer_step_was_skipped:
            if not args.logging_nan_inf_filter:
                rate = float(trainer.optimizer.param_groups[0]["lr"])
                trainer.log({"loss": loss, "learning_rate": rate})
            raise LorchError("R024", f"the loss of step {state.global_step} is not finite ({loss})")
        if trainer.stopping:
            control.should_save = True
            control.should_training_stop = True
        if control.should_save:
            self._ask_to_save(state, control)

    def on_epoch_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Runs wherever training stops, in the middle of an epoch too."""
        self._epoch_over = True
        if self.trainer.stopping and not _ends_epoch(state):
            # The resumed run logs, evaluates and saves when the epoch really ends.
            control.should_log = control.should_evaluate = control.should_save = False
        if self._save_at_epoch_end:
            control.should_save, self._save_at_epoch_end = True, False

    def _ask_to_save(self, state: Any, control: Any) -> None:
        """Saves after everything that belongs to the step.

        transformers saves the last step of an epoch before it logs and evaluates the epoch. A run resumed
        from that checkpoint starts with the next epoch: it would lose the evaluation and the random number
        that the evaluation draws.
        """
        later = _ends_epoch(state) and not self._epoch_over
        control.should_save, self._save_at_epoch_end = not later, later

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any
    ) -> None:
        trainer = self.trainer
        if not logs or "loss" not in logs:  # the summary at the end, or an evaluation
            return
        seconds, trainer.step_seconds = trainer.step_seconds, 0.0
        tokens = trainer.tokens - self._tokens_logged[0]
        trained = trainer.trained_tokens - self._tokens_logged[1]
        steps = max(1, state.global_step - self._steps_logged)
        self._tokens_logged = (trainer.tokens, trainer.trained_tokens)
        self._steps_logged = state.global_step
        metrics = _metrics(logs)
        if seconds > 0:
            metrics["tokens_per_second"] = tokens / seconds
            metrics["trained_tokens_per_second"] = trained / seconds
            metrics["step_ms"] = 1000 * seconds / steps
        self.attempt.events.emit(
            "step",
            step=state.global_step,
            max_steps=state.max_steps,
            epoch=float(state.epoch or 0.0),
            metrics=metrics,
            tokens=trainer.tokens,
            trained_tokens=trainer.trained_tokens,
        )
        self._report_memory(state.global_step)
        self._guard_loss(float(logs["loss"]), state.global_step)

    def _guard_loss(self, loss: float, step: int) -> None:
        explosion = self._loss_guard.look(loss)
        if explosion is None:
            return
        message = f"step {step}: {explosion}"
        if self.trainer.stops_on_explosion:
            raise LorchError("R185", message)
        self.attempt.warn("R184", message)

    def on_evaluate(
        self, args: Any, state: Any, control: Any, metrics: dict[str, Any] | None = None, **_: Any
    ) -> None:
        self.attempt.events.emit(
            "eval", step=state.global_step, epoch=float(state.epoch or 0.0), metrics=_metrics(metrics or {})
        )
        # SIGTERM during the last batch: the checkpoint that on_step_end had no chance to ask for.
        if self.trainer.stopping:
            self._ask_to_save(state, control)
            control.should_training_stop = True

    def _report_settings(self) -> None:
        trainer = self.trainer
        effective = effective_settings(trainer, trainer.plan)
        differences = setting_differences(effective, trainer.plan)
        self.attempt.events.emit("settings", effective=effective, differences=differences)
        for difference in differences:
            wanted, found = difference["requested"], difference["effective"]
            self.attempt.warn("R023", f"{difference['path']}: asked for {wanted!r}, in effect {found!r}")

    def _report_memory(self, step: int) -> None:
        """Only news: a peak stays, and one line a step would drown the rest."""
        peaks = memory_peaks()
        peak = peaks["reserved_peak_bytes"] or peaks["rss_peak_bytes"]
        if peak > self._peak_told * _NEWS:
            self._peak_told = peak
            self.attempt.events.emit("memory", step=step, **peaks)


def _metrics(logs: dict[str, Any]) -> dict[str, float]:
    return {
        name: float(value)
        for name, value in logs.items()
        if isinstance(value, (int, float)) and name.removeprefix("eval_") not in _NOT_METRICS
    }


def _ends_epoch(state: Any) -> bool:
    """Whether the step that ended is the last of its epoch, or of the run."""
    return bool(state.global_step >= state.max_steps or float(state.epoch).is_integer())
