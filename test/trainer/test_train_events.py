"""The events file and the seal of a checkpoint, without any model."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from run_folder import TRAINER

assert TRAINER.exists()

from lorch_trainer.adapters.parameters import module_of  # noqa: E402
from lorch_trainer.events import EventWriter  # noqa: E402
from lorch_trainer.survival.checkpoints import (  # noqa: E402
    Seal,
    checkpoint_path,
    newest_complete,
    read_seal,
    remove_incomplete,
    remove_surplus,
    seal_checkpoint,
)


def test_events_are_whole_lines_with_increasing_numbers(tmp_path: Path) -> None:
    path = tmp_path / "attempt" / "events.jsonl"
    writer = EventWriter(path)
    writer.emit("warning", code="R001", message="ä\n")
    writer.emit("step", metrics={"loss": float("nan"), "a": float("inf"), "b": [-float("inf")]})
    first, second = map(json.loads, path.read_text("utf-8").splitlines())
    assert (first["v"], first["seq"], first["type"], first["message"]) == (1, 0, "warning", "ä\n")
    assert first["t"] > 1_600_000_000_000
    assert second["seq"] == 1
    assert second["metrics"] == {"loss": "NaN", "a": "Infinity", "b": ["-Infinity"]}


def test_a_torn_line_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "events.jsonl"
    writer = EventWriter(path)
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda fd, data: write(fd, data[:10]))  # what a disk that fills up does
        with pytest.raises(OSError, match="space"):
            writer.emit("warning", code="R001", message="lost")
    writer.emit("end", code=0)
    torn, whole = path.read_text().splitlines()
    assert len(torn) == 10
    assert json.loads(whole)["seq"] == 1


def checkpoint(folder: Path, step: int) -> Path:
    path = checkpoint_path(folder, step)
    path.mkdir(parents=True)
    (path / "weights").write_bytes(b"x" * step)
    return path


def test_a_checkpoint_counts_only_with_its_seal_and_all_its_bytes(tmp_path: Path) -> None:
    for step in (2, 10, 30, 40):
        assert seal_checkpoint(checkpoint(tmp_path, step), Seal(step, "plan")) == step
    checkpoint(tmp_path, 50)
    (checkpoint_path(tmp_path, 40) / "weights").write_bytes(b"short")
    (checkpoint_path(tmp_path, 30) / "lorch.json").write_text('{"step": 30')
    found = newest_complete(tmp_path)
    assert found is not None
    assert found[0].name == "checkpoint-10"
    assert remove_incomplete(tmp_path) == ["checkpoint-30", "checkpoint-40", "checkpoint-50"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint-10", "checkpoint-2"]


def test_an_empty_or_absent_folder_has_no_checkpoint(tmp_path: Path) -> None:
    assert newest_complete(tmp_path / "absent") is None
    assert newest_complete(tmp_path) is None
    (tmp_path / "checkpoint-x").mkdir()
    assert remove_incomplete(tmp_path) == []


@pytest.mark.parametrize(
    ("limit", "best", "left"),
    [
        (None, None, [1, 2, 3, 4]),
        (0, None, [1, 2, 3, 4]),
        (2, None, [3, 4]),
        (2, 1, [1, 4]),
        (1, 1, [1, 4]),
        (1, 4, [4]),
        (3, 2, [2, 3, 4]),
        (9, 1, [1, 2, 3, 4]),
    ],
)
def test_surplus_checkpoints_go_but_never_the_newest_or_the_best(
    tmp_path: Path, limit: int | None, best: int | None, left: list[int]
) -> None:
    for step in (1, 2, 3, 4):
        seal_checkpoint(checkpoint(tmp_path, step), Seal(step, "plan"))
    remove_surplus(tmp_path, limit, best)
    assert sorted(int(path.name.removeprefix("checkpoint-")) for path in tmp_path.iterdir()) == left


def test_a_seal_keeps_what_resuming_needs(tmp_path: Path) -> None:
    seal = Seal(7, "plan", 100, 40, True, 6, 1.25, {"entropy": [0.5]})
    path = checkpoint(tmp_path, 7)
    seal_checkpoint(path, seal)
    assert read_seal(path) == seal


@pytest.mark.parametrize(
    ("parameter", "module"),
    [
        (
            "base_model.model.model.layers.0.self_attn.q_proj.lora_A.default.weight",
            "model.layers.0.self_attn.q_proj",
        ),
        ("base_model.model.lm_head.modules_to_save.default.weight", "lm_head"),
        ("base_model.model.model.embed_tokens.lora_embedding_A.default", "model.embed_tokens"),
        (
            "base_model.model.model.embed_tokens.token_adapter.trainable_tokens_delta.default",
            "model.embed_tokens",
        ),
        (
            "base_model.model.model.layers.0.self_attn.q_proj.base_layer.bias",
            "model.layers.0.self_attn.q_proj",
        ),
        ("base_model.model.model.norm.bias", "model.norm"),
    ],
)
def test_parameters_are_counted_under_their_module(parameter: str, module: str) -> None:
    assert module_of(parameter) == module
