"""Checkpoints whose bytes changed since they were saved are never loaded; the one before is."""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path

import pytest
from lorch_trainer.survival.checkpoints import (
    Seal,
    checkpoint_path,
    find_damage,
    newest_complete,
    read_seal,
    remove_incomplete,
    seal_checkpoint,
    set_damaged_aside,
)
from run_folder import make_run


def sealed(folder: Path, step: int) -> Path:
    path = checkpoint_path(folder, step)
    (path / "inner").mkdir(parents=True)
    for name in ("adapter_model.safetensors", "optimizer.pt", "inner/more.json"):
        (path / name).write_bytes(bytes(10_000))
    seal_checkpoint(path, Seal(step, "plan", loss_sum=0.1 + 0.2, metrics={"entropy": [1e-17, float("inf")]}))
    return path


def damage_of(path: Path) -> str | None:
    seal = read_seal(path)
    assert seal is not None
    return find_damage(path, seal)


def test_as_saved_it_is_whole(tmp_path: Path) -> None:
    path = sealed(tmp_path, 1)
    (path / "notes.txt").write_text("a person's own")
    assert damage_of(path) is None
    assert set_damaged_aside(tmp_path) == []


@pytest.mark.parametrize("name", ["adapter_model.safetensors", "optimizer.pt", "inner/more.json"])
def test_one_other_byte_of_the_same_size_is_damage(tmp_path: Path, name: str) -> None:
    sealed(tmp_path, 1)
    path = sealed(tmp_path, 2)
    with (path / name).open("r+b") as file:
        file.seek(5000)
        file.write(b"x")
    assert damage_of(path) == name
    assert set_damaged_aside(tmp_path) == [("checkpoint-2", name)]
    assert (tmp_path / "checkpoint-2.damaged").is_dir()
    found = newest_complete(tmp_path)
    assert found is not None
    assert found[0].name == "checkpoint-1"


def test_a_changed_seal_and_an_added_state_are_damage(tmp_path: Path) -> None:
    path = sealed(tmp_path, 1)
    raw = json.loads((path / "lorch.json").read_text())
    (path / "lorch.json").write_text(json.dumps({**raw, "tokens": 7}))
    assert damage_of(path) == "lorch.json"
    other = sealed(tmp_path, 2)
    (other / "scaler.pt").write_bytes(pickle.dumps({}))
    assert damage_of(other) == "scaler.pt"


def test_a_link_in_the_place_of_a_file_or_folder_is_not_followed(tmp_path: Path) -> None:
    outside = sealed(tmp_path / "elsewhere", 9)
    here = tmp_path / "here"
    path = sealed(here, 1)
    (path / "optimizer.pt").unlink()
    (path / "optimizer.pt").symlink_to(outside / "optimizer.pt")
    (here / "checkpoint-9").symlink_to(outside)
    assert read_seal(path) is None
    assert newest_complete(here) is None
    assert remove_incomplete(here) == ["checkpoint-1"]
    assert (outside / "lorch.json").exists()


def test_a_seal_of_an_earlier_version_still_opens(tmp_path: Path) -> None:
    path = sealed(tmp_path, 1)
    raw = json.loads((path / "lorch.json").read_text())
    old = {name: value for name, value in raw.items() if name not in ("sha256", "checksum")}
    (path / "lorch.json").write_text(json.dumps(old))
    assert damage_of(path) is None
    # And one of a later version.
    later = sealed(tmp_path, 2)
    raw = json.loads((later / "lorch.json").read_text())
    assert read_seal(later) is not None
    (later / "lorch.json").write_text(json.dumps({**raw, "later": 1}))
    assert read_seal(later) is not None


def test_a_resumed_run_passes_over_zeroed_weights(tmp_path: Path, tiny_model: Path) -> None:
    settings = {"training": {"num_train_epochs": 1, "save_strategy": "steps", "save_steps": 2}}
    run = make_run(tmp_path / "run", tiny_model, 32, 8, **settings)
    assert run.train() == 0, run.log
    adapter = run.event("artifact")["sha256"]
    newest = newest_complete(run.path / "checkpoints")
    assert newest is not None
    weights = newest[0] / "adapter_model.safetensors"
    size = weights.stat().st_size
    with weights.open("r+b") as file:
        file.seek(size - 4096)
        file.write(bytes(4096))
    assert weights.stat().st_size == size
    assert run.train(2) == 0, run.log
    resumed = run.event("hello", 2)["resumed_from_step"]
    assert 0 < resumed < newest[1].step
    warning = next(event for event in run.events("warning", 2) if event["code"] == "R070")
    assert f"{newest[0].name} is damaged: adapter_model.safetensors" in warning["message"]
    assert f"goes on from checkpoint-{resumed}" in warning["message"]
    # The same run in the end: the damaged weights had no part in it.
    assert run.event("artifact", 2)["sha256"] == adapter


def test_a_pickle_that_would_run_code_does_not(tmp_path: Path, tiny_model: Path) -> None:
    settings = {"training": {"num_train_epochs": 1, "save_strategy": "steps", "save_steps": 2}}
    run = make_run(tmp_path / "run", tiny_model, 32, 8, **settings)
    assert run.train() == 0, run.log
    last = newest_complete(run.path / "checkpoints")
    assert last is not None
    shutil.rmtree(last[0])
    found = newest_complete(run.path / "checkpoints")
    assert found is not None
    path, seal = found
    mark = tmp_path / "executed"
    for name in ("optimizer.pt", "scheduler.pt", "rng_state.pth", "training_args.bin"):
        (path / name).write_bytes(pickle.dumps(Marks(str(mark))))
    # As somebody would send it: sealed again, with hashes that fit.
    (path / "lorch.json").unlink()
    seal.files, seal.sha256 = {}, {}
    seal_checkpoint(path, seal)
    assert run.train(2) == 1
    assert not mark.exists()
    assert run.event("hello", 2)["resumed_from_step"] == seal.step
    error = run.event("error", 2)
    assert error["code"] == "R072"
    assert "weights_only" not in error["message"] + error["hint"]


class Marks:
    """Unpickled, it leaves a file."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return (open, (self.path, "w"))
