"""Two processes train one run together (gloo, on the CPU): one of them speaks, and no row is fed twice."""

from __future__ import annotations

import json
import os
import signal
import socket
from pathlib import Path
from typing import Any

import pytest
from kill_points import outcome, watch
from run_folder import Run, make_model, make_run

ROWS = 32
TRAINING: dict[str, Any] = {
    "num_train_epochs": 2,
    "per_device_train_batch_size": 2,
    "gradient_accumulation_steps": 2,
    "logging_steps": 2,
    "eval_strategy": "epoch",
    "save_strategy": "steps",
    "save_steps": 3,
    "per_device_eval_batch_size": 1,
}
ONLY_EVALUATED = {"max_steps": 1, "eval_strategy": "steps", "eval_steps": 9, "eval_on_start": True}
# Two processes of two rows each, two micro-batches a step: 4 steps an epoch.
STEPS = 8


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model") / "model")


def make(folder: Path, model: Path) -> Run:
    run = make_run(folder, model, ROWS, 6, lora={"lora_dropout": 0.1}, training=TRAINING)
    run.plan["forecast"]["steps"] = {"per_epoch": 4, "total": STEPS}
    return run


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


Moment = tuple[str, int]


def train(run: Run, attempt: int = 1, at: Moment | None = None, number: int = 0, to: int = 1) -> list[int]:
    """Runs both processes and returns their exit codes; the one of rank `to` gets a signal at a moment."""
    port = free_port()

    def prepare(rank: int) -> None:
        from accelerate.state import AcceleratorState

        AcceleratorState._reset_state(reset_partial_state=True)  # of what other tests did before the fork
        os.environ.update(RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE="2")
        os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
        if at and rank == to:
            watch(lambda reached: os.kill(os.getpid(), number) if reached == at else None)

    pids = [run.fork(attempt, lambda rank=rank: prepare(rank)) for rank in (0, 1)]  # type: ignore[misc]
    codes = [os.waitstatus_to_exitcode(os.waitpid(pids[0], 0)[1])]
    if codes[0] not in (0, 143):
        os.kill(pids[1], signal.SIGKILL)  # what torchrun does with the others
    return [*codes, os.waitstatus_to_exitcode(os.waitpid(pids[1], 0)[1])]


def test_one_process_speaks_and_every_row_is_fed_once(tmp_path: Path, model: Path) -> None:
    run = make(tmp_path / "run", model)
    assert train(run) == [0, 0], run.log
    events = run.events()
    assert [event["seq"] for event in events] == list(range(len(events)))
    kinds = [event["type"] for event in events]
    for kind in ("hello", "data", "model", "settings", "artifact", "end"):
        assert kinds.count(kind) == 1
    assert [event["step"] for event in run.events("step")] == [2, 4, 6, 8]
    assert [event["step"] for event in run.events("eval")] == [4, 8]
    assert run.events("warning") == []
    planned = run.plan["dataset"]["train"]
    last = run.events("step")[-1]
    assert (last["tokens"], last["trained_tokens"]) == (2 * planned["tokens"], 2 * planned["trained_tokens"])
    for event in run.events("checkpoint"):
        seal = json.loads((run.path / event["path"] / "lorch.json").read_text())
        assert {"rng_state_0.pth", "rng_state_1.pth", "optimizer.pt"} <= seal["files"].keys()
        assert sum(seal["files"].values()) == event["bytes"]


def test_an_evaluation_is_of_all_rows_once(tmp_path: Path, model: Path) -> None:
    """7 rows for two processes: accelerate feeds one twice, to fill up the last batch, and counts it once."""
    two, one = (make_run(tmp_path / name, model, 8, 7, training=ONLY_EVALUATED) for name in ("two", "one"))
    assert train(two) == [0, 0], two.log
    assert one.train() == 0, one.log
    found, expected = (run.events("eval")[0]["metrics"] for run in (two, one))
    for name in ("eval_loss", "eval_entropy", "eval_mean_token_accuracy"):
        assert found[name] == pytest.approx(expected[name], rel=1e-6)


def test_two_processes_stopped_and_killed_are_the_same_run(tmp_path: Path, model: Path) -> None:
    whole, parted = make(tmp_path / "whole", model), make(tmp_path / "parted", model)
    assert train(whole) == [0, 0], whole.log
    # Only one process gets the signal: both stop at the same step.
    assert train(parted, 1, ("in the step after", 0), signal.SIGTERM, to=1) == [143, 143], parted.log
    assert parted.events()[-1]["step"] == 1
    assert train(parted, 2, ("amid evaluation", 4), signal.SIGTERM, to=0) == [143, 143], parted.log
    assert parted.events("checkpoint", 2)[-1]["step"] == 4
    # The other one sees that the first is gone, or is killed, too.
    assert train(parted, 3, ("end of step", 7), signal.SIGKILL, to=0)[0] == -9, parted.log
    assert train(parted, 4) == [0, 0], parted.log
    assert [parted.event("hello", attempt)["resumed_from_step"] for attempt in (2, 3, 4)] == [1, 4, 6]
    assert outcome(parted, 4) == outcome(whole, 1)
