"""A resumed run without a checkpoint says that it begins again."""

from __future__ import annotations

from pathlib import Path

from run_folder import make_run


def test_a_run_that_left_no_checkpoint_begins_again_and_says_so(tmp_path: Path, tiny_model: Path) -> None:
    settings = {"training": {"num_train_epochs": 1, "save_strategy": "steps", "save_steps": 2}}
    run = make_run(tmp_path / "run", tiny_model, 32, 8, **settings)
    assert run.train() == 0, run.log
    first = run.event("artifact")["sha256"]
    (end,) = run.events("end")
    steps = end["step"]
    assert end["attempt"] == {
        "from_step": 0,
        "tokens": run.events("step")[-1]["tokens"],
        "trained_tokens": run.events("step")[-1]["trained_tokens"],
    }
    for checkpoint in (run.path / "checkpoints").iterdir():
        (checkpoint / "lorch.json").unlink()
    assert run.train(2) == 0, run.log
    assert run.event("hello", 2)["resumed_from_step"] is None
    (warning,) = [event for event in run.events("warning", 2) if event["code"] == "R043"]
    assert f"at step {steps}" in warning["message"] and "hint" in warning
    # All steps once more, and nothing of the first attempt in the result.
    assert run.events("end", 2)[0]["attempt"]["from_step"] == 0
    assert run.event("artifact", 2)["sha256"] == first


def test_a_run_that_goes_on_counts_its_own_tokens(tmp_path: Path, tiny_model: Path) -> None:
    settings = {"training": {"num_train_epochs": 1, "save_strategy": "steps", "save_steps": 2}}
    run = make_run(tmp_path / "run", tiny_model, 32, 8, **settings)
    assert run.train() == 0, run.log
    total = run.events("end")[0]["attempt"]["tokens"]
    checkpoints = sorted((run.path / "checkpoints").iterdir(), key=lambda path: int(path.name.split("-")[1]))
    (checkpoints[-1] / "lorch.json").unlink()
    assert run.train(2) == 0, run.log
    resumed = run.event("hello", 2)["resumed_from_step"]
    attempt = run.events("end", 2)[0]["attempt"]
    assert attempt["from_step"] == resumed > 0
    assert 0 < attempt["tokens"] < total
    assert not [event for event in run.events("warning", 2) if event["code"] == "R043"]
