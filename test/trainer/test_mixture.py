"""Weights and templates of sources: a row stands in the file once and is fed as planned, in its template."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lorch_trainer.errors import LorchError
from lorch_trainer.methods.feeding import feed_splits
from lorch_trainer.plan import RunFolder, read_plan
from lorch_trainer.tokens.sequences import SequenceFile, SequenceWriter
from prepared import make_tokenizer, run_prepare
from run_folder import Run, make_model, make_run

TIMES = {0: 3, 2: 2, 5: 2}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model") / "model")


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tokenizer(tmp_path_factory.mktemp("tokenizer") / "tokenizer")


def test_repeats_are_numbers_in_the_file_and_not_rows(tmp_path: Path) -> None:
    rows = [([5, 6, 7], [0, 1, 1]), ([1], [1]), ([], []), ([4, 4], [0, 1])]
    for name, times in (("once", [1, 1, 1, 1]), ("often", [1, 3, 1, 2])):
        with SequenceWriter(tmp_path / name) as writer:
            for number, (ids, trained) in enumerate(rows):
                writer.append(number, ids, trained, times[number])
            writer.close()
            assert (writer.rows, writer.tokens) == (4, 6)
            assert writer.fed["rows"] == sum(times)
    once, often = SequenceFile(tmp_path / "once"), SequenceFile(tmp_path / "often")
    assert once.times.tolist() == [1, 1, 1, 1] and often.times.tolist() == [1, 3, 1, 2]
    assert (tmp_path / "often").stat().st_size - (tmp_path / "once").stat().st_size < 128
    assert once.feed_order().tolist() == [0, 1, 2, 3]
    assert often.feed_order().tolist() == [0, 1, 2, 3, 1, 3, 1]
    assert often.trained_lengths().tolist() == [2, 1, 0, 1]
    with SequenceWriter(tmp_path / "split") as writer:
        for number, times in ((7, 2), (7, 2), (9, 1)):  # a text that was split is one row of two sequences
            writer.append(number, [5, 6], [1, 1], times)
        writer.close()
        assert writer.fed == {"rows": 3, "sequences": 5, "tokens": 10, "trained_tokens": 10}
    assert SequenceFile(tmp_path / "split").times_of_rows().tolist() == [2, 0, 1]
    with SequenceWriter(tmp_path / "never") as writer, pytest.raises(ValueError, match="0 times"):
        writer.append(0, [1], [1], 0)


def planned(run: Run) -> Run:
    """The run with two sources in its plan: rows 0 to 3, and the rest."""
    file = SequenceFile(run.path / "data" / "train.safetensors")
    times = file.times.astype(np.int64)
    sources = []
    for index, (first, stop) in enumerate(((0, 4), (4, len(file)))):
        mine = slice(first, stop)
        sources.append(
            {
                "setting": f"dataset.train.{index}",
                "role": "train",
                "path": f"{index}.jsonl",
                "weight": 1,
                "template": "auto",
                "train": stop - first,
                "first_row": first,
                "rows_in": stop - first,
                "fed": {
                    "rows": int(times[mine].sum()),
                    "tokens": int((file.lengths() * times)[mine].sum()),
                    "trained_tokens": int((file.trained_lengths() * times)[mine].sum()),
                },
            }
        )
    run.plan["dataset"]["sources"] = sources
    return run


@pytest.mark.parametrize(
    "training",
    [
        {},
        {"packing": True, "per_device_train_batch_size": 1},
        {"shuffle_dataset": True},
        {"shuffle_dataset": True, "packing": True, "per_device_train_batch_size": 1},
    ],
    ids=str,
)
def test_an_epoch_feeds_each_row_as_often_as_it_says(
    tmp_path: Path, model: Path, training: dict[str, Any]
) -> None:
    run = planned(make_run(tmp_path / "run", model, times=TIMES, training=training))
    run.save()
    folder = RunFolder(run.path)
    train, _ = feed_splits(folder, read_plan(folder))
    file = SequenceFile(run.path / "data" / "train.safetensors")
    fed: Counter[tuple[int, ...]] = Counter()
    for example in train.dataset:
        at = 0
        for length in example.get("seq_lengths") or [len(example["input_ids"])]:
            fed[tuple(example["input_ids"][at : at + length])] += 1
            at += length
    wanted: Counter[tuple[int, ...]] = Counter()
    for index in range(len(file)):
        wanted[tuple(file.input_ids(index).tolist())] += TIMES.get(index, 1)
    assert fed == wanted
    assert train.counts["rows"] == 32 + 4 == run.plan["dataset"]["train"]["rows"]
    assert [one["rows"] for one in train.counts["sources"]] == [4 + 3, 28 + 1]
    for name in ("rows", "tokens", "trained_tokens"):
        assert sum(one[name] for one in train.counts["sources"]) == train.counts[name]


def test_a_source_fed_otherwise_than_planned_is_an_error_that_names_it(tmp_path: Path, model: Path) -> None:
    run = planned(make_run(tmp_path / "run", model, times=TIMES))
    first, second = run.plan["dataset"]["sources"]
    first["fed"]["tokens"] -= 1
    second["fed"]["tokens"] += 1  # the total is right
    assert run.train() == 1
    error = run.event("error")
    assert error["code"] == "R021"
    assert "0.jsonl (dataset.train.0)" in error["message"]


@pytest.mark.parametrize("sampling", ["random", "group_by_length"])
def test_every_epoch_sees_the_planned_tokens(tmp_path: Path, model: Path, sampling: str) -> None:
    training = {"num_train_epochs": 2, "train_sampling_strategy": sampling}
    run = planned(make_run(tmp_path / "run", model, times=TIMES, training=training))
    assert run.train() == 0, run.log
    data, steps = run.event("data")["train"], run.events("step")
    assert data["rows"] == 36 and len(steps) == 2 * 9
    totals = {step["step"]: (step["tokens"], step["trained_tokens"]) for step in steps}
    assert totals[9] == (data["tokens"], data["trained_tokens"])
    assert totals[18] == (2 * data["tokens"], 2 * data["trained_tokens"])
    card = (run.path / "adapter" / "README.md").read_text()
    assert "| `1.jsonl` | 1 | auto | 28 | 29 |" in card


def row(number: int, **more: Any) -> dict[str, Any]:
    return {
        "row": number,
        "messages": [{"role": "user", "content": "say a"}, {"role": "assistant", "content": "the answer"}],
        **more,
    }


OWN = {"kind": "file", "source": "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}"
       "{% if add_generation_prompt %}<|assistant|>{% endif %}"}  # fmt: skip


def test_each_row_is_rendered_in_its_own_template(tmp_path: Path, tokenizer: Path) -> None:
    rows = [row(0), row(1, template="own"), row(2, template="alpaca"), row(3)]
    named = {"own": OWN, "alpaca": {"kind": "alpaca", "source": None}}
    chatml = {"kind": "chatml", "source": None}
    mixed = run_prepare(tmp_path / "mixed", tokenizer, rows, template=chatml, templates=named)
    texts = mixed.tokenizer.batch_decode([mixed.file().input_ids(index) for index in range(4)])
    assert texts[0] == texts[3] and "<|im_start|>assistant\nthe answer<|im_end|>" in texts[0]
    assert texts[1].endswith("<|user|>say a<|end|><|assistant|>the answer<|end|>")
    assert "### Response:" in texts[2]
    # What inference uses is the usual one, however many others there were.
    alone = run_prepare(tmp_path / "alone", tokenizer, [row(0)], template=chatml)
    assert mixed.tokenizer.chat_template == alone.tokenizer.chat_template
    assert mixed.value["template"] == alone.value["template"]
    assert {name: one["kind"] for name, one in mixed.value["templates"].items()} == {
        "own": "file",
        "alpaca": "alpaca",
    }
    # Each as if it were alone: the same tokens train.
    only = run_prepare(tmp_path / "only", tokenizer, [row(1)], template=OWN)
    assert only.file().input_ids(0).tolist() == mixed.file().input_ids(1).tolist()
    assert only.file().trained(0).tolist() == mixed.file().trained(1).tolist()


def test_the_usual_template_may_be_another_than_the_models_own(tmp_path: Path, tokenizer: Path) -> None:
    folder = tmp_path / "with-template"
    own = make_tokenizer(folder, chat_template=OWN["source"])
    rows = [row(0), row(1, template="model")]
    mixed = run_prepare(
        tmp_path / "out",
        own,
        rows,
        template={"kind": "chatml", "source": None},
        templates={"model": {"kind": "model", "source": None}},
    )
    texts = mixed.tokenizer.batch_decode([mixed.file().input_ids(index) for index in range(2)])
    assert "<|im_start|>" in texts[0] and texts[1].endswith("<|assistant|>the answer<|end|>")


def test_a_row_that_names_no_known_template_is_refused(tmp_path: Path, tokenizer: Path) -> None:
    with pytest.raises(LorchError) as refused:
        run_prepare(tmp_path, tokenizer, [row(7, template="gone")], template={"kind": "chatml"})
    assert refused.value.code == "T019"


def test_repeats_count_in_lengths_and_in_what_is_fed(tmp_path: Path, tokenizer: Path) -> None:
    rows = [row(0, times=3), row(1)]
    prepared = run_prepare(tmp_path, tokenizer, rows, template={"kind": "chatml"})
    split = prepared.value["splits"]["train"]
    length = len(prepared.file().input_ids(0))
    assert (split["rows"], split["tokens"]) == (2, 2 * length)
    assert split["fed"] == {
        "rows": 4,
        "sequences": 4,
        "tokens": 4 * length,
        "trained_tokens": 2 * split["trained_tokens"],
    }
    assert sum(one["rows"] for one in prepared.value["histogram"]) == 4
