"""The evaluations that a plan counts (src/model/evaluations.ts) are those that transformers makes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from transformers import TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_callback import DefaultFlowCallback

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "config"
CASES = json.loads((FIXTURES / "evaluations.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: json.dumps(case["training"]))
def test_the_count_is_that_of_the_loop(case: dict[str, Any], tmp_path: Path) -> None:
    args = TrainingArguments(output_dir=str(tmp_path), save_strategy="no", use_cpu=True, **case["training"])
    per_epoch, total = case["per_epoch"], case["total"]
    state, control, flow = TrainerState(), TrainerControl(), DefaultFlowCallback()
    state.compute_steps(args, total)
    state.max_steps = total
    evaluated = 0
    # The order of Trainer._run_epoch, with one batch a step.
    for epoch in range(-(-total // per_epoch)):
        for step in range(per_epoch):
            control._new_step()
            state.global_step += 1
            state.epoch = epoch + (step + 1) / per_epoch
            flow.on_step_end(args, state, control)
            evaluated += control.should_evaluate
            control.should_evaluate = False
            if control.should_training_stop:
                break
        flow.on_epoch_end(args, state, control)
        evaluated += control.should_evaluate
        control.should_evaluate = False
    assert evaluated == case["evaluations"]
