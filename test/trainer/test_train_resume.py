"""Stopping, dying and going on: a resumed run is the run it would have been."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from kill_points import stop_at
from run_folder import NF4, Run, make_model, make_run

SETTINGS: dict[str, dict[str, Any]] = {
    "LoRA with dropout": {"lora": {"lora_dropout": 0.1}},
    "QLoRA with double quantization": {
        "quantization": {**NF4, "bnb_4bit_use_double_quant": True},
        "lora": {"lora_dropout": 0.1},
    },
    "rows grouped by length": {
        "lora": {"lora_dropout": 0.1},
        "training": {"train_sampling_strategy": "group_by_length", "dataloader_num_workers": 1},
    },
    "rows fed by weight": {"lora": {"lora_dropout": 0.1}, "times": {3: 2, 4: 3, 20: 5}},
    "rows fed by weight, grouped by length": {
        "training": {"train_sampling_strategy": "group_by_length"},
        "times": dict.fromkeys(range(12), 2),
    },
    "LoRA under gradient checkpointing, packed": {
        "training": {"gradient_checkpointing": True, "packing": True, "per_device_train_batch_size": 1}
    },
}
EXACT = ("loss", "grad_norm", "learning_rate", "mean_token_accuracy", "entropy")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model") / "model")


def prepare(folder: Path, model: Path, settings: dict[str, Any], **training: Any) -> Run:
    training = {"num_train_epochs": 3, "logging_steps": 3, **settings.get("training", {}), **training}
    return make_run(folder, model, validation_rows=4, **{**settings, "training": training})


def told(run: Run, attempts: tuple[int, ...]) -> dict[int, list[Any]]:
    """Everything that must be equal, by step; a later attempt overrules what it repeats."""
    return {
        event["step"]: [event["metrics"][name] for name in EXACT]
        + [event["tokens"], event["trained_tokens"], event["epoch"]]
        for attempt in attempts
        for event in run.events("step", attempt)
    }


@pytest.mark.parametrize("name", list(SETTINGS))
def test_a_run_stopped_by_sigterm_goes_on_as_if_it_had_not_been(
    name: str, tmp_path: Path, model: Path
) -> None:
    whole = prepare(tmp_path / "whole", model, SETTINGS[name])
    assert whole.train() == 0, whole.log
    parted = prepare(tmp_path / "parted", model, SETTINGS[name])
    stop_at(parted, ("told of step", 12), 1)  # in the second epoch, whose order of rows must be found again
    checkpoint, end = parted.events("checkpoint")[-1], parted.events()[-1]
    assert (checkpoint["reason"], checkpoint["step"]) == ("stop", end["step"])
    assert (end["type"], end["outcome"], end["code"]) == ("end", "stopped", 143)
    assert 12 <= end["step"] < end["max_steps"]
    assert not (parted.path / "adapter").exists()
    assert parted.train(2) == 0, parted.log
    assert parted.event("hello", 2)["resumed_from_step"] == end["step"]
    assert told(parted, (1, 2)) == told(whole, (1,))
    assert sha(parted) == sha(whole)


def sha(run: Run) -> str:
    found = run.events("artifact", 2) if run.events_path(2).exists() else run.events("artifact")
    return str(found[0]["sha256"])


def test_a_killed_run_goes_on_from_its_last_complete_checkpoint(tmp_path: Path, model: Path) -> None:
    schedule = {"save_strategy": "steps", "save_steps": 4}
    whole = prepare(tmp_path / "whole", model, {}, **schedule)
    assert whole.train() == 0, whole.log
    killed = prepare(tmp_path / "killed", model, {}, **schedule)
    pid = killed.fork()
    killed.wait_for("checkpoint", 3)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    newest = max(event["step"] for event in killed.events("checkpoint"))
    # What a kill amid writing leaves: a later checkpoint without a seal, and one cut short after it.
    checkpoints = killed.path / "checkpoints"
    for step in (newest + 4, newest + 8):
        shutil.rmtree(checkpoints / f"checkpoint-{step}", ignore_errors=True)
        shutil.copytree(checkpoints / f"checkpoint-{newest}", checkpoints / f"checkpoint-{step}")
    (checkpoints / f"checkpoint-{newest + 4}" / "lorch.json").unlink()
    (checkpoints / f"checkpoint-{newest + 8}" / "optimizer.pt").write_bytes(b"cut short")
    assert killed.train(2) == 0, killed.log
    assert killed.event("hello", 2)["resumed_from_step"] == newest
    removed = [event for event in killed.events("warning", 2) if event["code"] == "R037"]
    assert f"checkpoint-{newest + 4}, checkpoint-{newest + 8}" in removed[0]["message"]
    assert told(killed, (1, 2)) == told(whole, (1,))


def test_a_run_that_died_after_its_last_step_only_saves_the_adapter(tmp_path: Path, model: Path) -> None:
    # 20 steps of 8 an epoch: transformers itself would train a 21st.
    run = prepare(tmp_path / "run", model, {}, save_strategy="steps", save_steps=10, max_steps=20)
    assert run.train() == 0, run.log
    shutil.rmtree(run.path / "adapter")
    assert run.train(2) == 0, run.log
    assert run.events("step", 2) == []
    assert run.events(attempt=2)[-1]["step"] == 20
    assert run.event("artifact", 2)["sha256"] == run.event("artifact")["sha256"]


def test_a_stop_during_an_evaluation_makes_up_for_it_after_resuming(tmp_path: Path, model: Path) -> None:
    evaluating = {
        "eval_strategy": "steps",
        "eval_steps": 6,
        "per_device_eval_batch_size": 1,
        "save_strategy": "steps",
        "save_steps": 6,
        "load_best_model_at_end": True,
        "metric_for_best_model": "loss",
    }
    settings = {"lora": {"lora_dropout": 0.1}}
    whole = make_run(
        tmp_path / "whole", model, 32, 400, **settings, training={"num_train_epochs": 3, **evaluating}
    )
    assert whole.train() == 0, whole.log
    parted = make_run(tmp_path / "parted", model, 32, 400, **settings, training=whole.plan["training"])
    stop_at(parted, ("amid evaluation", 6), 1)
    assert (parted.events()[-1]["step"], parted.events("eval")) == (6, [])
    assert json.loads((parted.path / "checkpoints/checkpoint-6/lorch.json").read_text())["evaluation_due"]
    assert parted.train(2) == 0, parted.log
    assert [event["step"] for event in parted.events("eval", 2)] == [6, 12, 18, 24]
    assert [event["metrics"]["eval_loss"] for event in parted.events("eval", 2)] == [
        event["metrics"]["eval_loss"] for event in whole.events("eval")
    ]
    assert told(parted, (1, 2)) == told(whole, (1,))
    assert sha(parted) == sha(whole)


def handles(pid: int, number: int) -> bool:
    """Whether a process has a handler of its own for a signal."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells when the handler is there")
