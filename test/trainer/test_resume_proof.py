"""A resumed run proves that it is the same: the loss of the probe rows, the versions, and the base model."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from kill_points import stop_at
from lorch_trainer.survival.checkpoints import SEAL, _checksum, read_seal
from run_folder import Run, make_model, make_run

BASE = "base"


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run stopped after step 3, with its base model beside it."""
    folder = tmp_path_factory.mktemp("stopped")
    base = make_model(folder / BASE)
    run = make_run(folder / "run", base, lora={"lora_dropout": 0.1}, training={"num_train_epochs": 1})
    stop_at(run, ("told of step", 3), 1)
    return folder


@pytest.fixture
def run(stopped: Path, tmp_path: Path) -> Run:
    """A copy of it."""
    shutil.copytree(stopped, tmp_path, dirs_exist_ok=True)
    plan = json.loads((tmp_path / "run" / "plan.json").read_text())
    plan["base_model"].update(id=str(tmp_path / BASE), path=str(tmp_path / BASE))
    return Run(tmp_path / "run", plan)


def change_seal(run: Run, **changes: Any) -> None:
    """Writes other values into the seal, as a checkpoint that was saved elsewhere would have them."""
    (checkpoint,) = (run.path / "checkpoints").iterdir()
    seal = read_seal(checkpoint)
    assert seal is not None and seal.probe is not None
    values = {**asdict(seal), **changes}
    values["probe"] = {**seal.probe, **changes.get("probe", {})}
    values["trained_with"] = {**seal.trained_with, **changes.get("trained_with", {})}
    values["checksum"] = _checksum(values)
    (checkpoint / SEAL).write_text(json.dumps(values))


def test_the_loss_of_the_probe_rows_is_the_same_to_the_last_bit(run: Run) -> None:
    assert run.train(2) == 0, run.log
    proof = run.event("resume", 2)
    assert proof["step"] == run.event("hello", 2)["resumed_from_step"] >= 3
    assert proof["probe"]["rows"] == [0, 1]
    assert proof["probe"]["equal"] is True
    assert proof["probe"]["loss"] == proof["probe"]["loss_again"] > 0
    assert proof["tokens"] == run.events("step", 1)[-1]["tokens"]
    # The rows seen before are not fed again: at the end, one epoch was fed.
    assert run.events("step", 2)[-1]["tokens"] == run.plan["dataset"]["train"]["tokens"]


def test_another_loss_ends_the_attempt_unless_changes_are_allowed(run: Run) -> None:
    change_seal(run, probe={"loss": 1.5})
    assert run.train(2) == 1
    error = run.event("error", 2)
    assert error["code"] == "R181"
    assert "and was 1.5 when it was saved" in error["message"]
    assert run.event("resume", 2)["probe"]["equal"] is False
    assert run.train(3, "--allow-changed", "a test") == 0, run.log
    assert run.event("resume", 3)["allowed_changes"] == "a test"
    assert [event["code"] for event in run.events("warning", 3)] == ["R182"]


def test_another_version_is_refused(run: Run) -> None:
    change_seal(run, trained_with={"torch": "0.0.1"})
    assert run.train(2) == 1
    error = run.event("error", 2)
    assert error["code"] == "R183"
    assert "torch 0.0.1 → " in error["message"]


def test_another_base_model_is_refused(run: Run, tmp_path: Path) -> None:
    make_model(tmp_path / BASE, seed=1)
    assert run.train(2) == 1
    assert run.event("error", 2)["code"] == "R183"
    assert "the files of the base model" in run.event("error", 2)["message"]
    assert run.train(3, "--allow-changed", "a test") == 0, run.log
    # Every tensor of a small random model is another one: the loss shows it.
    assert run.event("resume", 3)["probe"]["equal"] is False


def test_a_checkpoint_of_an_earlier_version_has_no_probe(run: Run) -> None:
    (checkpoint,) = (run.path / "checkpoints").iterdir()
    raw = json.loads((checkpoint / SEAL).read_text())
    for name in ("probe", "trained_with", "checksum"):
        del raw[name]
    raw["checksum"] = _checksum(raw)
    (checkpoint / SEAL).write_text(json.dumps(raw))
    assert run.train(2) == 0, run.log
    assert run.event("resume", 2)["probe"] is None
