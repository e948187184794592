"""`calibrate` as the controller runs it: real steps of one size, measured."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest
from run_folder import LORA, NF4, TRAINING, make_model
from test_commands import command, start


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("base"))


def spec(
    base: Path, folder: Path, seconds: float = 0.0, max_steps: int = 20, **training: Any
) -> dict[str, Any]:
    settings = {**TRAINING, "num_train_epochs": 1, "max_steps": max_steps, **training}
    return {
        "folder": str(folder),
        "seconds": seconds,
        "plan": {
            "plan_hash": "rung",
            "lorch_version": "0.1.0",
            "name": "rung",
            "base_model": {"id": "base", "path": str(base), "revision": None},
            "model": {"dtype": "float32", "attn_implementation": "sdpa", "trust_remote_code": False},
            "lora": LORA,
            "quantization": None,
            "training": settings,
            "resources": {"host": "local", "gpus": 0},
            "forecast": {"parameters": None, "steps": {"per_epoch": max_steps, "total": max_steps}},
        },
    }


def result(lines: list[dict[str, Any]], log: str) -> dict[str, Any]:
    assert lines, log
    assert lines[-1]["type"] == "result", lines[-1]
    value: dict[str, Any] = lines[-1]["value"]
    return value


def test_three_steps_are_enough_and_nothing_is_saved(base: Path, tmp_path: Path) -> None:
    code, lines, log = command("calibrate", spec(base, tmp_path))
    measured = result(lines, log)
    assert (code, measured["steps"], measured["device"]["kind"]) == (0, 3, "cpu")
    assert measured["tokens_per_second"] == pytest.approx(1000 * 4 * 64 / measured["step_ms"])
    assert measured["rss_peak_bytes"] > 50e6
    assert measured["reserved_peak_bytes"] is None
    assert not (tmp_path / "adapter").exists()
    assert not list(tmp_path.glob("checkpoints/*"))


def test_it_trains_until_the_time_is_over_or_the_steps_are(base: Path, tmp_path: Path) -> None:
    _, lines, log = command("calibrate", spec(base, tmp_path, seconds=600, max_steps=9))
    assert result(lines, log)["steps"] == 9
    assert {"type": "progress", "label": "training", "done": 9, "total": 9} in lines


@pytest.mark.parametrize("training", [{"packing": True}, {"gradient_checkpointing": True}])
def test_rows_have_the_length_that_was_asked_for(
    base: Path, tmp_path: Path, training: dict[str, Any]
) -> None:
    _, lines, log = command("calibrate", spec(base, tmp_path, max_steps=3, **training))
    result(lines, log)
    (data,) = [
        line for line in (tmp_path / "events.jsonl").read_text().splitlines() if '"type": "data"' in line
    ]
    assert '"rows": 12, "sequences": 12, "tokens": 768, "trained_tokens": 768' in data


def test_settings_that_peft_refuses_are_its_own_error(base: Path, tmp_path: Path) -> None:
    wrong = spec(base, tmp_path)
    wrong["plan"]["lora"] = {**LORA, "target_modules": ["nothing"]}
    code, lines, _ = command("calibrate", wrong)
    assert (code, lines[-1]["code"]) == (1, "R035")


def test_a_quantized_base_is_measured_quantized(base: Path, tmp_path: Path) -> None:
    quantized = spec(base, tmp_path, max_steps=3)
    quantized["plan"]["quantization"] = NF4
    _, lines, log = command("calibrate", quantized)
    result(lines, log)
    (model,) = [
        line for line in (tmp_path / "events.jsonl").read_text().splitlines() if '"type": "model"' in line
    ]
    assert '"quantized_modules": 14' in model


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once(base: Path, tmp_path: Path, number: signal.Signals) -> None:
    process = start("calibrate", spec(base, tmp_path, seconds=600, max_steps=100_000))
    assert process.stdout
    for line in process.stdout:
        if '"training"' in line:
            break
    process.send_signal(number)
    try:
        assert process.wait(20) == 143
    finally:
        process.kill()
        process.stdout.close()
