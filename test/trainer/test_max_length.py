"""Cutting at max_length: never another label, and never silent."""

from __future__ import annotations

from pathlib import Path

import pytest
from prepared import assistant, make_tokenizer, run_prepare, template_file, user

ROW = [user("one?"), assistant("1."), user("and two?"), assistant("it is 2")]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tokenizer(tmp_path_factory.mktemp("tokenizer"))


@pytest.mark.parametrize("template", ["chatml-marks", "qwen3", "mistral"])
def test_at_every_length_labels_are_a_beginning_of_the_whole(
    model: Path, tmp_path: Path, template: str
) -> None:
    spec = template_file(template)
    whole = run_prepare(tmp_path / "whole", model, [ROW], spec).file()
    ids, trained = whole.input_ids(0).tolist(), whole.trained(0).tolist()
    last_end = len(trained) - trained[::-1].index(1)
    first = trained.index(1)
    for limit in range(1, len(ids) + 2):
        result = run_prepare(tmp_path / str(limit), model, [ROW], spec, max_length=limit)
        split = result.value["splits"]["train"]
        assert split["rows_in"] == split["rows"] + len(result.value["dropped"])
        if limit <= first:
            assert result.codes() == {0: "T008"}
            assert result.value["truncated"] == result.value["lost_eot"] == []
            continue
        file = result.file()
        assert file.input_ids(0).tolist() == ids[:limit]
        assert file.trained(0).tolist() == trained[:limit]
        assert file.labels(0).tolist() == [
            token if on else -100 for token, on in zip(ids[:limit], trained[:limit], strict=True)
        ]
        assert result.value["truncated"] == ([0] if limit < len(ids) else [])
        assert result.value["lost_eot"] == ([0] if limit < last_end else [])


def test_truncated_and_dropped_rows_are_named_by_their_number(model: Path, tmp_path: Path) -> None:
    long_answer = [user("a"), assistant("word " * 200)]
    long_prompt = [user("word " * 200), assistant("a")]
    short = [user("a"), assistant("b")]
    rows = [short, long_answer, long_prompt, short]
    result = run_prepare(tmp_path, model, rows, {"kind": "chatml"}, max_length=64, validation=[long_answer])
    assert result.value["truncated"] == [1, 4]
    assert result.value["lost_eot"] == [1, 4]
    assert result.value["dropped"] == [{"row": 2, "split": "train", "code": "T008"}]
    assert result.file().row.tolist() == [0, 1, 3]
    assert result.value["lengths"]["max"] == 64
    assert result.value["uncut_lengths"]["max"] > 200
    tokens = [finding["data"]["tokens"] for finding in result.found("T010")]
    assert len(tokens) == 2 and all(count > 64 for count in tokens)


def test_added_tokens_are_counted_by_row_as_far_as_rows_are_kept(model: Path, tmp_path: Path) -> None:
    rows = [[user("a"), assistant("b")], [user("a"), assistant("word " * 200)]]
    result = run_prepare(tmp_path, model, rows, {"kind": "chatml"}, max_length=64, validation=rows[:1])
    counted = {one["token"]: one["rows"] for one in result.value["added_tokens"]}
    assert counted == {"<|im_start|>": 3, "<|im_end|>": 3}
    files = [result.file("train"), result.file("validation")]
    ids = [int(token) for file in files for row in range(len(file.row)) for token in file.input_ids(row)]
    assert result.value["largest_id"] == max(ids)
    numbers = [one["id"] for one in result.value["added_tokens"]]
    assert numbers == sorted(numbers) and set(numbers) <= set(ids)