def test_sigterm_during_the_imports_ends_with_an_event(tmp_path: Path, model: Path) -> None:
    run = prepare(tmp_path / "run", model, {})
    process = run.start()
    while not handles(process.pid, signal.SIGTERM):  # it does so just before the imports
        assert process.poll() is None, run.log
        time.sleep(0.005)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=600)
    assert process.returncode == 143, run.log
    events = run.events()
    assert [event["type"] for event in events] == ["end"]
    assert (events[0]["outcome"], events[0]["code"], events[0]["step"]) == ("stopped", 143, 0)
    assert out == ""
    assert "Traceback" not in run.log


def test_a_checkpoint_of_another_plan_is_refused(tmp_path: Path, model: Path) -> None:
    run = prepare(tmp_path / "run", model, {}, save_strategy="epoch")
    assert run.train() == 0, run.log
    run.plan["plan_hash"] = "another"
    assert run.train(2) == 1
    assert run.event("error", 2)["code"] == "R041"
    assert run.events(attempt=2)[-1]["outcome"] == "failed"


def test_resuming_without_optimizer_state_is_a_finding(tmp_path: Path, model: Path) -> None:
    run = prepare(tmp_path / "run", model, {}, save_strategy="steps", save_steps=10, save_only_model=True)
    assert run.train() == 0, run.log
    last = max(event["step"] for event in run.events("checkpoint"))
    shutil.rmtree(run.path / "checkpoints" / f"checkpoint-{last}")
    assert run.train(2) == 0, run.log
    assert [event["code"] for event in run.events("warning", 2)] == ["R032"]


def test_a_run_whose_folder_moved_still_knows_its_best_checkpoint(tmp_path: Path, model: Path) -> None:
    settings = {
        "eval_strategy": "epoch",
        "save_strategy": "epoch",
        "load_best_model_at_end": True,
        "metric_for_best_model": "loss",
        # So high that the loss only rises after the first epoch: the best checkpoint is an early one.
        "learning_rate": 0.3,
        "save_total_limit": 1,
    }
    whole = prepare(tmp_path / "whole", model, {}, **settings)
    assert whole.train() == 0, whole.log
    best = whole.events()[-1]["best_checkpoint"]
    moved = prepare(tmp_path / "before", model, {}, **settings)
    pid = moved.fork()
    moved.wait_for("checkpoint", 2)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    moved.path = moved.path.rename(tmp_path / "after")
    assert moved.train(2) == 0, moved.log
    assert moved.events(attempt=2)[-1]["best_checkpoint"] == best
    assert sha(moved) == sha(whole)
