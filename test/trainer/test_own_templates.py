"""`template: chatml` and `template: alpaca`, on tokenizers of several kinds."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from prepared import Prepared, assistant, call, make_tokenizer, run_prepare, system, user
from test_labels import ROWS

SENTENCE = (
    "Below is an instruction that describes a task. "
    "Write a response that appropriately completes the request.\n\n"
)


@pytest.fixture(scope="module", params=["gpt2", "qwen", "llama2"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tokenizer(tmp_path_factory.mktemp(request.param), request.param)


def text(result: Prepared, index: int = 0) -> str:
    return str(result.tokenizer.decode(result.file().input_ids(index).tolist()))


def starts_of_sequence(result: Prepared, index: int = 0) -> int:
    return result.file().input_ids(index).tolist().count(result.tokenizer.bos_token_id)


def test_alpaca_writes_the_classic_prompt_and_trains_answer_and_eos(model: Path, tmp_path: Path) -> None:
    result = run_prepare(tmp_path, model, [[user("Add.\n\n1 and 2"), assistant("3")]], {"kind": "alpaca"})
    prompt = SENTENCE + "### Instruction:\nAdd.\n\n1 and 2\n\n### Response:\n"
    assert text(result).removeprefix("<s>").strip() == prompt + "3</s>"
    assert result.trained()[0] == ["3</s>"]


def test_alpaca_writes_an_input_under_its_own_heading(model: Path, tmp_path: Path) -> None:
    row = [user("Add.\n\n1 and 2", input="1 and 2"), assistant("3")]
    result = run_prepare(tmp_path, model, [row], {"kind": "alpaca"})
    prompt = SENTENCE.replace("task. ", "task, paired with an input that provides further context. ")
    prompt += "### Instruction:\nAdd.\n\n### Input:\n1 and 2\n\n### Response:\n"
    assert text(result).removeprefix("<s>").strip() == prompt + "3</s>"
    assert result.codes() == {}


def test_an_input_changes_nothing_in_other_templates(model: Path, tmp_path: Path) -> None:
    plain, marked = user("Add.\n\n1 and 2"), user("Add.\n\n1 and 2", input="1 and 2")
    rows = [[plain, assistant("3")], [marked, assistant("3")]]
    result = run_prepare(tmp_path, model, rows, {"kind": "chatml"})
    assert text(result) == text(result, 1)


def test_alpaca_takes_a_system_message_for_its_opening_sentence(model: Path, tmp_path: Path) -> None:
    row = [system("Be brief."), user("Hi"), assistant("Ho")]
    result = run_prepare(tmp_path, model, [row], {"kind": "alpaca"})
    assert SENTENCE not in text(result)
    assert "Be brief.\n\n### Instruction:\nHi" in text(result)


@pytest.mark.parametrize(
    "row",
    [
        [user("a"), assistant("b"), user("c"), assistant("d")],
        [user("a"), assistant(None, tool_calls=[call("f", {})])],
        {"messages": [user("a"), assistant("b")], "tools": [{"type": "function", "function": {"name": "f"}}]},
        [assistant("b")],
    ],
)
def test_alpaca_drops_what_it_cannot_hold(model: Path, tmp_path: Path, row: Any) -> None:
    result = run_prepare(tmp_path, model, [row], {"kind": "alpaca"})
    assert result.codes() == {0: "T012"}
    assert "Alpaca" in result.found("T012")[0]["message"]


@pytest.mark.parametrize("kind", ["chatml", "alpaca"])
def test_bos_stands_once_where_the_tokenizer_puts_one_and_nowhere_else(
    model: Path, tmp_path: Path, kind: str
) -> None:
    result = run_prepare(tmp_path, model, [[user("a"), assistant("b")]], {"kind": kind})
    wanted = 1 if "llama2" in str(model) else 0
    assert starts_of_sequence(result) == wanted
    tokenizer = result.tokenizer
    prompt = tokenizer.apply_chat_template([user("a")], add_generation_prompt=True, return_dict=False)
    assert prompt.count(tokenizer.bos_token_id) == wanted
    assert result.file().input_ids(0).tolist()[: len(prompt)] == prompt


@pytest.mark.parametrize("kind", ["chatml", "alpaca"])
def test_every_awkward_row_trains_its_answers(model: Path, tmp_path: Path, kind: str) -> None:
    result = run_prepare(tmp_path, model, list(ROWS.values()), {"kind": kind})
    end = "<|im_end|>" if kind == "chatml" else "</s>"
    got = result.trained()
    for number, messages in enumerate(ROWS.values()):
        if number in result.codes():
            assert kind == "alpaca" and sum(m["role"] == "user" for m in messages) > 1
            continue
        answers = [m["content"] for m in messages if m["role"] == "assistant" and m.get("train") is not False]
        want = [_plain(answer + end) for answer in answers]
        assert [_plain(run) for run in got[number]] == want
    assert len(got) + len(result.codes()) == len(ROWS)


def test_the_saved_tokenizer_carries_the_template_really_used(model: Path, tmp_path: Path) -> None:
    result = run_prepare(tmp_path, model, [[user("a"), assistant("b")]], {"kind": "alpaca"})
    source = result.tokenizer.chat_template
    assert result.value["template"] == {
        "kind": "alpaca",
        "sha256": hashlib.sha256(source.encode()).hexdigest(),
    }
    assert "### Instruction:" in source


def _plain(run: str) -> str:
    """Text for comparison: NFC, without the white space that SentencePiece takes from a run's beginning."""
    import unicodedata

    return unicodedata.normalize("NFC", run).strip()
