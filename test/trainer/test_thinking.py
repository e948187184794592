"""Thinking models' templates rewrite earlier turns, and open the last answer with a thinking block."""

from __future__ import annotations

from pathlib import Path

import pytest
from prepared import assistant, call, make_tokenizer, run_prepare, template_file, user


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tokenizer(tmp_path_factory.mktemp("tokenizer"))


def test_reasoning_is_trained_where_the_template_shows_it_and_named_where_not(
    model: Path, tmp_path: Path
) -> None:
    row = [
        user("2 + 2?"),
        assistant("4", reasoning_content="two and two"),
        user("3 + 3?"),
        assistant("6", reasoning_content="three and three"),
    ]
    result = run_prepare(tmp_path, model, [row], template_file("qwen3"))
    assert result.trained()[0] == ["4<|im_end|>", "<think>\nthree and three\n</think>\n\n6<|im_end|>"]
    assert [finding["data"] for finding in result.found("T015")] == [{"messages": [1]}]


def test_reasoning_inside_the_content_is_treated_alike(model: Path, tmp_path: Path) -> None:
    row = [
        user("2 + 2?"),
        assistant("<think>\ntwo and two\n</think>\n\n4"),
        user("3 + 3?"),
        assistant("<think>three\nand three</think>6"),
    ]
    result = run_prepare(tmp_path, model, [row], template_file("qwen3"))
    assert result.trained()[0] == ["4<|im_end|>", "<think>\nthree\nand three\n</think>\n\n6<|im_end|>"]


def test_turns_between_tool_calls_are_found_though_no_beginning_of_the_row_renders_alike(
    model: Path, tmp_path: Path
) -> None:
    row = [
        user("Weather?"),
        assistant(None, reasoning_content="ask", tool_calls=[call("weather", {"city": "Oslo"})]),
        {"role": "tool", "content": "rain"},
        assistant("It rains.", reasoning_content="rain means rain"),
        user("Thanks"),
        assistant("Welcome"),
    ]
    result = run_prepare(tmp_path, model, [row], template_file("qwen3"))
    assert result.trained()[0] == [
        '<tool_call>\n{"name": "weather", "arguments": {"city": "Oslo"}}\n</tool_call><|im_end|>',
        "It rains.<|im_end|>",
        "<think>\n\n</think>\n\nWelcome<|im_end|>",
    ]


def test_an_untrained_earlier_turn_changes_nothing_for_the_last(model: Path, tmp_path: Path) -> None:
    row = [user("a"), assistant("<think>x</think>same", train=False), user("b"), assistant("same")]
    result = run_prepare(tmp_path, model, [row], template_file("qwen3"))
    assert result.trained()[0] == ["<think>\n\n</think>\n\nsame<|im_end|>"]


def test_a_generation_prompt_that_history_does_not_show_is_no_part_of_an_answer(
    model: Path, tmp_path: Path
) -> None:
    rows = [
        [user("a"), assistant("first"), user("b"), assistant("second")],
        [user("a"), assistant("<think>hm</think>first"), user("b"), assistant("<think>hm</think>second")],
    ]
    result = run_prepare(tmp_path, model, rows, template_file("deepseek-r1"))
    assert result.trained() == {number: ["first</s>", "second</s>"] for number in (0, 1)}
    assert [finding["row"] for finding in result.found("T015")] == [1]


def test_a_tool_call_in_history_is_found_though_the_generation_prompt_is_not_there(
    model: Path, tmp_path: Path
) -> None:
    source = (
        "{%- for m in messages %}{{- '<|im_start|>' + m['role'] + '\\n' }}"
        "{%- if m['role'] == 'assistant' and loop.last %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}"
        "{%- if m['tool_calls'] %}{{- 'call ' + m['tool_calls'][0]['function']['name'] }}"
        "{%- else %}{{- m['content'] }}{%- endif %}{{- '<|im_end|>\\n' }}{%- endfor %}"
        "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n<think>\\n' }}{%- endif %}"
    )
    row = [
        user("Weather?"),
        assistant(None, tool_calls=[call("weather", {})]),
        {"role": "tool", "content": "rain"},
        assistant("It rains."),
    ]
    result = run_prepare(tmp_path, model, [row], {"kind": "file", "source": source})
    assert result.trained()[0] == ["call weather<|im_end|>", "\n</think>\n\nIt rains.<|im_end|>"]
