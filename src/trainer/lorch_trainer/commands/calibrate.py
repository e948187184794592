"""`calibrate`: takes real training steps of one size on random tokens, and measures memory and time.

One process per size, because a process cannot reset its peak. Nothing is saved.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

from .. import stdio
from ..attempt import Attempt
from ..device import describe_device, keep_offline, pin_device, torch_device
from ..events import EventWriter
from ..methods import find_recipe
from ..plan import Plan, RunFolder
from ..survival.stop import Stop
from ..tokens.sequences import SequenceWriter, sha256_file

# The first step also sets up the optimizer and compiles kernels, and is not timed.
_LEAST_STEPS = 3


def run(spec: dict[str, Any]) -> dict[str, Any]:
    """Trains for about `seconds`, at least three steps, in `folder`, which the caller made and removes.

    `plan` is like plan.json without `dataset`: its training gives the batch, `max_length` the length of
    each row, `max_steps` the most steps. Returns device, steps, median `step_ms`,
    `tokens_per_second`, and peaks.
    """
    # SIGTERM and SIGINT end the process at once, because there is nothing to save.
    stop = Stop(lambda: None)
    stop.install()
    with stdio.spec_fields("calibrate"):
        run_folder, fields = RunFolder(Path(spec["folder"])), dict(spec["plan"])
        seconds = float(spec["seconds"])
        batch, length = (
            int(fields["training"][name]) for name in ("per_device_train_batch_size", "max_length")
        )
        steps = int(fields["training"]["max_steps"])
        plan = Plan(**fields, dataset={"train": {}, "validation": None})
    pin_device(plan.use_cpu)
    keep_offline(plan.base_model["path"] is not None)
    stdio.progress("loading", 0)
    plan.dataset["train"] = _write_rows(run_folder, plan, batch * steps, length)

    attempt = Attempt(run_folder, 1, EventWriter(run_folder.path / "events.jsonl"))
    attempt.max_steps = steps
    trainer = find_recipe(plan.method).build(attempt, stop, plan, torch_device(), None)
    clock = _clock(seconds)
    trainer.add_callback(clock)
    trainer.train()

    from ..memory import memory_peaks

    step = statistics.median(
        after - before for before, after in zip(clock.ends, clock.ends[1:], strict=False)
    )
    return {
        "device": describe_device(),
        "steps": len(clock.ends),
        "step_ms": 1000 * step,
        "tokens_per_second": batch * length / step,
        **memory_peaks(),
    }


def _clock(seconds: float) -> Any:
    from transformers import TrainerCallback

    class Clock(TrainerCallback):  # type: ignore[misc]
        """Records when each step ended, and stops training when the time is over."""

        def __init__(self) -> None:
            self.ends: list[float] = []

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self.ends.append(time.perf_counter())
            timed = self.ends[-1] - self.ends[0]
            stdio.progress("training", state.global_step, state.max_steps)
            if len(self.ends) >= _LEAST_STEPS and timed >= seconds:
                control.should_training_stop = True

    return Clock()


def _write_rows(run_folder: RunFolder, plan: Plan, rows: int, length: int) -> dict[str, Any]:
    """Random rows of one length with every token trained, which need the most memory, and the tokenizer."""
    import numpy as np
    from transformers import AutoConfig

    from ..tokens.tokenizer import load_tokenizer

    trust = bool(plan.model["trust_remote_code"])
    load_tokenizer({**plan.base_model, "trust_remote_code": trust}).save_pretrained(str(run_folder.tokenizer))
    revision = None if plan.base_model["path"] else plan.base_model["revision"]
    config = AutoConfig.from_pretrained(plan.model_source, revision=revision, trust_remote_code=trust)
    vocabulary = int(config.get_text_config().vocab_size)
    file = "data/train.safetensors"
    path = run_folder.path / file
    draw = np.random.default_rng(0)
    with SequenceWriter(path) as writer:
        for row in range(rows):
            writer.append(row, draw.integers(0, vocabulary, length), np.ones(length, "|u1"))
        writer.close()
        counts = {"rows": writer.rows, "tokens": writer.tokens, "trained_tokens": writer.trained_tokens}
    return {"file": file, "sha256": sha256_file(path), **counts}
