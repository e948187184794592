"""Kills a real trainer at chosen moments. The hooks live in the forked process of the test alone."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from run_folder import Run

Moment = tuple[str, int]
"""What happens, and after how many optimizer steps."""


def watch(reached: Callable[[Moment], None]) -> None:
    """Calls `reached` at each moment from here on, in this process."""
    from lorch_trainer.methods import sft
    from lorch_trainer.methods.sft import SftTrainer
    from lorch_trainer.survival import survives
    from lorch_trainer.survival.report import ReportCallback

    def hook(owner: Any, attribute: str, step: Callable[..., int], before: str = "", after: str = "") -> None:
        original: Callable[..., Any] = getattr(owner, attribute)

        @wraps(original)
        def hooked(*args: Any, **kwargs: Any) -> Any:
            if before:
                reached((before, step(*args)))
            result = original(*args, **kwargs)
            if after:
                reached((after, step(*args)))
            return result

        setattr(owner, attribute, hooked)

    def of_trainer(trainer: Any, *_: Any, **__: Any) -> int:
        return int(trainer.state.global_step)

    def of_state(_callback: Any, _args: Any, state: Any, *_: Any) -> int:
        return int(state.global_step)

    hook(SftTrainer, "training_step", of_trainer, after="in the step after")
    hook(ReportCallback, "on_step_end", of_state, before="end of step", after="told of step")
    hook(ReportCallback, "on_epoch_end", of_state, before="end of epoch")
    hook(SftTrainer, "evaluate", of_trainer, before="before evaluation", after="after evaluation")
    hook(SftTrainer, "prediction_step", of_trainer, after="amid evaluation")
    hook(ReportCallback, "on_evaluate", of_state, after="evaluation told")
    hook(SftTrainer, "_save_checkpoint", of_trainer, before="before save", after="after save")
    hook(survives, "seal_checkpoint", lambda path, _: int(path.name.partition("-")[2]), before="amid save")
    hook(survives, "remove_surplus", lambda folder, *_: _newest(folder), before="before surplus")
    hook(sft, "save_adapter", lambda *_: -1, before="before adapter", after="after adapter")


def _newest(folder: Path) -> int:
    return max(int(path.name.partition("-")[2]) for path in folder.iterdir())


def train_noting(run: Run, attempt: int = 1) -> list[Moment]:
    """Trains to the end and returns every moment there was, in order and once each."""
    notes = run.path / "moments"

    def note(moment: Moment) -> None:
        with notes.open("a") as file:
            file.write(f"{moment[0]}|{moment[1]}\n")

    pid = run.fork(attempt, lambda: watch(note))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, run.log
    lines = dict.fromkeys(notes.read_text().splitlines())
    return [(what, int(step)) for what, step in (line.split("|") for line in lines)]


def die_at(run: Run, moment: Moment, attempt: int) -> None:
    """Runs an attempt up to a moment, where it gets SIGKILL."""
    assert _signal_at(run, moment, attempt, signal.SIGKILL) == -signal.SIGKILL, f"{moment}: {run.log}"


def stop_at(run: Run, moment: Moment, attempt: int) -> None:
    """Runs an attempt that gets SIGTERM at a moment."""
    assert _signal_at(run, moment, attempt, signal.SIGTERM) == 143, f"{moment}: {run.log}"


def _signal_at(run: Run, moment: Moment, attempt: int, number: int) -> int:
    def send(reached: Moment) -> None:
        if reached == moment:
            os.kill(os.getpid(), number)

    pid = run.fork(attempt, lambda: watch(send))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def outcome(run: Run, attempts: int) -> dict[str, Any]:
    """All that must be equal: steps and evaluations in order, the best checkpoint, the adapter's bytes.

    An attempt overrules what an earlier one told of steps after the checkpoint that it goes on from.
    """
    steps: list[tuple[int, Any]] = []
    evaluations: list[tuple[int, Any]] = []
    for attempt in range(1, attempts + 1):
        resumed = run.event("hello", attempt)["resumed_from_step"]
        kept = -1 if resumed is None else resumed
        steps = [one for one in steps if one[0] <= kept]
        evaluations = [one for one in evaluations if one[0] <= kept]
        for event in run.events("step", attempt):
            timeless = {
                name: value
                for name, value in event["metrics"].items()
                if not name.endswith(("per_second", "step_ms"))
            }
            counts = [event[name] for name in ("tokens", "trained_tokens", "epoch")]
            steps.append((event["step"], [timeless, *counts]))
        for event in run.events("eval", attempt):
            timeless = {
                name: value
                for name, value in event["metrics"].items()
                if not name.endswith(("per_second", "runtime"))
            }
            evaluations.append((event["step"], [timeless, event["epoch"]]))
    end = run.events("end", attempts)[-1]
    return {
        "steps": steps,
        "evaluations": evaluations,
        "end": {
            name: value for name, value in end.items() if name not in ("t", "seq", "train_ms", "attempt")
        },
        "adapter": run.events("artifact", attempts)[-1]["sha256"],
    }
