"""What goes wrong is told as an error event with code and hint; the traceback stays in the log."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from run_folder import Run, make_model, make_rows, make_run, write_split


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model") / "model")


def fails(run: Run, code: str) -> dict[str, Any]:
    """Trains, asserts that it failed with this code as a run should fail, and returns the error event."""
    assert run.train() == 1, run.log
    error, end = run.event("error"), run.events()[-1]
    assert error["code"] == code, run.log
    assert error["hint"]
    assert (end["type"], end["outcome"], end["code"]) == ("end", "failed", 1)
    assert "Traceback" in run.log
    assert "Traceback" not in error["message"]
    return error


def test_an_unknown_model(tmp_path: Path, model: Path) -> None:
    run = make_run(tmp_path / "run", model)
    run.plan["base_model"]["path"] = run.plan["base_model"]["id"] = str(tmp_path / "nowhere")
    assert "nowhere" in fails(run, "R001")["message"]


def test_damaged_weights(tmp_path: Path, model: Path) -> None:
    broken = Path(shutil.copytree(model, tmp_path / "broken"))
    weights = broken / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    fails(make_run(tmp_path / "run", broken), "R006")


def test_a_data_file_that_is_not_the_planned_one(tmp_path: Path, model: Path) -> None:
    run = make_run(tmp_path / "run", model)
    rows = make_rows(32)
    rows[5][1][-1] = 0  # one label less
    write_split(run.path / "data", "train", rows)
    assert "train.safetensors" in fails(run, "R020")["message"]


def test_a_data_file_that_is_gone(tmp_path: Path, model: Path) -> None:
    run = make_run(tmp_path / "run", model)
    (run.path / "data" / "train.safetensors").unlink()
    fails(run, "R020")


def test_rows_that_do_not_add_up(tmp_path: Path, model: Path) -> None:
    run = make_run(tmp_path / "run", model)
    run.plan["dataset"]["train"]["rows"] = 33
    assert "32 rows" in fails(run, "R021")["message"]


def test_a_loss_that_is_not_finite(tmp_path: Path, model: Path) -> None:
    run = make_run(tmp_path / "run", model, training={"learning_rate": 1e30, "max_grad_norm": 0})
    error = fails(run, "R024")
    assert "step 2" in error["message"]
    assert list(run.losses()) == [1, 2]
    assert run.losses()[2] == "NaN"


def test_a_loss_that_is_not_finite_stays_out_of_the_metrics_where_that_is_asked_for(
    tmp_path: Path, model: Path
) -> None:
    wanted = {"learning_rate": 1e30, "max_grad_norm": 0, "logging_nan_inf_filter": True}
    run = make_run(tmp_path / "run", model, training=wanted)
    fails(run, "R024")
    assert list(run.losses()) == [1]


def test_a_run_folder_without_a_plan(tmp_path: Path, model: Path) -> None:
    run = make_run(tmp_path / "run", model)
    run.plan = {"lorch": 1}
    assert "base_model" in fails(run, "R025")["message"]


def test_settings_that_a_library_refuses(tmp_path: Path, model: Path) -> None:
    error = fails(make_run(tmp_path / "run", model, training={"optim": "adamw_nonsense"}), "R026")
    assert "adamw_nonsense" in error["message"]


def test_an_unknown_lora_field(tmp_path: Path, model: Path) -> None:
    assert "rang" in fails(make_run(tmp_path / "run", model, lora={"rang": 8}), "R026")["message"]


def test_an_adapter_on_lm_head(tmp_path: Path, model: Path) -> None:
    lora = {"target_modules": ["q_proj", "lm_head"], "modules_to_save": None}
    fails(make_run(tmp_path / "run", model, lora=lora), "R027")


def test_targets_that_are_not_there(tmp_path: Path, model: Path) -> None:
    fails(
        make_run(tmp_path / "run", model, lora={"target_modules": ["w_proj"], "modules_to_save": None}),
        "R035",
    )


def test_packing_that_would_cut_rows(tmp_path: Path, model: Path) -> None:
    wrapped = {"packing": True, "packing_strategy": "wrapped"}
    fails(make_run(tmp_path / "wrapped", model, training=wrapped), "R028")
    short = make_run(tmp_path / "short", model, training={"packing": True, "max_length": 12})
    assert "longer than max_length 12" in fails(short, "R028")["message"]


def test_a_token_that_the_model_does_not_have(tmp_path: Path, model: Path) -> None:
    run = make_run(tmp_path / "run", model)
    run.plan["dataset"]["train"] = write_split(run.path / "data", "train", [([1, 2, 128], [0, 0, 1])])
    assert "128" in fails(run, "R029")["message"]


def test_a_full_disk(tmp_path: Path, model: Path) -> None:
    """A limit on file size stands in for a full disk: the kernel refuses the write in the same place."""
    run = make_run(tmp_path / "run", model, training={"save_strategy": "epoch"})

    def limited() -> int:
        # Events fit, a checkpoint's weights (130 kB) do not.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (64_000, 64_000))
        return 0

    pid = os.fork()
    if pid == 0:
        limited()
        os._exit(run.train())
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
    assert run.event("error")["code"] == "R004", run.log
    assert run.events()[-1]["outcome"] == "failed"


def test_a_missing_gpu_is_a_finding(tmp_path: Path, model: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    run = make_run(tmp_path / "run", model)
    run.plan["resources"]["gpus"] = 1
    assert run.train() == 0, run.log
    assert [event["code"] for event in run.events("warning")] == ["R031"]


def test_stdout_stays_empty_and_the_events_file_has_a_default(tmp_path: Path, model: Path) -> None:
    run = make_run(tmp_path / "run", model)
    process = run.start()
    out, _ = process.communicate(timeout=600)
    assert (process.returncode, out) == (0, "")
    for line in run.events_path().read_text().splitlines():
        assert json.loads(line)["v"] == 1
