"""Tool calls: trained as the template writes them, or refused where it does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from prepared import assistant, call, make_tokenizer, run_prepare, template_file, user

TOOL = {"type": "function", "function": {"name": "weather", "description": "of a city", "parameters": {}}}
ROW: dict[str, Any] = {
    "tools": [TOOL],
    "messages": [
        user("Weather in Oslo?"),
        assistant(None, tool_calls=[call("weather", {"city": "Oslo"})]),
        {"role": "tool", "tool_call_id": "1", "name": "weather", "content": '{"sky": "rain"}'},
        assistant("It rains."),
    ],
}
HERMES = '<tool_call>\n{"name": "weather", "arguments": {"city": "Oslo"}}\n</tool_call><|im_end|>'


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tokenizer(tmp_path_factory.mktemp("tokenizer"))


@pytest.mark.parametrize(
    ("template", "written"),
    [
        ("qwen2.5", [HERMES, "It rains.<|im_end|>"]),
        ("chatml", [HERMES, "It rains.<|im_end|>"]),
        (
            "llama3-tools",
            ['{"name": "weather", "parameters": {"city": "Oslo"}}<|eot_id|>', "It rains.<|eot_id|>"],
        ),
    ],
)
def test_calls_and_answers_are_trained_and_tool_results_are_not(
    model: Path, tmp_path: Path, template: str, written: list[str]
) -> None:
    spec = {"kind": "chatml"} if template == "chatml" else template_file(template)
    result = run_prepare(tmp_path, model, [ROW], spec)
    assert result.trained()[0] == written
    assert "weather" in result.tokenizer.decode(result.file().input_ids(0)).partition("Oslo?")[0]


def test_arguments_given_as_json_text_become_an_object(model: Path, tmp_path: Path) -> None:
    messages = [
        user("?"),
        assistant(None, tool_calls=[call("weather", json.dumps({"city": "Oslo"}))]),
    ]
    assert run_prepare(tmp_path, model, [messages], template_file("qwen2.5")).trained()[0] == [HERMES]


def test_a_template_that_pastes_arguments_gets_them_as_text(model: Path, tmp_path: Path) -> None:
    source = (
        "{%- for m in messages %}{{- '<|im_start|>' + m['role'] + '\\n' }}"
        "{%- if m['tool_calls'] %}{{- m['tool_calls'][0]['function']['name'] + '(' "
        "+ m['tool_calls'][0]['function']['arguments'] + ')' }}{%- else %}{{- m['content'] }}{%- endif %}"
        "{{- '<|im_end|>\\n' }}{%- endfor %}"
        "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
    )
    result = run_prepare(tmp_path, model, [ROW], {"kind": "file", "source": source})
    assert result.trained()[0] == ['weather({"city": "Oslo"})<|im_end|>', "It rains.<|im_end|>"]


def test_several_calls_and_text_beside_them(model: Path, tmp_path: Path) -> None:
    messages = [user("?"), assistant("Looking.", tool_calls=[call("a", {}), call("b", {"x": 1})])]
    written = (
        'Looking.\n<tool_call>\n{"name": "a", "arguments": {}}\n</tool_call>\n'
        '<tool_call>\n{"name": "b", "arguments": {"x": 1}}\n</tool_call><|im_end|>'
    )
    for number, spec in enumerate((template_file("qwen2.5"), {"kind": "chatml"})):
        assert run_prepare(tmp_path / str(number), model, [messages], spec).trained()[0] == [written]


def test_a_template_that_leaves_calls_out_drops_the_row(model: Path, tmp_path: Path) -> None:
    for template in ("llama3", "zephyr", "chatml-marks"):
        result = run_prepare(tmp_path / template, model, [ROW], template_file(template))
        assert result.codes() == {0: "T007"} or result.codes() == {0: "T005"}
        assert result.value["splits"]["train"]["trained_tokens"] == 0


def test_the_templates_own_refusal_is_quoted(model: Path, tmp_path: Path) -> None:
    messages = [user("?"), assistant(None, tool_calls=[call("a", {}), call("b", {})])]
    result = run_prepare(tmp_path, model, [messages], template_file("llama3-tools"))
    assert result.codes() == {0: "T005"}
    assert "one tool call at a time" in result.found("T005")[0]["message"]


def test_an_untrained_call_is_context(model: Path, tmp_path: Path) -> None:
    messages = [dict(message) for message in ROW["messages"]]
    messages[1]["train"] = False
    result = run_prepare(tmp_path, model, [{"tools": [TOOL], "messages": messages}], template_file("qwen2.5"))
    assert result.trained()[0] == ["It rains.<|im_end|>"]


def test_a_tokenizer_with_a_template_of_its_own_for_tools_uses_it_for_rows_with_tools(
    model: Path, tmp_path: Path
) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model)
    tokenizer.chat_template = {
        "default": template_file("chatml-marks")["source"],
        "tool_use": template_file("qwen2.5")["source"],
    }
    tokenizer.save_pretrained(tmp_path / "model")
    plain = [user("Hi"), assistant("Ho")]
    result = run_prepare(tmp_path, tmp_path / "model", [ROW, plain])
    assert result.trained() == {0: [HERMES, "It rains.<|im_end|>"], 1: ["Ho<|im_end|>"]}
    assert result.value["mask_rule"].endswith(":rendered-spans+template-marks:answers")
    assert "A helpful assistant." not in result.tokenizer.decode(result.file().input_ids(1))
