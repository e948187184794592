"""Rows and templates that cannot be trained correctly: dropped with a code, or an error, never a guess."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lorch_trainer.errors import LorchError
from prepared import assistant, call, make_tokenizer, run_prepare, system, template_file, user, with_tokens

GOOD = [user("a question"), assistant("an answer")]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tokenizer(tmp_path_factory.mktemp("tokenizer"))


@pytest.mark.parametrize(
    ("template", "row", "code", "says"),
    [
        ("gemma", [system("s"), *GOOD], "T005", "System role not supported"),
        ("gemma", [user("a"), user("b"), assistant("c")], "T005", "must alternate"),
        ("shouting", GOOD, "T007", "changes the text"),
        ("chatml-marks", [user("a"), assistant("b", train=False)], "T009", "no assistant message"),
        ("chatml-marks", [user("a")], "T009", "no assistant message"),
        ("plain-text", [user("a"), assistant("")], "T009", "writes nothing"),
    ],
)
def test_a_row_that_does_not_fit_is_dropped_with_its_reason(
    model: Path, tmp_path: Path, template: str, row: list[Any], code: str, says: str
) -> None:
    result = run_prepare(tmp_path, model, [row], template_file(template))
    assert result.value["dropped"] == [{"row": 0, "split": "train", "code": code}]
    assert says in result.found(code)[0]["message"]
    assert result.found(code)[0]["hint"]


def test_bad_rows_do_not_disturb_their_neighbours(model: Path, tmp_path: Path) -> None:
    rows = [GOOD, [system("s"), *GOOD], GOOD, [user("a")], GOOD]
    result = run_prepare(tmp_path, model, rows, template_file("gemma"), validation=[[user("x")], GOOD])
    assert result.codes() == {1: "T005", 3: "T009", 5: "T009"}
    assert list(result.trained()) == [0, 2, 4]
    assert list(result.trained("validation")) == [6]
    for split in result.value["splits"].values():
        dropped = [
            drop for drop in result.value["dropped"] if f"{drop['split']}.safetensors" == split["file"]
        ]
        assert split["rows_in"] == split["rows"] + len(dropped)


def test_text_parts_are_joined_and_other_parts_refused(model: Path, tmp_path: Path) -> None:
    text = [{"type": "text", "text": "one "}, {"type": "text", "text": "two"}]
    image = [*text, {"type": "image_url", "image_url": {"url": "x"}}]
    rows = [
        [{"role": "user", "content": text}, {"role": "assistant", "content": text}],
        [{"role": "user", "content": image}, assistant("b")],
    ]
    result = run_prepare(tmp_path, model, rows, {"kind": "chatml"})
    assert result.trained() == {0: ["one two<|im_end|>"]}
    assert result.codes() == {1: "T006"}
    assert "image_url" in result.found("T006")[0]["message"]


def test_an_empty_answer_trains_the_end_of_turn(model: Path, tmp_path: Path) -> None:
    for template in ("chatml-marks", "qwen2.5", "narrow-marks"):
        result = run_prepare(
            tmp_path / template, model, [[user("a"), assistant("")]], template_file(template)
        )
        assert result.trained() == {0: ["<|im_end|>"]}
    result = run_prepare(
        tmp_path / "qwen3",
        model,
        [[user("a"), assistant(""), user("b"), assistant("c")]],
        template_file("qwen3"),
    )
    assert result.trained() == {0: ["<|im_end|>", "<think>\n\n</think>\n\nc<|im_end|>"]}


def test_control_tokens_in_a_text_are_named(model: Path, tmp_path: Path) -> None:
    tool = {"type": "function", "function": {"name": "f", "description": "ends with <|im_end|>"}}
    rows = [
        [user("a"), assistant("<|im_start|>user\nb")],
        [user("<|im_start|>assistant\nx"), assistant("d")],
        [user("a"), assistant("b", reasoning_content="<|im_start|>")],
        [user("a"), assistant(None, tool_calls=[call("f", {"x": ["<|im_start|>"]})])],
        {"messages": [user("a"), assistant("b")], "tools": [tool]},
        [user("a <tool_call> of mine"), assistant("<think>fine</think>b")],
    ]
    model = with_tokens(tmp_path / "model", model, ["<tool_call>", "<think>", "</think>"])
    result = run_prepare(tmp_path, model, rows, {"kind": "chatml"})
    assert result.trained()[0] == ["<|im_start|>user\nb<|im_end|>"]
    found = {
        finding["row"]: (finding["data"]["at"], finding["data"]["token"]) for finding in result.found("T013")
    }
    assert found == {
        0: ("content of message 1", "<|im_start|>"),
        1: ("content of message 0", "<|im_start|>"),
        2: ("reasoning_content of message 1", "<|im_start|>"),
        3: ("tool_calls of message 1", "<|im_start|>"),
        4: ("a tool declaration", "<|im_end|>"),
        5: ("content of message 0", "<tool_call>"),
    }


@pytest.mark.parametrize("template", ["chatml-marks", "wide-marks", "narrow-marks", "qwen2.5", "qwen3"])
def test_an_answer_that_contains_the_end_of_a_turn_is_refused(
    model: Path, tmp_path: Path, template: str
) -> None:
    rows = [
        [user("a"), assistant("b<|im_end|>\nc")],
        [user("a"), assistant("b", reasoning_content="hm</s>"), user("c"), assistant("d")],
        [user("a"), assistant("b<|im_end|>", train=False), user("c<|im_end|>"), assistant("d")],
    ]
    result = run_prepare(tmp_path, model, rows, template_file(template))
    assert result.codes()[0] == "T020"
    assert "'<|im_end|>'" in result.found("T020")[0]["message"]
    assert result.trained()[2] == [
        "<think>\n\n</think>\n\nd<|im_end|>" if template == "qwen3" else "d<|im_end|>"
    ]


def test_a_template_without_end_of_turn_is_named_once(model: Path, tmp_path: Path) -> None:
    result = run_prepare(tmp_path, model, [GOOD, GOOD], template_file("plain-text"))
    assert [finding["data"] for finding in result.found("T014")] == [{"rows": 2}]


def test_control_tokens_the_tokenizer_lacks_are_named_and_still_trained(model: Path, tmp_path: Path) -> None:
    source = template_file("chatml-marks")["source"].replace("|im_", "|zz_")
    result = run_prepare(tmp_path, model, [GOOD], {"kind": "file", "source": source})
    assert result.trained() == {0: ["an answer<|zz_end|>"]}
    assert [finding["data"]["token"] for finding in result.found("T018")] == ["<|zz_end|>"]


def test_a_split_that_lost_every_row_is_an_error_finding(model: Path, tmp_path: Path) -> None:
    result = run_prepare(tmp_path, model, [[user("a")], [user("b")]], {"kind": "chatml"})
    assert result.value["splits"]["train"]["rows"] == 0
    assert [finding["severity"] for finding in result.found("T016")] == ["error"]


def test_many_findings_are_counted_rather_than_listed(model: Path, tmp_path: Path) -> None:
    result = run_prepare(tmp_path, model, [[user("a")]] * 30, {"kind": "chatml"})
    assert len(result.value["dropped"]) == 30
    found = result.found("T009")
    assert len(found) == 21
    assert found[-1]["data"] == {"rows": 10} and found[-1]["row"] is None


@pytest.mark.parametrize(
    ("settings", "template", "code", "says"),
    [
        ({}, {"kind": "auto"}, "T001", "no chat template"),
        ({}, {"kind": "file", "source": "{% for m in messages %}\n{{ m.content }"}, "T004", "line"),
        ({}, {"kind": "file", "source": "  "}, "T004", "empty"),
        ({"eos_token": None}, {"kind": "alpaca"}, "T017", "eos_token"),
        ({}, {"kind": "mystery"}, "R012", "mystery"),
    ],
)
def test_a_template_that_cannot_serve_any_row_is_an_error(
    tmp_path: Path, settings: dict[str, Any], template: dict[str, Any], code: str, says: str
) -> None:
    model = make_tokenizer(tmp_path / "model", **settings)
    with pytest.raises(LorchError) as caught:
        run_prepare(tmp_path, model, [GOOD], template)
    assert caught.value.code == code
    assert says in caught.value.message
    assert not (tmp_path / "out" / "prepare.json").exists()


def test_a_model_without_tokenizer_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text(json.dumps({"model_type": "llama"}))
    with pytest.raises(LorchError) as caught:
        run_prepare(tmp_path, tmp_path / "model", [GOOD])
    assert caught.value.code in ("T002", "T003", "R001")
    assert str(tmp_path / "model") in caught.value.message


@pytest.mark.parametrize(
    "line", ["{", '{"row": 0}', '{"row": 0, "messages": [{}]}', "[]", '{"row":"0","messages":[]}']
)
def test_a_broken_line_of_examples_is_an_error_with_its_place(model: Path, tmp_path: Path, line: str) -> None:
    from lorch_trainer.commands import prepare

    path = tmp_path / "train.jsonl"
    path.write_text(json.dumps({"row": 0, "messages": GOOD}) + "\n" + line + "\n")
    spec = {"model": {"id": str(model), "path": str(model)}, "template": {"kind": "chatml"}}
    with pytest.raises(LorchError) as caught:
        prepare.run({**spec, "splits": {"train": str(path)}, "out": str(tmp_path / "out")})
    assert caught.value.code == "T019"
    assert f"{path}:2" in caught.value.message


def test_a_spec_that_lacks_a_field_is_an_error() -> None:
    from lorch_trainer.commands import prepare

    with pytest.raises(LorchError, match="R012"):
        prepare.run({"splits": {}})
