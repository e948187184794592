"""Packed rows are trained as if each were alone: same loss per token, no row cut, dropped or reordered."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from run_folder import Run, make_model, make_rows, make_run, write_split

TOLERANCE = 2e-6
"""On the mean loss per trained token, in fp32. Measured: 1e-7."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model") / "model")


def mean_loss(run: Run) -> float:
    """Loss per trained token over an epoch in which nothing is learnt."""
    assert run.train() == 0, run.log
    total = trained = 0.0
    for event in run.events("step"):
        new = event["trained_tokens"] - trained
        total += event["metrics"]["loss"] * new
        trained += new
    assert trained == run.plan["dataset"]["train"]["trained_tokens"]
    return total / trained


def test_packed_loss_is_unpacked_loss(tmp_path: Path, model: Path) -> None:
    still = {"learning_rate": 0.0, "num_train_epochs": 1}
    alone = mean_loss(
        make_run(tmp_path / "alone", model, training={**still, "per_device_train_batch_size": 1})
    )
    padded = mean_loss(make_run(tmp_path / "padded", model, training=still))
    assert padded == pytest.approx(alone, abs=TOLERANCE)
    for attention in ("sdpa", "eager"):
        for batch in (1, 3):
            run = make_run(
                tmp_path / f"{attention}-{batch}",
                model,
                model={"attn_implementation": attention},
                training={**still, "packing": True, "per_device_train_batch_size": batch},
            )
            assert mean_loss(run) == pytest.approx(alone, abs=TOLERANCE), (attention, batch)
            assert run.event("data")["train"]["sequences"] < 32


def test_without_position_ids_the_loss_would_be_another(tmp_path: Path, model: Path) -> None:
    """The control: the same packed tokens, seen as one text."""
    import torch
    from transformers import AutoModelForCausalLM

    llama = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32)
    rows = make_rows(4)
    ids = torch.tensor([[token for tokens, _ in rows for token in tokens]])
    apart = torch.tensor([[at for tokens, _ in rows for at in range(len(tokens))]])
    with torch.no_grad():
        packed = llama(ids, position_ids=apart, use_cache=False).logits[0]
        blurred = llama(ids, use_cache=False).logits[0]
        alone = torch.cat([llama(torch.tensor([tokens]), use_cache=False).logits[0] for tokens, _ in rows])
    assert (packed - alone).abs().max() < 1e-5
    assert (blurred - alone).abs().max() > 0.05


def test_rows_are_packed_whole_and_alike_each_time(tmp_path: Path) -> None:
    from lorch_trainer.methods.feeding import _arrow_dataset, count_fed
    from lorch_trainer.methods.packing import pack_rows
    from lorch_trainer.tokens.sequences import SequenceFile

    rows = make_rows(2500, seed=3)
    write_split(tmp_path, "train", rows)
    dataset = _arrow_dataset(SequenceFile(tmp_path / "train.safetensors"))
    packed = pack_rows(dataset, {"max_length": 64})
    again = pack_rows(dataset, {"max_length": 64})
    assert packed["input_ids"][:] == again["input_ids"][:]
    unpacked = []
    for sequence in packed:
        assert len(sequence["input_ids"]) == sum(sequence["seq_lengths"]) <= 64
        ends = np.cumsum([0, *sequence["seq_lengths"]])
        for start, end in pairwise(ends):
            labels = sequence["labels"][start:end]
            unpacked.append((sequence["input_ids"][start:end], [int(label != -100) for label in labels]))
    assert sorted(unpacked) == sorted(rows)
    counts = count_fed(packed)
    assert counts["pieces"] == 2500
    assert counts["tokens"] == sum(len(ids) for ids, _ in rows)
    assert counts["trained_tokens"] == sum(sum(trained) for _, trained in rows)
    # Tight: at least nine tenths of the room is used.
    assert counts["tokens"] / (64 * counts["sequences"]) > 0.9
