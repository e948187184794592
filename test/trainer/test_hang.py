"""The real trainer hangs in a real checkpoint: the supervisor finds it, and the log shows where it stood."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from run_folder import TRAINER, make_model, make_run

GUARDS = {"limits": [], "hang": {"factor": 5, "floor_s": 10}, "kill_after_s": 2}


def test_a_trainer_that_hangs_is_ended_with_its_stacks_in_the_log(tmp_path: Path) -> None:
    model = make_model(tmp_path / "model")
    run = make_run(tmp_path / "run", model, training={"save_strategy": "steps", "save_steps": 3})
    folder = run.path / "checkpoints" / "checkpoint-3"
    folder.mkdir(parents=True)
    # Opening a pipe that nobody reads waits for ever, like a network file system whose server is gone.
    os.mkfifo(folder / ".lorch.json.partial")
    attempt = run.path / "attempt-1"
    attempt.mkdir()
    command = [sys.executable, "-m", "lorch_trainer", "train", str(run.path), "--attempt", "1"]
    env = {
        **os.environ,
        "PYTHONPATH": str(TRAINER),
        "LORCH_ATTEMPT": "token",
        "LORCH_GUARDS": json.dumps(GUARDS),
    }
    done = subprocess.run(
        [sys.executable, str(TRAINER / "shim.py"), str(attempt), "--", *command], env=env, check=False
    )
    log = (attempt / "train.log").read_text()
    assert done.returncode == 0, log
    ended = json.loads((attempt / "exit.json").read_text())
    assert ended["signal"] == 9, log
    assert ended["guard"]["name"] == "hang"
    assert ended["guard"]["killed"] is True  # a step has to end before it can stop, and this one never does
    assert ended["guard"]["last_step"] in (2, 3)
    assert ended["guard"]["median_step_s"] > 0
    assert "in seal_checkpoint" in log
