"""SIGKILL and SIGTERM at every moment around checkpoints, evaluations and the ends of epochs.

A run killed again and again tells the same steps and evaluations as a run that was left alone, each once, and
ends with the same adapter, byte for byte. All with dropout, NEFTune and gradient accumulation.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kill_points import Moment, die_at, outcome, stop_at, train_noting
from run_folder import Run, make_model, make_run

TRAINING: dict[str, Any] = {
    "num_train_epochs": 3,
    "neftune_noise_alpha": 5,
    "gradient_accumulation_steps": 2,
    "per_device_eval_batch_size": 3,
}
BEST = {"load_best_model_at_end": True, "metric_for_best_model": "eval_loss", "greater_is_better": False}
# With 32 rows in batches of 4, two of which make a step, an epoch has 4 steps.
SETTINGS: dict[str, dict[str, Any]] = {
    "only save_steps": {"eval_strategy": "epoch", "save_strategy": "steps", "save_steps": 4},
    # 31 rows in batches of 3: 11 batches, and the last step of an epoch has one instead of two.
    "nothing aligned": {
        "per_device_train_batch_size": 3,
        "eval_strategy": "steps",
        "eval_steps": 3,
        "save_strategy": "steps",
        "save_steps": 2,
        "logging_steps": 2,
    },
    "best of each epoch": {
        "eval_strategy": "epoch",
        "save_strategy": "epoch",
        "save_total_limit": 1,
        "learning_rate": 0.1,
        **BEST,
    },
    "saved if best": {
        "eval_strategy": "steps",
        "eval_steps": 2,
        "save_strategy": "best",
        "save_total_limit": 2,
        **BEST,
    },
    "grouped by length, evaluated on start": {
        "eval_strategy": "epoch",
        "save_strategy": "steps",
        "save_steps": 3,
        "eval_on_start": True,
        "train_sampling_strategy": "group_by_length",
    },
    "packed, logged each epoch": {
        "eval_strategy": "epoch",
        "save_strategy": "steps",
        "save_steps": 1,
        "logging_strategy": "epoch",
        "packing": True,
        "per_device_train_batch_size": 1,
        "gradient_accumulation_steps": 3,
    },
    "workers that stay": {
        "eval_strategy": "epoch",
        "save_strategy": "steps",
        "save_steps": 3,
        "dataloader_num_workers": 1,
        "dataloader_persistent_workers": True,
    },
}
KILLS: dict[str, list[Moment]] = {
    "only save_steps": [
        ("end of step", 4),
        ("end of epoch", 4),
        ("amid evaluation", 4),
        ("evaluation told", 4),
        ("before save", 4),
        ("amid save", 4),
        ("after save", 4),
        ("in the step after", 4),
        ("in the step after", 8),
        ("before save", 12),
        ("after save", 12),
        ("before adapter", -1),
    ],
    "nothing aligned": [("amid evaluation", 6), ("in the step after", 6), ("after evaluation", 18)],
    "best of each epoch": [
        ("after evaluation", 4),
        ("before surplus", 8),
        ("in the step after", 8),
        ("before adapter", -1),
    ],
    "saved if best": [("after evaluation", 4), ("amid evaluation", 8), ("in the step after", 10)],
    "grouped by length, evaluated on start": [("amid evaluation", 0), ("in the step after", 3)],
    "packed, logged each epoch": [("in the step after", 1), ("after save", 2), ("in the step after", 2)],
    "workers that stay": [("in the step after", 4)],
}
STOPS: dict[str, list[Moment]] = {
    "only save_steps": [("in the step after", 1), ("end of step", 4), ("amid evaluation", 8)],
    "best of each epoch": [("before evaluation", 4), ("in the step after", 5)],
    "saved if best": [("amid evaluation", 2), ("evaluation told", 6)],
    "packed, logged each epoch": [("in the step after", 0), ("in the step after", 2)],
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model") / "model")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Any:
    """The outcome of a setting's run that was left alone, and its moments; trained once."""
    known: dict[str, tuple[dict[str, Any], list[Moment]]] = {}

    def of(name: str) -> tuple[dict[str, Any], list[Moment]]:
        if name not in known:
            run = make(tmp_path_factory.mktemp("whole") / "run", model, name)
            moments = train_noting(run)
            known[name] = outcome(run, 1), moments
        return known[name]

    return of


def make(folder: Path, model: Path, name: str) -> Run:
    rows = 31 if name == "nothing aligned" else 32
    training = {**TRAINING, **SETTINGS[name]}
    return make_run(folder, model, rows, 7, lora={"lora_dropout": 0.1}, training=training)


@pytest.mark.parametrize("name", list(KILLS))
def test_a_run_killed_again_and_again_is_the_same_run(
    name: str, tmp_path: Path, model: Path, undisturbed: Any
) -> None:
    expected, moments = undisturbed(name)
    assert set(KILLS[name]) <= set(moments)
    run = make(tmp_path / "run", model, name)
    for attempt, moment in enumerate(KILLS[name], 1):
        die_at(run, moment, attempt)
    last = len(KILLS[name]) + 1
    assert run.train(last) == 0, run.log
    assert outcome(run, last) == expected


@pytest.mark.parametrize("name", list(STOPS))
def test_a_run_stopped_again_and_again_is_the_same_run(
    name: str, tmp_path: Path, model: Path, undisturbed: Any
) -> None:
    expected, _ = undisturbed(name)
    run = make(tmp_path / "run", model, name)
    for attempt, moment in enumerate(STOPS[name], 1):
        stop_at(run, moment, attempt)
    last = len(STOPS[name]) + 1
    assert run.train(last) == 0, run.log
    assert outcome(run, last) == expected


def test_each_step_and_each_evaluation_is_there_once(undisturbed: Any) -> None:
    found, _ = undisturbed("only save_steps")
    assert [step for step, _ in found["steps"]] == list(range(1, 13))
    assert [step for step, _ in found["evaluations"]] == [4, 8, 12]
    found, _ = undisturbed("grouped by length, evaluated on start")
    assert [step for step, _ in found["evaluations"]] == [0, 4, 8, 12]
