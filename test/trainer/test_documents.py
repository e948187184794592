"""`format: text`: whole texts, every token of them trained exactly once."""

from __future__ import annotations

from pathlib import Path

import pytest
from letters import make_letters
from lorch_trainer.errors import LorchError
from prepared import Prepared, make_tokenizer, run_prepare


def prepare_texts(
    model: Path, folder: Path, texts: list[str], max_length: int | None = None, truncate: str = "split"
) -> Prepared:
    rows = [{"text": text} for text in texts]
    return run_prepare(folder, model, rows, {"kind": "none", "source": None}, max_length, truncate=truncate)


def sequences(result: Prepared) -> list[tuple[int, str]]:
    """Row number and decoded text of every sequence."""
    file, tokenizer = result.file(), result.tokenizer
    return [(int(row), tokenizer.decode(file.input_ids(at).tolist())) for at, row in enumerate(file.row)]


@pytest.mark.parametrize(("bos", "lead"), [(False, ""), (True, "<s>")])
def test_a_document_is_its_text_between_bos_and_eos(tmp_path: Path, bos: bool, lead: str) -> None:
    model = make_letters(tmp_path / "model", bos=bos)
    result = prepare_texts(model, tmp_path, ["one\n\ntwo", "3"])
    assert sequences(result) == [(0, f"{lead}one\n\ntwo</s>"), (1, f"{lead}3</s>")]
    split = result.value["splits"]["train"]
    assert split["tokens"] == split["trained_tokens"] == 8 + 1 + 2 + 2 * bos
    assert result.value["template"] == {"kind": "none", "sha256": ""}
    assert "whole-texts" in result.value["mask_rule"]


def test_what_the_text_writes_itself_is_not_written_twice(tmp_path: Path) -> None:
    model = make_letters(tmp_path / "model", bos=True)
    result = prepare_texts(model, tmp_path, ["<s>a</s>", "b</s>"])
    assert sequences(result) == [(0, "<s>a</s>"), (1, "<s>b</s>")]
    assert [finding["row"] for finding in result.found("T013")] == [0, 1]


@pytest.mark.parametrize("limit", [2, 3, 4, 7, 10, 11, 12, 30])
def test_a_long_document_becomes_several_sequences_with_every_token_once(tmp_path: Path, limit: int) -> None:
    model = make_letters(tmp_path / "model", bos=True)
    texts = ["abcdefghij", "k", "lmnopqrstuvwxyz" * 3]
    whole = prepare_texts(model, tmp_path / "whole", texts)
    result = prepare_texts(model, tmp_path / "split", texts, limit)
    joined: dict[int, list[int]] = {}
    file = result.file()
    for at, row in enumerate(file.row.tolist()):
        ids = file.input_ids(at).tolist()
        assert len(ids) <= limit and all(file.trained(at).tolist())
        joined.setdefault(row, []).extend(ids)
    assert joined == {row: whole.file().input_ids(row).tolist() for row in range(3)}
    split = result.value["splits"]["train"]
    assert (split["rows_in"], split["rows"], split["sequences"]) == (3, 3, len(file))
    assert split["tokens"] == split["trained_tokens"] == whole.value["splits"]["train"]["tokens"]
    assert (file.rows, result.value["truncated"], result.value["dropped"]) == (3, [], [])
    assert result.value["lengths"]["max"] <= limit
    assert result.value["uncut_lengths"]["max"] == 47


@pytest.mark.parametrize(
    ("truncate", "texts", "dropped"),
    [("right", ["<s>abc"], {}), ("left", ["<s>ij</s>"], {}), ("drop", [], {0: "T030"})],
)
def test_other_policies_cut_a_document_as_they_cut_a_row(
    tmp_path: Path, truncate: str, texts: list[str], dropped: dict[int, str]
) -> None:
    model = make_letters(tmp_path / "model", bos=True)
    result = prepare_texts(model, tmp_path, ["abcdefghij"], 4, truncate)
    assert [text for _, text in sequences(result)] == texts
    assert result.codes() == dropped


def test_a_document_without_text_is_dropped(tmp_path: Path) -> None:
    model = make_letters(tmp_path / "model", bos=True)
    assert prepare_texts(model, tmp_path, ["", "a"]).codes() == {0: "T009"}


def test_a_tokenizer_without_eos_is_an_error(tmp_path: Path) -> None:
    model = make_letters(tmp_path / "model", eos_token=None)
    with pytest.raises(LorchError, match="T017"):
        prepare_texts(model, tmp_path, ["a"])


@pytest.mark.parametrize("like", ["gpt2", "qwen", "llama2"])
def test_the_text_survives_every_kind_of_tokenizer(tmp_path: Path, like: str) -> None:
    model = make_tokenizer(tmp_path / "model", like)
    text = "A line.\n\n  indented, and more\n\n\n"
    result = prepare_texts(model, tmp_path, [text])
    ids = result.file().input_ids(0).tolist()
    own = ids[like == "llama2" : -1]  # without BOS and EOS
    assert result.tokenizer.decode(own).strip() == text.strip()
    assert ids.count(result.tokenizer.eos_token_id) == 1


def test_a_conversation_among_texts_is_an_error(tmp_path: Path) -> None:
    model = make_letters(tmp_path / "model")
    with pytest.raises(LorchError, match="T019"):
        run_prepare(tmp_path, model, [{"messages": []}], {"kind": "none", "source": None})
