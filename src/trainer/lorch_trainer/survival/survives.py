"""What makes a run of any TRL trainer survive: checkpoints that are sealed, totals, and an orderly stop.

`class MyTrainer(Survives, DPOTrainer)`: the arithmetic stays TRL's. Few private methods of Trainer are
overridden; test/trainer/test_private_members.py lists them and compares them with the installed versions.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from transformers import PrinterCallback
from transformers.trainer_callback import ProgressCallback
from transformers.trainer_pt_utils import LengthGroupedSampler

from ..adapters.adapter_weights import load_adapter_weights
from ..attempt import Attempt
from ..optimizers import choose_optimizer, settle_weights
from ..plan import Plan
from .checkpoints import Seal, break_seal, checkpoint_path, remove_surplus, seal_checkpoint
from .early_stopping import early_stopping, restore_count
from .probe import probe_loss
from .ranks import speaks
from .report import ReportCallback
from .sampling import SeededByEpoch
from .stop import Stop
from .unchanged import trained_with

if TYPE_CHECKING:
    from transformers import Trainer as _Base
else:
    _Base = object  # the trainer comes behind it


class StoppedWhileEvaluatingError(Exception):
    """SIGTERM came during an evaluation; the checkpoint is written and says that the evaluation is due."""


class StoppedEarlyError(Exception):
    """The evaluation that a resumed run makes up for ends it: there is nothing left to train."""


class Survives(_Base):  # type: ignore[misc]
    """Stands before a TRL trainer among the bases of a class. That class says how a batch is counted."""

    count_batch: Callable[[dict[str, Any]], torch.Tensor]
    """Tokens of a batch without padding, and those of them that are trained, as one tensor on the device."""

    def __init__(self, *, attempt: Attempt, plan: Plan, stop: Stop, seal: Seal | None, **kwargs: Any) -> None:
        self.attempt, self.plan, self.stop, self.seal = attempt, plan, stop, seal
        self.early_stopping = early_stopping(plan)
        self.stops_on_explosion = bool(plan.training.get("stop_on_loss_explosion"))
        self.checkpoints = attempt.run.checkpoints
        self.tokens = self.trained_tokens = 0
        self.step_seconds = 0.0
        """Time of the steps since the last log, data loading included; evaluating and saving are not."""
        self.init_adapter: dict[str, Any] | None = None
        """What the adapter began with (init_adapter.py); None for a new one."""
        self._step_began = 0.0
        self._counts: list[torch.Tensor] = []
        """Per micro-batch of this step: tokens, trained tokens. On the device, as are the losses."""
        self._odd_losses: list[torch.Tensor] = []
        self.step_values: dict[str, list[torch.Tensor]] = {}
        """Metrics of these micro-batches by name, for a trainer that leaves them on the device."""
        # In this order: the report knows then whether an evaluation ended the run.
        callbacks = [self.early_stopping] if self.early_stopping else []
        super().__init__(callbacks=[*callbacks, ReportCallback(attempt, self)], **kwargs)
        self.remove_callback(PrinterCallback)
        self.remove_callback(ProgressCallback)
        # Kept here: transformers deletes surplus checkpoints before the new one is sealed, and with a limit
        # of 1 deletes the last in favour of the best.
        self.checkpoint_limit = self.args.save_total_limit
        self.args.save_total_limit = None
        self.loads_best: bool = self.args.load_best_model_at_end
        self.several: bool = self.accelerator.num_processes > 1
        self.trained_with = trained_with(plan)
        self._any_asked = False
        """Of several processes: whether one was asked to stop, as all of them learnt at the same moment."""

    def create_model_card(self, *_args: Any, **_kwargs: Any) -> None:
        """The adapter gets a card of our own (model_card.py), the checkpoints none."""

    # Steps

    def get_batch_samples(self, *args: Any, **kwargs: Any) -> tuple[list[Any], Any]:
        """The micro-batches of one optimizer step, counted (on the device: no extra sync)."""
        self._step_began = time.perf_counter()
        batches, items = super().get_batch_samples(*args, **kwargs)
        self._counts = [self.count_batch(batch) for batch in batches]
        return batches, items

    def training_step(self, *args: Any, **kwargs: Any) -> torch.Tensor:
        loss: torch.Tensor = super().training_step(*args, **kwargs)
        # Left on the device: asking for each loss would wait for it.
        self._odd_losses.append(torch.where(loss.isfinite(), 0.0, loss))
        return loss

    def count_step(self) -> float | None:
        """Adds the step that just ended to the totals. Returns a loss that was not finite, if it had one."""
        counts = torch.stack(self._counts).sum(0)
        odd = torch.stack(self._odd_losses).sum()
        sums = self._over_processes([*counts, odd])
        means = [value.double() for values in self.step_values.values() for value in values]
        # The one time that a step waits for the device; float64 is exact for counts below 2^53.
        tokens, trained, odd_loss, asked, *found = torch.stack([*sums, *means]).tolist()
        self._any_asked = asked > 0
        for name, values in self.step_values.items():
            self._metrics["train"][name] += [found.pop(0) for _ in values]
        self._counts, self._odd_losses, self.step_values = [], [], {}
        self.tokens += int(tokens)
        self.trained_tokens += int(trained)
        self._metrics["train"]["num_tokens"] = [self.tokens]  # TRL's own count begins again with each attempt
        self.step_seconds += time.perf_counter() - self._step_began
        return None if math.isfinite(odd_loss) else odd_loss

    def _over_processes(self, figures: list[torch.Tensor]) -> list[torch.Tensor]:
        """The figures in float64, summed over all processes, and last how many were asked to stop."""
        asked = torch.full_like(figures[0], float(self.stop.requested), dtype=torch.float64)
        sums = torch.stack([*(figure.double() for figure in figures), asked])
        return list(self.accelerator.reduce(sums, "sum") if self.several else sums)

    def get_optimizer_cls_and_kwargs(self, args: Any, model: Any = None) -> tuple[Any, dict[str, Any]]:
        return choose_optimizer(self, model, super().get_optimizer_cls_and_kwargs(args, model))

    # Order of rows

    def get_train_dataloader(self) -> Any:
        return self._with_seeded_workers(super().get_train_dataloader())

    def get_eval_dataloader(self, *args: Any, **kwargs: Any) -> Any:
        return self._with_seeded_workers(super().get_eval_dataloader(*args, **kwargs))

    def _with_seeded_workers(self, loader: Any) -> Any:
        if self.args.dataloader_persistent_workers:
            # torch draws a seed from the random state when workers start. Workers that stay start at other
            # moments in a resumed run, so their seeds come from elsewhere; the rows need none.
            loader.base_dataloader.generator = torch.Generator().manual_seed(self.args.seed)
        return loader

    def _get_train_sampler(self, *args: Any, **kwargs: Any) -> Any:
        sampler = super()._get_train_sampler(*args, **kwargs)
        if isinstance(sampler, LengthGroupedSampler):
            seed = self.args.seed if self.args.data_seed is None else self.args.data_seed
            return SeededByEpoch(sampler, seed)
        return sampler

    # Stopping and evaluating

    @property
    def stopped_early(self) -> bool:
        """Whether the evaluations stopped improving for so long that the run ends."""
        early = self.early_stopping
        return (
            early is not None
            and early.early_stopping_patience_counter >= early.early_stopping_patience
            and self.state.global_step < self.state.max_steps
        )

    @property
    def finished(self) -> bool:
        """Whether no step is left to train."""
        return self.stopped_early or self.state.global_step >= self.state.max_steps

    @property
    def stopping(self) -> bool:
        """Whether a stop was asked for while steps are left. A finished run is not stopped any more."""
        return (self._any_asked if self.several else self.stop.requested) and not self.finished

    def prediction_step(self, *args: Any, **kwargs: Any) -> Any:
        if self.several and self.is_in_train:
            self._any_asked = bool(self._over_processes([torch.zeros((), device=self.args.device)])[-1] > 0)
        if self.stopping and self.is_in_train:
            raise StoppedWhileEvaluatingError
        self.attempt.events.beat()
        return super().prediction_step(*args, **kwargs)

    def evaluate(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        try:
            metrics: dict[str, float] = super().evaluate(*args, **kwargs)
        except StoppedWhileEvaluatingError:
            # An evaluation made up for after resuming leaves the checkpoint it resumed from as it is.
            if self.state.global_step > (self.seal.step if self.seal else 0):
                self._save_checkpoint(self.model, None, evaluation_due=True)
            raise
        if self.is_in_train:
            # TRL tells by it whether a log is of training, such as that of the epoch's end.
            self.model.train()
        return metrics

    def make_up_evaluation(self) -> None:
        """The evaluation that was cut short by a stop, with what follows from it."""
        self._determine_best_metric(self._evaluate(None, None), None)
        self._find_best_checkpoint()
        if self.stopped_early:
            raise StoppedEarlyError

    def _determine_best_metric(self, metrics: Any, trial: Any) -> bool:
        # With save_strategy best, transformers saves if and only if this is true.
        return super()._determine_best_metric(metrics, trial) or self.stopping

    # Checkpoints

    def _save_checkpoint(self, model: Any, trial: Any, evaluation_due: bool = False) -> None:
        path = checkpoint_path(self.checkpoints, self.state.global_step)
        if speaks():
            break_seal(path)
        self.accelerator.wait_for_everyone()
        settle_weights(self)
        probe = probe_loss(self)
        super()._save_checkpoint(model, trial)
        seal = self._seal(evaluation_due, probe)
        self.accelerator.wait_for_everyone()  # each process writes its random state
        if speaks():
            self._seal_and_tell(path, seal)
        self.accelerator.wait_for_everyone()  # none ends before, or torchrun would end the others

    def _seal_and_tell(self, path: Path, seal: Seal) -> None:
        size = seal_checkpoint(path, seal)
        remove_surplus(self.checkpoints, self.checkpoint_limit, self.state.best_global_step)
        self.attempt.events.emit(
            "checkpoint",
            step=seal.step,
            path=self.attempt.run.relative(path),
            bytes=size,
            reason="stop" if self.stopping else "end" if self.finished else "schedule",
            best=bool(self.state.best_global_step) and self.state.best_global_step == seal.step,
        )

    def _seal(self, evaluation_due: bool, probe: dict[str, Any] | None) -> Seal:
        # What is logged is the mean over processes.
        loss = self.accelerator.reduce(self._tr_loss, "mean") if self.several else self._tr_loss
        return Seal(
            step=self.state.global_step,
            plan_hash=self.plan.plan_hash,
            tokens=self.tokens,
            trained_tokens=self.trained_tokens,
            evaluation_due=evaluation_due,
            last_logged_step=self._globalstep_last_logged,
            loss_sum=loss.item(),
            metrics={name: list(values) for name, values in self._metrics["train"].items()},
            probe=probe,
            trained_with=self.trained_with,
        )

    def restore(self) -> None:
        """Takes up totals and means where the sealed checkpoint left them. Call it when training begins."""
        seal = self.seal
        self.tokens = seal.tokens if seal else 0
        self.trained_tokens = seal.trained_tokens if seal else 0
        if seal is None:
            return
        if self.early_stopping:
            restore_count(self.early_stopping, self.state)
        self._tr_loss += seal.loss_sum
        self._globalstep_last_logged = seal.last_logged_step
        for name, values in seal.metrics.items():
            self._metrics["train"][name] = list(values)
        self._find_best_checkpoint()

    def take_over(self) -> None:
        """Does by itself, from here on, what these settings ask of transformers. They have been read back."""
        # Loaded by load_best, and not for a run that was stopped.
        self.args.load_best_model_at_end = False
        if self.seal is not None:
            self.args.eval_on_start = False  # the first attempt has evaluated before the first step

    def _find_best_checkpoint(self) -> None:
        best = self.state.best_global_step
        if best and checkpoint_path(self.checkpoints, best).is_dir():
            # Absolute in the checkpoint; the run folder may have moved since.
            self.state.best_model_checkpoint = str(checkpoint_path(self.checkpoints, best))
        elif best and checkpoint_path(self.checkpoints, best).with_suffix(".damaged").is_dir():
            # The best of what follows is the best that there is.
            self.state.best_model_checkpoint = self.state.best_global_step = self.state.best_metric = None

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        load_adapter_weights(model or self.model, Path(resume_from_checkpoint))

    def load_best(self) -> None:
        """The best checkpoint's weights, if the plan asks for them and there is one."""
        if self.loads_best and self.state.best_model_checkpoint is not None:
            load_adapter_weights(self.model, Path(self.state.best_model_checkpoint))
