"""`pieces`: what a reviewer is shown is the very sequence that is trained."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lorch_trainer.commands import pieces, prepare
from lorch_trainer.tokens.tokenizer import load_tokenizer
from prepared import assistant, user
from test_commands import command


def prepared_rows(model: Path, out: Path, rows: list[list[dict[str, Any]]]) -> Path:
    path = out / "rows.jsonl"
    path.write_text("".join(json.dumps({"row": n, "messages": m}) + "\n" for n, m in enumerate(rows)))
    prepare.run(
        {
            "model": {
                "id": "tiny",
                "path": str(model),
                "revision": None,
                "trust_remote_code": False,
            },
            "template": {"kind": "auto", "source": None},
            "max_length": None,
            "splits": {"train": str(path)},
            "out": str(out / "prepared"),
        }
    )
    return out / "prepared"


def test_the_answers_are_the_trained_runs(tiny_model: Path, tmp_path: Path) -> None:
    rows = [
        [user("What is it?"), assistant("A cat.")],
        [user("a"), assistant("b"), user("c"), assistant("d")],
    ]
    folder = prepared_rows(tiny_model, tmp_path, rows)
    found = pieces.run({"prepared": str(folder), "split": "train", "cut": None})["rows"]
    assert [row["row"] for row in found] == [0, 1]
    trained = [[text for text, is_trained, *_ in row["runs"] if is_trained] for row in found]
    assert trained == [["A cat.<|im_end|>"], ["b<|im_end|>", "d<|im_end|>"]]
    assert "".join(text for text, *_ in found[0]["runs"]).startswith("<|im_start|>user\nWhat is it?")


def test_a_run_ends_where_max_length_cuts(tiny_model: Path, tmp_path: Path) -> None:
    folder = prepared_rows(tiny_model, tmp_path, [[user("hello"), assistant("one two three four five")]])
    whole, cut = (
        pieces.run({"prepared": str(folder), "split": "train", "cut": at})["rows"][0]["runs"]
        for at in (None, 12)
    )
    assert sum(tokens for _, _, tokens, _ in cut) == sum(tokens for _, _, tokens, _ in whole)
    assert "".join(text for text, *_ in cut) == "".join(text for text, *_ in whole)
    tokens = 0
    ends = []
    for _, _, count, _ in cut:
        tokens += count
        ends.append(tokens)
    assert 12 in ends
    assert [kept for *_, kept in cut] == [end <= 12 for end in ends]


@pytest.mark.parametrize(
    ("truncate", "first", "last"), [("left", -12, None), ("drop", 0, 0), ("split", 0, None)]
)
def test_what_is_kept_follows_the_policy(
    tiny_model: Path, tmp_path: Path, truncate: str, first: int, last: int | None
) -> None:
    folder = prepared_rows(tiny_model, tmp_path, [[user("hello"), assistant("one two three four five")]])
    spec = {"prepared": str(folder), "split": "train", "cut": 12, "truncate": truncate}
    runs = pieces.run(spec)["rows"][0]["runs"]
    found = [kept for _, _, tokens, kept in runs for _ in range(tokens)]
    assert len(found) > 12
    wanted = [False] * len(found)
    for at in range(len(found))[first:last]:
        wanted[at] = True
    assert found == wanted


@pytest.mark.parametrize("text", ["日本語のテスト", "🙂🙂", "naïve ﬁ", "a\ufffdb", "  spaces \n\n"])
def test_no_byte_is_lost_where_tokens_split_characters(tiny_model: Path, text: str) -> None:
    backend = load_tokenizer({"id": "tiny", "path": str(tiny_model)}).backend_tokenizer
    ids = backend.encode(text, add_special_tokens=False).ids
    whole = backend.decode(ids, skip_special_tokens=False)
    for first in range(len(ids)):
        flags = [int(at >= first) for at in range(len(ids))]
        for cut in (len(ids), 1, len(ids) // 2):
            runs = pieces.pieces(backend, ids, flags, [(0, cut)])
            assert "".join(part for part, *_ in runs) == whole
            assert sum(tokens for _, _, tokens, _ in runs) == len(ids)


def test_it_answers_as_a_command(tiny_model: Path, tmp_path: Path) -> None:
    folder = prepared_rows(tiny_model, tmp_path, [[user("hi"), assistant("ho")]])
    spec = {"prepared": str(folder), "split": "train", "cut": None}
    code, lines, log = command("pieces", spec)
    assert code == 0, log
    assert lines[-1]["value"]["rows"][0]["runs"][-1][:2] == ["\n", False]
    assert command("pieces", {})[1][0]["code"] == "R012"
