"""Early stopping: when it ends a run, what is told of it, and that it survives resuming."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from kill_points import Moment, die_at, outcome, stop_at, train_noting
from run_folder import Run, make_model, make_run

# So high a rate that the validation loss soon only rises. An epoch has 4 steps.
TRAINING: dict[str, Any] = {
    "num_train_epochs": 8,
    "learning_rate": 0.3,
    "gradient_accumulation_steps": 2,
    "eval_strategy": "epoch",
    "save_strategy": "epoch",
    "metric_for_best_model": "eval_loss",
    "greater_is_better": False,
    "early_stopping_patience": 2,
    "early_stopping_threshold": 0.0,
}
BEST = {"load_best_model_at_end": True}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model") / "model")


def make(folder: Path, model: Path, **training: Any) -> Run:
    changed = {**TRAINING, **training}
    return make_run(folder, model, 32, 7, lora={"lora_dropout": 0.1}, training=changed)


def values(run: Run, metric: str = "eval_loss", attempt: int = 1) -> dict[int, float]:
    return {event["step"]: event["metrics"][metric] for event in run.events("eval", attempt)}


def weights(path: Path) -> bytes:
    return (path / "adapter_model.safetensors").read_bytes()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, model: Path) -> tuple[Run, list[Moment]]:
    run = make(tmp_path_factory.mktemp("whole") / "run", model, **BEST)
    return run, train_noting(run)


def test_a_run_without_progress_ends_well_and_says_why(whole: tuple[Run, list[Moment]]) -> None:
    run, _ = whole
    losses = values(run)
    steps = list(losses)
    best = min(losses, key=lambda step: losses[step])
    end = run.event("end")
    assert (end["outcome"], end["code"], end["max_steps"]) == ("succeeded", 0, 32)
    assert end["step"] == steps[-1] == best + 2 * 4 < 32  # two epochs without a better loss
    told = {"metric": "eval_loss", "patience": 2, "best": losses[best], "best_step": best}
    assert end["early_stop"] == told
    assert end["best_checkpoint"] == f"checkpoints/checkpoint-{best}"
    assert weights(run.path / "adapter") == weights(run.path / "checkpoints" / f"checkpoint-{best}")
    assert [event["code"] for event in run.events("warning")] == []
    settings = run.event("settings")
    assert settings["differences"] == []
    assert settings["effective"]["training"]["early_stopping_patience"] == 2
    assert run.events("checkpoint")[-1]["reason"] == "end"


def test_without_the_best_checkpoint_the_adapter_is_that_of_the_last_step(
    tmp_path: Path, model: Path
) -> None:
    run = make(tmp_path / "run", model, early_stopping_patience=1)
    assert run.train() == 0, run.log
    end = run.event("end")
    assert end["early_stop"]["best_step"] < end["step"] < 32
    assert weights(run.path / "adapter") == weights(run.path / "checkpoints" / f"checkpoint-{end['step']}")


def test_a_gain_below_the_threshold_is_none(tmp_path: Path, model: Path) -> None:
    run = make(tmp_path / "run", model, learning_rate=1e-3, early_stopping_threshold=100.0)
    assert run.train() == 0, run.log
    losses = list(values(run).values())
    assert losses == sorted(losses, reverse=True)  # it got better each time
    assert run.event("end")["early_stop"]["best_step"] == run.event("end")["step"] == 3 * 4


@pytest.mark.parametrize(("metric", "greater"), [("mean_token_accuracy", True), ("eval_entropy", False)])
def test_any_metric_of_the_evaluation_can_decide(
    metric: str, greater: bool, tmp_path: Path, model: Path
) -> None:
    deciding = {"metric_for_best_model": metric, "greater_is_better": greater, "early_stopping_patience": 1}
    run = make(tmp_path / "run", model, **deciding)
    assert run.train() == 0, run.log
    name = f"eval_{metric.removeprefix('eval_')}"
    found = values(run, name)
    best = (max if greater else min)(found.values())
    step = next(step for step, value in found.items() if value == best)
    end = run.event("end")
    assert end["best_checkpoint"] == f"checkpoints/checkpoint-{step}"
    state = json.loads((run.path / f"checkpoints/checkpoint-{end['step']}/trainer_state.json").read_text())
    assert state["best_metric"] == best
    if "early_stop" in end:
        assert (end["early_stop"]["metric"], end["early_stop"]["best_step"]) == (name, step)


def test_a_killed_run_stops_at_the_same_step(
    tmp_path: Path, model: Path, whole: tuple[Run, list[Moment]]
) -> None:
    reference, moments = whole
    last = reference.event("end")["step"]
    run = make(tmp_path / "run", model, **BEST)
    # The last of these: the checkpoint says that nothing is left to train, and there is no adapter yet.
    kills: list[Moment] = [
        ("in the step after", last - 4),
        ("after evaluation", last),
        ("after save", last),
        ("before adapter", -1),
    ]
    assert set(kills) <= set(moments)
    for attempt, moment in enumerate(kills, 1):
        die_at(run, moment, attempt)
    assert run.train(5) == 0, run.log
    assert run.events("step", 5) == []
    assert outcome(run, 5) == outcome(reference, 1)


def test_an_evaluation_that_is_made_up_for_can_end_the_run(
    tmp_path: Path, model: Path, whole: tuple[Run, list[Moment]]
) -> None:
    reference, _ = whole
    run = make(tmp_path / "run", model, **BEST)
    stop_at(run, ("before evaluation", reference.event("end")["step"]), 1)
    assert run.train(2) == 0, run.log
    assert run.events("step", 2) == []
    assert outcome(run, 2) == outcome(reference, 1)
