"""What is trained, decoded and compared with the answer, for every template and every awkward row."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from prepared import TEMPLATES, Prepared, assistant, make_tokenizer, run_prepare, system, template_file, user


@dataclass(frozen=True)
class Case:
    """How a template writes an answer."""

    end: str
    trims: bool = False
    system: bool = True
    opening: str = ""
    """What the model writes before its last answer."""
    lead: str = ""
    """What the template puts before every answer and the model must write."""


CASES = {
    "llama3": Case("<|eot_id|>", trims=True),
    "llama3-tools": Case("<|eot_id|>", trims=True),
    "qwen2.5": Case("<|im_end|>"),
    "qwen3": Case("<|im_end|>", opening="<think>\n\n</think>\n\n"),
    "deepseek-r1": Case("</s>"),
    "gemma": Case("<end_of_turn>", trims=True, system=False),
    "mistral": Case("</s>", system=False, lead=" "),
    "zephyr": Case("</s>"),
    "phi3": Case("<|end|>"),
    "chatml-marks": Case("<|im_end|>"),
    "wide-marks": Case("<|im_end|>"),
    "narrow-marks": Case("<|im_end|>"),
    "no-generation-prompt": Case("<|im_end|>"),
    "plain-text": Case(""),
    "chatml": Case("<|im_end|>"),
}

ROWS: dict[str, list[dict[str, Any]]] = {
    "one turn": [user("What is 2 + 2?"), assistant("It is 4.")],
    "unicode and emoji": [user("Grüße? 你好"), assistant("Schön 👩‍👩‍👧 ça va — 你好 🇩🇪")],
    "an emoji at the end": [user("smile"), assistant("🙂")],
    "combining characters": [user("e\u0301"), assistant("cafe\u0301 e\u0301")],
    "the answer repeats the prompt": [user("Say this again."), assistant("Say this again.")],
    "a system message": [system("Be brief."), user("Hi"), assistant("Hello")],
    "an empty system message": [system(""), user("Hi"), assistant("Hello")],
    "the same answer twice": [user("a"), assistant("yes"), user("b"), assistant("yes")],
    "the same turn twice": [user("a"), assistant("yes"), user("a"), assistant("yes")],
    "three turns": [
        user("one?"),
        assistant("1"),
        user("two?"),
        assistant("2, not 1"),
        user("three?"),
        assistant("3"),
    ],
    "the first turn is not trained": [
        user("one?"),
        assistant("1", train=False),
        user("two?"),
        assistant("2"),
    ],
    "the last turn is not trained": [
        user("one?"),
        assistant("1"),
        user("two?"),
        assistant("2", train=False),
    ],
    "white space around the answer": [user("code"), assistant("  indented\n\n")],
    "a newline before the answer": [user("code"), assistant("\nnext line")],
    "newlines before the answer": [user("code"), assistant("\n\n\n  deep")],
    "white space within": [user("a  b"), assistant("a\n\n\nb   c\t\td")],
    "role words in the answer": [user("who?"), assistant("assistant\nuser\nsystem: assistant:")],
    "the header as ordinary text": [user("x"), assistant("### Response:\n### Instruction:")],
    "a one-letter answer": [user("x"), assistant("x")],
    "braces and quotes": [user('{"a": 1}'), assistant("{{ messages }} {% if %} '\"\\ \\n")],
}


@pytest.fixture(scope="module", params=["gpt2", "qwen"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tokenizer(tmp_path_factory.mktemp(request.param), request.param)


@pytest.fixture(scope="module", params=list(CASES))
def prepared(request: pytest.FixtureRequest, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    name = request.param
    template = {"kind": "chatml"} if name == "chatml" else template_file(name)
    folder = tmp_path_factory.mktemp("labels")
    return name, run_prepare(folder, model, list(ROWS.values()), template)


def expected(name: str, messages: list[dict[str, Any]]) -> list[str]:
    """The answers as the template writes them, each with its end of turn."""
    case = CASES[name]
    found = []
    for index, message in enumerate(messages):
        if message["role"] != "assistant" or message.get("train") is False:
            continue
        text = message["content"].strip() if case.trims else message["content"]
        if name == "qwen3" and index == len(messages) - 1:
            text = case.opening + text.lstrip("\n")
        if not case.end:
            text = text.rstrip() if index == len(messages) - 1 else text
        found.append(unicodedata.normalize("NFC", case.lead + text + case.end))
    return found


@pytest.mark.parametrize("row", list(ROWS))
def test_the_trained_tokens_decode_to_the_answers_and_nothing_else(
    prepared: tuple[str, Prepared], row: str
) -> None:
    name, result = prepared
    number = list(ROWS).index(row)
    if ROWS[row][0]["role"] == "system" and not CASES[name].system:
        assert result.codes()[number] == "T005"
        return
    assert number not in result.codes(), result.value["findings"]
    got, want = result.trained()[number], expected(name, ROWS[row])
    if name == "plain-text":  # nothing tells where such an answer ends but the next message
        got, want = [text.rstrip() for text in got], [text.rstrip() for text in want]
    assert [unicodedata.normalize("NFC", text) for text in got] == want


def test_token_ids_are_those_of_apply_chat_template(prepared: tuple[str, Prepared]) -> None:
    name, result = prepared
    tokenizer, file = result.tokenizer, result.file()
    same = 0
    for index, row in enumerate(file.row.tolist()):
        messages = [
            {key: value for key, value in m.items() if key != "train"} for m in list(ROWS.values())[row]
        ]
        plain = tokenizer.apply_chat_template(messages, return_dict=False)
        same += file.input_ids(index).tolist() == plain
        assert tokenizer.decode(file.input_ids(index).tolist()) == tokenizer.decode(plain)
    # Only answers that open with white space may be cut from their header.
    awkward = {"white space around the answer", "a newline before the answer", "newlines before the answer"}
    assert same >= len(file) - len(awkward)
    assert name == "plain-text" or same > 0


def test_every_row_is_written_or_dropped(prepared: tuple[str, Prepared]) -> None:
    _, result = prepared
    split = result.value["splits"]["train"]
    assert split["rows_in"] == len(ROWS) == split["rows"] + len(result.value["dropped"])
    assert split["rows"] == len(result.file())
    assert split["tokens"] == result.file().tokens
    assert split["trained_tokens"] == result.file().trained_tokens


def test_marks_give_the_mask_that_transformers_gives(model: Path, tmp_path: Path) -> None:
    rows = [row for row in ROWS.values() if not any("train" in message for message in row)]
    result = run_prepare(tmp_path, model, rows, template_file("chatml-marks"))
    tokenizer, file = result.tokenizer, result.file()
    compared = 0
    for index, row in enumerate(file.row.tolist()):
        theirs = tokenizer.apply_chat_template(rows[row], return_dict=True, return_assistant_tokens_mask=True)
        if file.input_ids(index).tolist() == theirs["input_ids"]:
            assert file.trained(index).tolist() == theirs["assistant_masks"]
            compared += 1
    assert compared >= len(rows) - 3


def test_every_fixture_template_is_tested() -> None:
    others = {"shouting"}
    assert {path.stem for path in TEMPLATES.glob("*.jinja")} == (set(CASES) | others) - {"chatml"}


def test_some_rows_really_have_a_token_across_the_border(model: Path, tmp_path: Path) -> None:
    rows = [ROWS["newlines before the answer"]]
    result = run_prepare(tmp_path, model, rows, {"kind": "chatml"})
    tokenizer, ids = result.tokenizer, result.file().input_ids(0).tolist()
    assert ids != tokenizer.apply_chat_template(rows[0], return_dict=False)
    assert tokenizer.decode(ids) == tokenizer.apply_chat_template(rows[0], tokenize=False)
