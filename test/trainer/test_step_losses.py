"""The losses of a step's micro-batches stay on the device; one look at its end finds what is not finite."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from run_folder import Run, make_model, make_rows, make_run, write_split
from test_evaluation import trainer_of

ACCUMULATED = 4
STEPS = 3
ASKING = ("item", "tolist", "__bool__", "__float__", "__int__", "__index__")
"""Methods of a tensor that wait for the device."""


def make(folder: Path, model: Path) -> Run:
    training = {
        "per_device_train_batch_size": 1,
        "gradient_accumulation_steps": ACCUMULATED,
        "train_sampling_strategy": "sequential",
        "max_steps": STEPS,
        "logging_nan_inf_filter": False,
    }
    return make_run(folder, model, ACCUMULATED * STEPS, lora={"modules_to_save": None}, training=training)


def test_no_micro_batch_waits_for_the_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    from lorch_trainer.methods.sft import SftTrainer
    from lorch_trainer.survival.report import ReportCallback
    from trl import SFTTrainer

    trainer = trainer_of(make(tmp_path / "run", make_model(tmp_path / "model")))
    asked: Counter[str] = Counter()
    where: list[str] = []

    def count(name: str) -> None:
        original = getattr(torch.Tensor, name)

        def counted(tensor: Any, *args: Any) -> Any:
            if where:
                asked[where[-1]] += 1
            return original(tensor, *args)

        monkeypatch.setattr(torch.Tensor, name, counted)

    def inside(owner: Any, attribute: str, place: str) -> None:
        original = getattr(owner, attribute)

        def placed(*args: Any, **kwargs: Any) -> Any:
            asked[f"{place} called"] += 1
            where.append(place)
            try:
                return original(*args, **kwargs)
            finally:
                where.pop()

        monkeypatch.setattr(owner, attribute, placed)

    for name in ASKING:
        count(name)
    inside(SFTTrainer, "training_step", "TRL's step")
    inside(SftTrainer, "training_step", "our step")
    inside(SftTrainer, "get_batch_samples", "batches")
    inside(SFTTrainer, "get_batch_samples", "TRL's batches")
    inside(SftTrainer, "count_step", "the look")
    monkeypatch.setattr(ReportCallback, "on_log", lambda *_, **__: None)
    trainer.train()
    assert asked["our step called"] == ACCUMULATED * STEPS
    assert asked["TRL's step"] > 0  # the count works
    assert (asked["our step"], asked["batches"]) == (0, 0)
    assert (asked["the look called"], asked["the look"]) == (STEPS, STEPS)


@pytest.mark.parametrize("place", [0, 2, ACCUMULATED - 1])
def test_one_micro_batch_without_a_finite_loss_ends_the_run_at_its_step(place: int, tmp_path: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    model = make_model(tmp_path / "model")
    base = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32)
    with torch.no_grad():
        base.model.embed_tokens.weight[100] = float("nan")
    base.save_pretrained(model)
    run = make(tmp_path / "run", model)
    rows = make_rows(ACCUMULATED * STEPS)
    rows[ACCUMULATED + place][0][4] = 100  # in the second step
    run.plan["dataset"]["train"] = write_split(run.path / "data", "train", rows)
    assert run.train() == 1
    assert run.event("error")["code"] == "R024"
    assert "step 2 is not finite (nan)" in run.event("error")["message"]
    losses = run.losses()
    assert (list(losses), losses[2]) == ([1, 2], "NaN")
