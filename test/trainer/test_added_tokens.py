"""New tokens in the tokenizer: one id each, the same ones each time, in the rows and in what is saved."""

from __future__ import annotations

from pathlib import Path

import pytest
from lorch_trainer.errors import LorchError
from prepared import assistant, make_tokenizer, run_prepare, template_file, user

NOTES = {"add": ["<note>", "</note>"], "special": ["<|tool|>"]}
ROWS = [
    [user("Write a note."), assistant("<note>milk</note> done")],
    [user("Again <|tool|> please."), assistant("no<note>")],
    [user("Nothing."), assistant("none")],
]


@pytest.mark.parametrize("like", ["gpt2", "qwen", "llama2"])
def test_each_is_one_id_in_rows_and_in_the_saved_tokenizer(tmp_path: Path, like: str) -> None:
    from transformers import AutoTokenizer

    model = make_tokenizer(tmp_path / "model", like)
    before = AutoTokenizer.from_pretrained(model)
    done = run_prepare(tmp_path / "run", model, ROWS, template_file("qwen2.5"), tokens=NOTES)
    entries = done.value["new_tokens"]
    first = len(before)
    assert [(one["token"], one["id"], one["special"], one["known"]) for one in entries] == [
        ("<note>", first, False, False),
        ("</note>", first + 1, False, False),
        ("<|tool|>", first + 2, True, False),
    ]
    assert [one["rows"] for one in entries] == [2, 1, 1]
    assert [
        one["pieces"] == before.backend_tokenizer.encode(one["token"], add_special_tokens=False).ids
        for one in entries
    ] == [True] * 3
    assert done.value["largest_id"] == first + 2
    saved = done.tokenizer
    for one in entries:
        assert saved(one["token"], add_special_tokens=False)["input_ids"] == [one["id"]]
    ids = done.file().input_ids(0).tolist()
    assert ids.count(first) == ids.count(first + 1) == 1
    assert saved.decode([first, first + 2], skip_special_tokens=True) == "<note>"
    # The tokenizer of Llama 2 puts a space before each part of a text.
    assert done.trained()[0][0].replace(" ", "").startswith("<note>milk</note>done")
    # A control token that the config itself adds is no accident in a row.
    assert done.found("T013") == done.found("T041") == []


def test_the_same_again_and_another_tokenizer_without_them(tmp_path: Path) -> None:
    model = make_tokenizer(tmp_path / "model")
    template = template_file("qwen2.5")
    first, again = (run_prepare(tmp_path / name, model, ROWS, template, tokens=NOTES) for name in ("a", "b"))
    plain = run_prepare(tmp_path / "c", model, ROWS, template)
    assert first.value["new_tokens"] == again.value["new_tokens"]
    assert (
        first.value["tokenizer_sha256"] == again.value["tokenizer_sha256"] != plain.value["tokenizer_sha256"]
    )
    assert plain.value["new_tokens"] == []


def test_a_token_that_the_vocabulary_has_is_said_and_not_added(tmp_path: Path) -> None:
    model = make_tokenizer(tmp_path / "model")
    tokens = {"add": ["<|im_end|>", "<note>"]}
    done = run_prepare(tmp_path / "run", model, ROWS, template_file("qwen2.5"), tokens=tokens)
    known, new = done.value["new_tokens"]
    assert known["known"] and not new["known"]
    assert new["id"] == len(done.tokenizer) - 1
    (said,) = done.found("T040")
    assert said["severity"] == "warning"
    assert f"<|im_end|> (id {known['id']})" in said["message"]


def test_tokens_that_no_row_holds_are_named_with_the_counts_of_all(tmp_path: Path) -> None:
    model = make_tokenizer(tmp_path / "model")
    tokens = {"add": ["<note>", "<other>"]}
    done = run_prepare(tmp_path / "run", model, ROWS, template_file("qwen2.5"), tokens=tokens)
    (said,) = done.found("T041")
    assert "<other> 0, <note> 2" in said["message"]
    assert said["data"] == {"tokens": {"<note>": 2, "<other>": 0}}


def test_an_ordinary_word_is_a_warning(tmp_path: Path) -> None:
    model = make_tokenizer(tmp_path / "model")
    rows = [[user("a zebra"), assistant("zebras")]]
    done = run_prepare(tmp_path / "run", model, rows, template_file("qwen2.5"), tokens={"add": ["zebra"]})
    (said,) = done.found("T042")
    assert said["message"].endswith("ordinary words: zebra")
    assert done.value["new_tokens"][0]["rows"] == 1
    assert done.tokenizer.tokenize("zebras")[0] == "zebra"


def test_a_word_that_the_vocabulary_has_and_writes_otherwise_is_refused(tmp_path: Path) -> None:
    model = make_tokenizer(tmp_path / "model", "llama2")
    from transformers import AutoTokenizer

    # SentencePiece writes a space before it: never the word itself.
    words = {"question", "answer", "assistant", "prompt", "user", "er", "an", "st"}
    word = sorted(words & AutoTokenizer.from_pretrained(model).get_vocab().keys())[0]
    with pytest.raises(LorchError, match="cannot be added") as caught:
        run_prepare(tmp_path / "run", model, ROWS, template_file("qwen2.5"), tokens={"add": [word]})
    assert caught.value.code == "T043"
    assert not (tmp_path / "run" / "out" / "prepare.json").exists()
