"""An attempt with smaller micro-batches trains on the same rows in each step, and gets the same losses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from kill_points import stop_at
from run_folder import Run, make_model, make_run

TRAINING = {"num_train_epochs": 2, "per_device_train_batch_size": 4, "gradient_accumulation_steps": 2}
SMALLER = {"per_device_train_batch_size": 2, "gradient_accumulation_steps": 4}
SAMPLING = ["random", "group_by_length"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model") / "model")


def retry(changes: dict[str, Any]) -> tuple[str, str]:
    value = {"number": 1, "of": 1, "class": "out-of-memory", "changes": changes}
    return "--retry", json.dumps(value)


def rows_of_steps(run: Run, attempts: tuple[int, ...]) -> dict[int, tuple[int, int]]:
    return {
        event["step"]: (event["tokens"], event["trained_tokens"])
        for attempt in attempts
        for event in run.events("step", attempt)
    }


@pytest.mark.parametrize("sampling", SAMPLING)
def test_each_step_has_the_same_rows_and_the_same_loss(sampling: str, tmp_path: Path, model: Path) -> None:
    training = {**TRAINING, "train_sampling_strategy": sampling}
    # 30 rows: the last step of an epoch has fewer.
    whole = make_run(tmp_path / "whole", model, 30, training=training)
    assert whole.train() == 0, whole.log
    parted = make_run(tmp_path / "parted", model, 30, training=training)
    stop_at(parted, ("told of step", 2), 1)
    changes = {**SMALLER, "gradient_checkpointing": True}
    assert parted.train(2, *retry(changes)) == 0, parted.log
    assert rows_of_steps(parted, (1, 2)) == rows_of_steps(whole, (1,))
    assert parted.losses(2) == pytest.approx(
        {step: loss for step, loss in whole.losses().items() if step in parted.losses(2)}, rel=1e-4
    )
    warnings = parted.events("warning", 2)
    assert [event["code"] for event in warnings] == ["R186"]
    assert "per_device_train_batch_size 4 → 2" in warnings[0]["message"]
    effective = parted.event("settings", 2)["effective"]["training"]
    assert {name: effective[name] for name in changes} == changes
    assert parted.event("settings", 2)["differences"] == []


def test_another_effective_batch_is_refused(tmp_path: Path, model: Path) -> None:
    run = make_run(tmp_path / "run", model, training=TRAINING)
    assert run.train(2, *retry({"per_device_train_batch_size": 2})) == 1
    assert run.event("error", 2)["code"] == "R187"
