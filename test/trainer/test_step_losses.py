"""The losses of a step's micro-batches stay on the device; one look at its end finds what is not finite."""

from __future__ import annotations

from collections import Counter
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from run_folder import Run, make_model, make_rows, make_run, write_split
from test_evaluation import trainer_of

ACCUMULATED = 4
STEPS = 3
ASKING = ("item", "tolist", "__bool__", "__float__", "__int__", "__index__")
"""Methods of a tensor that wait for the device."""


def make(folder: Path, model: Path, **changes: Any) -> Run:
    training = {
        "per_device_train_batch_size": 1,
        "gradient_accumulation_steps": ACCUMULATED,
        "train_sampling_strategy": "sequential",
        "max_steps": STEPS,
        "logging_nan_inf_filter": False,
        **changes,
    }
    return make_run(folder, model, ACCUMULATED * STEPS, lora={"modules_to_save": None}, training=training)


def waits(trainer: Any, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often training asks a tensor for its value, by the part of a step that it happens in."""
    import torch
    from lorch_trainer.methods.sft import SftTrainer
    from lorch_trainer.survival.report import ReportCallback
    from transformers import LlamaModel
    from trl import SFTTrainer

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

        @wraps(original)
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
    inside(SftTrainer, "training_step", "micro-batch")
    # transformers looks once a batch whether it needs an attention mask, and batches are made on the CPU.
    inside(LlamaModel, "forward", "transformers")
    inside(SFTTrainer, "get_batch_samples", "transformers")
    inside(SftTrainer, "get_batch_samples", "batches")
    inside(SftTrainer, "count_step", "the look")
    monkeypatch.setattr(ReportCallback, "on_log", lambda *_, **__: None)
    trainer.train()
    return asked


@pytest.mark.parametrize("changes", [{}, {"loss_type": "dft"}, {"padding_free": True}])
def test_a_step_waits_for_the_device_once(
    changes: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make(tmp_path / "run", make_model(tmp_path / "model"), **changes)
    asked = waits(trainer_of(run), monkeypatch)
    assert asked["micro-batch called"] == ACCUMULATED * STEPS
    assert (asked["micro-batch"], asked["batches"]) == (0, 0)
    assert (asked["the look called"], asked["the look"]) == (STEPS, STEPS)


def test_the_loss_of_trl_waits_for_each_micro_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Label smoothing is left to TRL. This shows that the count above counts."""
    run = make(tmp_path / "run", make_model(tmp_path / "model"), label_smoothing_factor=0.1)
    asked = waits(trainer_of(run), monkeypatch)
    assert asked["micro-batch"] == 5 * ACCUMULATED * STEPS
    assert asked["the look"] == STEPS


@pytest.mark.parametrize("labels", ["some", "none"])
@pytest.mark.parametrize("items", [None, 7])
@pytest.mark.parametrize("changes", [{}, {"loss_type": "dft"}, {"padding_free": True}, {"packing": True}])
def test_the_loss_and_its_metrics_are_those_of_trl_bit_by_bit(
    changes: dict[str, Any], items: int | None, labels: str, tmp_path: Path
) -> None:
    import torch
    from trl import SFTTrainer

    trainer = trainer_of(make(tmp_path / "run", make_model(tmp_path / "model"), **changes))
    trainer.model.train()
    batch = next(iter(trainer.get_train_dataloader()))
    if labels == "none":
        batch["labels"] = torch.full_like(batch["labels"], -100)
    number = None if items is None else torch.tensor(items)
    theirs = SFTTrainer.compute_loss(trainer, trainer.model, dict(batch), num_items_in_batch=number)
    ours = trainer.compute_loss(trainer.model, dict(batch), num_items_in_batch=number)
    assert ours.item() == theirs.item()
    means = trainer._metrics["train"]
    assert {name: [one.item() for one in values] for name, values in trainer.step_values.items()} == {
        name: means[name] for name in ("entropy", "mean_token_accuracy")
    }


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
