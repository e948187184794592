"""`train RUN_DIR --attempt N`: executes plan.json and says what happens in events.jsonl.

Exit codes: 0 succeeded, 143 stopped after SIGTERM, 1 failed with an `error` event. Nothing heavy is imported
at the top: a SIGTERM during the seconds that `import torch` takes must find its handler in place.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path

from ..attempt import Attempt
from ..checkpoints import Seal, newest_complete, remove_incomplete, set_damaged_aside
from ..device import describe_device, keep_offline, pin_device, torch_device, versions
from ..errors import LorchError, from_exception
from ..events import EventWriter
from ..methods import find_method
from ..plan import Plan, RunFolder, read_plan
from ..stop import EXIT_CODE, Stop


def main(argv: list[str]) -> int:
    """Trains and returns the exit code. Every way out but a crash ends with an `end` event."""
    # What libraries print to stdout belongs in the log, which is stderr.
    sys.stdout.flush()
    os.dup2(2, 1)
    options = _parse(argv)
    run = RunFolder(Path(options.run_dir).resolve())
    default = run.path / f"attempt-{options.attempt}" / "events.jsonl"
    attempt = Attempt(run, options.attempt, EventWriter(os.environ.get("LORCH_EVENTS") or default))
    stop = Stop(lambda: attempt.end("stopped", EXIT_CODE))
    stop.install()
    try:
        finished = _run(attempt, stop)
        stop.over = True
        outcome, code = ("succeeded", 0) if finished else ("stopped", EXIT_CODE)
        attempt.end(outcome, code)
        return code
    except BaseException as cause:
        stop.over = True
        traceback.print_exc(file=sys.stderr)
        _report_failure(attempt, from_exception(cause))
        return 1


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lorch_trainer train")
    parser.add_argument("run_dir")
    parser.add_argument("--attempt", type=int, required=True)
    return parser.parse_args(argv)


def _report_failure(attempt: Attempt, failure: LorchError) -> None:
    fields = {"code": failure.code, "message": failure.message}
    if failure.hint:
        fields["hint"] = failure.hint
    try:
        attempt.events.emit("error", **fields)
        attempt.end("failed", 1)
    except OSError:  # the disk is full: the log has the traceback, and the exit code says that it failed
        traceback.print_exc(file=sys.stderr)


def _run(attempt: Attempt, stop: Stop) -> bool:
    """Executes the plan. Returns False if the attempt was stopped before its last step."""
    plan = read_plan(attempt.run)
    find_method(plan.method)
    attempt.max_steps = int(plan.forecast["steps"]["total"])
    pin_device(plan.use_cpu)
    keep_offline(plan.base_model["path"] is not None)
    resumed = _resume_point(attempt, plan)

    from ..training import build_trainer, train_to_end  # torch, transformers, peft, trl: seconds

    device = torch_device()
    attempt.events.emit(
        "hello",
        pid=os.getpid(),
        attempt=attempt.number,
        versions=versions(),
        device=describe_device(),
        resumed_from_step=resumed[1].step if resumed else None,
    )
    if device == "cpu" and not plan.use_cpu:
        attempt.warn("R031", "the plan asks for a GPU and none is visible: training on the CPU")
    trainer = build_trainer(attempt, stop, plan, device, resumed[1] if resumed else None)
    return train_to_end(attempt, stop, trainer, resumed[0] if resumed else None)


def _steps_before(attempt: Attempt) -> int:
    """The last step that earlier attempts report."""
    steps = [0]
    for number in range(1, attempt.number):
        events = attempt.run.path / f"attempt-{number}" / "events.jsonl"
        lines = events.read_text("utf-8", "replace").splitlines() if events.is_file() else []
        for line in lines:
            if '"type": "step"' not in line:
                continue
            with suppress(ValueError, KeyError, TypeError):
                steps.append(int(json.loads(line)["step"]))
    return max(steps)


def _resume_point(attempt: Attempt, plan: Plan) -> tuple[Path, Seal] | None:
    """The checkpoint to go on from: the newest complete one, for attempts after the first."""
    if attempt.number <= 1:
        return None
    removed = remove_incomplete(attempt.run.checkpoints)
    if removed:
        attempt.warn("R037", f"removed incomplete checkpoints: {', '.join(removed)}")
    damaged = set_damaged_aside(attempt.run.checkpoints)
    found = newest_complete(attempt.run.checkpoints)
    goes_on = f"the run goes on from {found[0].name}" if found else "the run begins again at step 0"
    for name, file in damaged:
        attempt.warn("R070", f"{name} is damaged: {file} is not what was saved; {goes_on}")
    if found is None:
        lost = _steps_before(attempt)
        if lost and not damaged:
            attempt.warn(
                "R043",
                f"the run begins again at step 0: it was at step {lost} and left no complete checkpoint",
            )
        return None
    path, seal = found
    if seal.plan_hash != plan.plan_hash:
        raise LorchError("R041", f"{path.name} was written by another plan ({seal.plan_hash})")
    if not seal.sha256:
        attempt.warn("R071", f"{path.name} was saved by an earlier version, without hashes of its files")
    if "optimizer.pt" not in seal.files:
        attempt.warn(
            "R032", f"{path.name} holds no optimizer state: losses will not be those of one long run"
        )
    attempt.step = seal.step
    return found
