"""`train RUN_DIR --attempt N`: executes plan.json and reports what happens in events.jsonl.

Exit codes: 0 succeeded, 143 stopped after SIGTERM, 1 failed with an `error` event. Nothing heavy is imported
at the top, so that the handler is in place if SIGTERM arrives during the seconds of `import torch`.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import os
import signal
import sys
import traceback
from dataclasses import replace
from pathlib import Path

from ..attempt import Attempt
from ..device import describe_device, keep_offline, pin_device, torch_device, versions
from ..errors import LorchError, from_exception
from ..events import EventWriter, SilentWriter
from ..methods import find_method, find_recipe
from ..plan import RunFolder, read_plan
from ..survival.ranks import speaks, wait_for_all
from ..survival.resume import resume_point, same_point
from ..survival.retry import with_changes
from ..survival.stop import EXIT_CODE, Stop
from ..survival.unchanged import require_unchanged


def main(argv: list[str]) -> int:
    """Trains and returns the exit code. Unless it crashes, it always writes an `end` event."""
    # Send what libraries print on stdout to the log, which is stderr.
    sys.stdout.flush()
    os.dup2(2, 1)
    # The supervisor asks a trainer that makes no progress where it is.
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    options = _parse(argv)
    run = RunFolder(Path(options.run_dir).resolve())
    default = run.path / f"attempt-{options.attempt}" / "events.jsonl"
    events = EventWriter(os.environ.get("LORCH_EVENTS") or default) if speaks() else SilentWriter()
    attempt = Attempt(run, options.attempt, events)
    attempt.allow_changed = options.allow_changed
    attempt.retry = options.retry
    stop = Stop(lambda: attempt.end("stopped", EXIT_CODE))
    stop.install()
    try:
        finished = _run(attempt, stop, options.base_model)
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
    parser.add_argument("--retry", type=json.loads, metavar="JSON")
    parser.add_argument("--allow-changed", metavar="REASON")
    parser.add_argument("--base-model", help="its folder on this machine, if it is not that of the plan")
    return parser.parse_args(argv)


def _report_failure(attempt: Attempt, failure: LorchError) -> None:
    fields = {"code": failure.code, "message": failure.message}
    if failure.hint:
        fields["hint"] = failure.hint
    try:
        attempt.events.emit("error", **fields)
        attempt.end("failed", 1)
    except OSError:  # the disk is full: the log has the traceback, and the exit code shows the failure
        traceback.print_exc(file=sys.stderr)


def _run(attempt: Attempt, stop: Stop, base_model: str | None) -> bool:
    """Executes the plan. Returns False if the attempt was stopped before its last step."""
    plan = replace(with_changes(attempt, read_plan(attempt.run)), base_folder=base_model)
    find_method(plan.method)
    attempt.max_steps = int(plan.forecast["steps"]["total"])
    pin_device(plan.use_cpu)
    keep_offline(plan.base_model["path"] is not None)
    resumed = resume_point(attempt, plan) if speaks() else None
    recipe = find_recipe(plan.method)  # imports torch, transformers, peft, trl: seconds
    wait_for_all(plan.use_cpu)  # the first process has put the checkpoints in order
    if not speaks():
        resumed = same_point(attempt)
    device = torch_device()
    attempt.events.emit(
        "hello",
        pid=os.getpid(),
        attempt=attempt.number,
        versions=versions(),
        device=describe_device(),
        resumed_from_step=resumed[1].step if resumed else None,
    )
    if resumed:
        require_unchanged(attempt, plan, resumed[1])
    if device == "cpu" and not plan.use_cpu:
        attempt.warn("R031", "the plan asks for a GPU and none is visible: training on the CPU")
    return bool(recipe.train(attempt, stop, plan, device, resumed))
