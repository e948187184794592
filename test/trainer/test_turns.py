"""Where a turn begins and ends: one small template for each way in which real ones differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from prepared import Prepared, assistant, call, make_tokenizer, run_prepare, user, with_tokens

TOOL = {"type": "function", "function": {"name": "weather", "description": "of a city", "parameters": {}}}
CALL = call("weather", {"city": "Oslo"})
RESULT = {"role": "tool", "name": "weather", "content": "rain"}
TALK = [user("one"), assistant("first"), user("two"), assistant("second")]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tokenizer(tmp_path_factory.mktemp("tokenizer"))


def prepare(folder: Path, model: Path, source: str, *rows: Any, **spec: Any) -> Prepared:
    return run_prepare(folder, model, list(rows), {"kind": "file", "source": source, **spec})


PLAIN = (
    "{%- for m in messages %}{{- '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>\\n' }}"
    "{%- endfor %}{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
)


def test_text_behind_the_last_answer_is_not_trained(model: Path, tmp_path: Path) -> None:
    source = PLAIN + "{{- '<|im_start|>system\\nInstructions for ' + messages[0]['content'] + '<|im_end|>' }}"
    result = prepare(tmp_path, model, source, TALK, TALK[:2])
    assert result.trained() == {0: ["first<|im_end|>", "second<|im_end|>"], 1: ["first<|im_end|>"]}


def test_tokens_around_an_answer_belong_to_it_and_the_next_header_does_not(
    model: Path, tmp_path: Path
) -> None:
    source = (
        "{%- for m in messages %}{%- if m['role'] == 'user' %}{{- '<turn><user>' + m['content'] + '<end>' }}"
        "{%- else %}{{- '<turn><bot><response>' + m['content'] + '</response><end>' }}"
        "{%- endif %}{%- endfor %}{%- if add_generation_prompt %}{{- '<turn><bot>' }}{%- endif %}"
    )
    special = ["<turn>", "<user>", "<bot>", "<end>", "<response>", "</response>"]
    for eos in ("<end>", "</s>"):  # with and without a name for the end of turn
        folder = tmp_path / eos.strip("</>")
        tokenizer = with_tokens(folder / "model", model, [], special, eos_token=eos)
        result = prepare(folder, tokenizer, source, TALK)
        assert result.trained()[0] == [
            "<response>first</response><end>",
            "<response>second</response><end>",
        ]
        assert not result.found("T014")


def test_a_generation_prompt_that_is_always_there_is_not_trained(model: Path, tmp_path: Path) -> None:
    source = (
        "{%- for m in messages %}{{- '<turn>' + m['role'] + '<body>' }}"
        "{%- if m['role'] == 'assistant' %}{{- '<response>' + m['content'] + '</response><end>' }}"
        "{%- else %}{{- m['content'] + '<end>' }}{%- endif %}{%- endfor %}"
        "{{- '<turn>assistant<body><think></think>' }}"
    )
    special = ["<turn>", "<body>", "<end>", "<response>", "</response>", "<think>", "</think>"]
    tokenizer = with_tokens(tmp_path / "model", model, [], special, eos_token="<end>")
    result = prepare(tmp_path, tokenizer, source, TALK)
    assert result.trained()[0] == ["<response>first</response><end>", "<response>second</response><end>"]


BETWEEN = (
    "{%- for m in messages %}{{- '<|im_start|>' + m['role'] + '\\n' + m['content'] }}"
    "{%- if not loop.last or add_generation_prompt %}{{- '<|im_end|>\\n' }}{%- endif %}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
)


def test_an_end_of_turn_that_stands_only_between_turns_is_trained_there(model: Path, tmp_path: Path) -> None:
    source = "{{- '<|im_start|>system\\nBe kind.<|im_end|>\\n' }}" + BETWEEN
    result = prepare(tmp_path, model, source, TALK)
    assert result.trained()[0] == ["first<|im_end|>", "second"]
    assert [finding["severity"] for finding in result.found("T014")] == ["error"]


def test_the_end_of_turn_of_the_generation_config_is_added_behind_the_last_answer(
    model: Path, tmp_path: Path
) -> None:
    stopping = with_tokens(tmp_path / "model", model, [], stops=["</s>", "<|im_end|>"])
    result = prepare(tmp_path / "between", stopping, BETWEEN, TALK, TALK[:2])
    assert result.trained() == {0: ["first<|im_end|>", "second<|im_end|>"], 1: ["first<|im_end|>"]}
    assert [finding["data"] for finding in result.found("T023")] == [{"token": "<|im_end|>", "rows": 2}]
    assert not result.found("T014")
    nothing = (
        "{%- for m in messages %}{{- '### ' + m['role'] + ':\\n' + m['content'] + '\\n\\n' }}{%- endfor %}"
    )
    result = prepare(tmp_path / "nothing", stopping, nothing, TALK[:2])
    assert result.trained() == {0: ["first</s>"]}


def test_a_header_at_which_generation_stops_ends_the_turn_before_it(model: Path, tmp_path: Path) -> None:
    source = (
        "{%- for m in messages %}{{- '<|' + m['role'] + '|>\\n' + m['content'] }}{%- endfor %}"
        "{%- if add_generation_prompt %}{{- '<|assistant|>\\n' }}{%- endif %}"
    )
    stopping = with_tokens(tmp_path / "model", model, [], stops=["<|endoftext|>", "<|user|>"])
    result = prepare(tmp_path / "stopping", stopping, source, TALK)
    assert result.trained()[0] == ["first<|user|>", "second<|user|>"]
    unknown = prepare(tmp_path / "unknown", model, source, TALK)
    assert unknown.trained()[0] == ["first", "second"]
    assert unknown.found("T014")


IN_ONE_TURN = (
    "{%- for m in messages %}"
    "{%- if m['role'] == 'user' %}{{- '<turn>user\\n' + m['content'] + '<end>\\n<turn>model\\n' }}"
    "{%- elif m['role'] == 'tool' %}{{- 'response:' + ns(messages, loop.index0) + m['content'] + '</tool>' }}"
    "{%- elif m['tool_calls'] %}{{- '<call>' + m['tool_calls'][0]['function']['name'] + '(' "
    "+ (m['tool_calls'][0]['function']['arguments'] | tojson) + ')</call><tool>' }}"
    "{%- else %}{{- m['content'] + '<end>\\n' }}{%- endif %}{%- endfor %}"
).replace("ns(messages, loop.index0)", "messages[loop.index0 - 1]['tool_calls'][0]['function']['name'] + ':'")


def test_a_tool_result_in_the_turn_of_its_call_is_not_trained(model: Path, tmp_path: Path) -> None:
    special = ["<turn>", "<end>", "<call>", "</call>", "<tool>", "</tool>"]
    tokenizer = with_tokens(tmp_path / "model", model, [], special, stops=["<end>", "<tool>"])
    row = {
        "tools": [TOOL],
        "messages": [user("Oslo?"), assistant(None, tool_calls=[CALL]), RESULT, assistant("It rains.")],
    }
    result = prepare(tmp_path, tokenizer, IN_ONE_TURN, row)
    assert result.trained()[0] == ['<call>weather({"city": "Oslo"})</call><tool>', "It rains.<end>"]


def test_a_result_that_the_template_writes_into_a_call_is_refused(model: Path, tmp_path: Path) -> None:
    source = (
        "{%- for m in messages if m['role'] != 'tool' %}{{- '<|im_start|>' + m['role'] + '\\n' }}"
        "{%- if m['tool_calls'] %}{{- m['tool_calls'][0]['function']['name'] }}"
        "{%- for r in messages if r['role'] == 'tool' %}{{- r['content'] }}{%- endfor %}"
        "{{- m['tool_calls'][0]['function']['arguments'] | tojson }}"
        "{%- else %}{{- m['content'] }}{%- endif %}{{- '<|im_end|>\\n' }}{%- endfor %}"
        "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
    )
    row = [user("Oslo?"), assistant(None, tool_calls=[CALL]), RESULT, assistant("It rains.")]
    result = prepare(tmp_path, model, source, row)
    assert result.codes() == {0: "T007"}
    assert "writes message 2 into message 1" in result.found("T007")[0]["message"]


def test_a_call_is_tried_with_null_before_it_is_tried_with_empty_content(model: Path, tmp_path: Path) -> None:
    source = (
        "{%- for m in messages %}"
        "{%- if m['role'] == 'assistant' and m['content'] is none %}{{- '<|Assistant|>call ' "
        "+ m['tool_calls'][0]['function']['name'] "
        "+ (m['tool_calls'][0]['function']['arguments'] | tojson) + '</s>' }}"
        "{%- elif m['role'] == 'assistant' %}"
        "{%- if m['tool_calls'] %}{{- '<|Assistant|>call ' + m['tool_calls'][0]['function']['name'] "
        "+ (m['tool_calls'][0]['function']['arguments'] | tojson) + '</s>' }}{%- endif %}"
        "{{- '<|Assistant|>' + m['content'] + '</s>' }}"
        "{%- else %}{{- '<|User|>' + m['content'] }}{%- endif %}{%- endfor %}"
        "{%- if add_generation_prompt %}{{- '<|Assistant|>' }}{%- endif %}"
    )
    for content in (None, ""):
        row = [user("Oslo?"), assistant(content, tool_calls=[CALL]), RESULT, assistant("It rains.")]
        result = prepare(tmp_path / str(content), model, source, row)
        assert result.trained()[0] == ['call weather{"city": "Oslo"}</s>', "It rains.</s>"]
        text = result.tokenizer.decode(result.file().input_ids(0))
        assert text.count("<|Assistant|>") == 2
        assert not result.found("T024")


@pytest.mark.parametrize("lost", ["call", "arguments"])
def test_a_call_that_generation_marks_leave_out_is_refused(model: Path, tmp_path: Path, lost: str) -> None:
    written = "" if lost == "call" else "{{- m['tool_calls'][0]['function']['name'] }}"
    source = (
        "{%- for m in messages %}{{- '<|im_start|>' + m['role'] + '\\n' }}"
        "{%- if m['role'] == 'assistant' %}{% generation %}{{- m['content'] or '' }}"
        "{%- if m['tool_calls'] %}" + written + "{%- endif %}{{- '<|im_end|>' }}{% endgeneration %}"
        "{%- else %}{{- m['content'] + '<|im_end|>' }}{%- endif %}{{- '\\n' }}{%- endfor %}"
        "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
    )
    row = [user("Oslo?"), assistant("Looking.", tool_calls=[CALL]), RESULT, assistant("It rains.")]
    result = prepare(tmp_path, model, source, row)
    assert result.codes() == {0: "T007"}
    assert "weather" in result.found("T007")[0]["message"]


def test_the_closing_tag_of_a_call_is_no_end_of_turn(model: Path, tmp_path: Path) -> None:
    source = (
        "{%- for m in messages %}{{- '<|im_start|>' + m['role'] + '\\n' }}"
        "{%- if m['tool_calls'] %}{{- '<call>' + m['tool_calls'][0]['function']['name'] "
        "+ (m['tool_calls'][0]['function']['arguments'] | tojson) + '</call>' }}"
        "{%- else %}{{- m['content'] + '<|im_end|>\\n' }}{%- endif %}{%- endfor %}"
        "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
    )
    tokenizer = with_tokens(tmp_path / "model", model, ["<call>", "</call>"])
    row = [user("Oslo?"), assistant(None, tool_calls=[CALL]), RESULT, assistant("It rains.")]
    result = prepare(tmp_path, tokenizer, source, row)
    assert result.trained()[0] == ['<call>weather{"city": "Oslo"}</call>', "It rains.<|im_end|>"]
    assert [finding["data"] for finding in result.found("T014")] == [{"rows": 1}]


def test_reasoning_and_a_call_in_channels_are_one_turn(model: Path, tmp_path: Path) -> None:
    source = (
        "{%- for m in messages %}{%- if m['role'] == 'tool' %}{{- '<|start|>functions.' + last.name "
        "+ '<|message|>' + m['content'] + '<|end|>' }}"
        "{%- elif m['role'] == 'user' %}{{- '<|start|>user<|message|>' + m['content'] + '<|end|>' }}"
        "{%- else %}{%- if m['thinking'] %}{{- '<|start|>assistant<|channel|>analysis<|message|>' "
        "+ m['thinking'] + '<|end|>' }}{%- endif %}"
        "{%- if m['tool_calls'] %}{%- set last.name = m['tool_calls'][0]['function']['name'] %}"
        "{{- '<|start|>assistant to=functions.' + last.name + '<|message|>' "
        "+ (m['tool_calls'][0]['function']['arguments'] | tojson) + '<|call|>' }}"
        "{%- else %}{{- '<|start|>assistant<|channel|>final<|message|>' + m['content'] "
        "+ ('<|return|>' if loop.last else '<|end|>') }}{%- endif %}{%- endif %}{%- endfor %}"
        "{%- if add_generation_prompt %}{{- '<|start|>assistant' }}{%- endif %}"
    )
    source = "{%- set last = namespace(name=none) %}" + source
    special = ["<|start|>", "<|message|>", "<|channel|>", "<|call|>", "<|return|>"]
    tokenizer = with_tokens(tmp_path / "model", model, [], special, eos_token="<|return|>")
    row = [
        user("Oslo?"),
        assistant(None, reasoning_content="ask", tool_calls=[CALL]),
        RESULT,
        assistant("It rains."),
        user("Thanks"),
        assistant("Welcome"),
    ]
    result = prepare(tmp_path, tokenizer, source, row)
    assert result.trained()[0] == [
        "<|channel|>analysis<|message|>ask<|end|><|start|>assistant to=functions.weather"
        '<|message|>{"city": "Oslo"}<|call|>',
        "<|channel|>final<|message|>It rains.<|end|>",
        "<|channel|>final<|message|>Welcome<|return|>",
    ]
    assert not result.found("T014")


THINKING = (
    "{%- for m in messages %}{%- if m['role'] == 'user' %}{{- '<|User|>' + m['content'] }}"
    "{%- else %}{{- '<|Assistant|>' }}{%- if m['reasoning_content'] %}"
    "{{- '<think>\\n' + m['reasoning_content'] + '\\n</think>\\n' }}{%- endif %}"
    "{{- m['content'] + '</s>' }}{%- endif %}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|Assistant|>' }}"
    "{%- if enable_thinking is not defined or enable_thinking %}{{- '<think>\\n' }}{%- endif %}{%- endif %}"
)


def test_a_prompt_that_opens_with_thinking_is_named_for_rows_without_reasoning(
    model: Path, tmp_path: Path
) -> None:
    thought = [user("one"), assistant("first", reasoning_content="hm")]
    result = prepare(tmp_path / "on", model, THINKING, thought, TALK)
    assert result.trained() == {0: ["hm\n</think>\nfirst</s>"], 1: ["first</s>", "second</s>"]}
    assert [finding["data"] for finding in result.found("T021")] == [{"text": "<think>\n", "rows": 1}]
    off = prepare(tmp_path / "off", model, THINKING, TALK, variables={"enable_thinking": False})
    assert off.trained() == {0: ["first</s>", "second</s>"]}
    assert not off.found("T021")


def test_a_variable_that_the_template_does_not_read_is_refused(model: Path, tmp_path: Path) -> None:
    from lorch_trainer.errors import LorchError

    with pytest.raises(LorchError) as refused:
        prepare(tmp_path, model, THINKING, TALK, variables={"enable_thinkin": False})
    assert refused.value.code == "T022"
    assert refused.value.hint == "it reads enable_thinking"


def test_content_as_parts_and_arguments_as_text_are_tried_where_templates_want_them(
    model: Path, tmp_path: Path
) -> None:
    parts = (
        "{%- for m in messages %}{{- '<|im_start|>' + m['role'] + '\\n' }}"
        "{%- for part in m['content'] if part['type'] == 'text' %}{{- part['text'] }}{%- endfor %}"
        "{{- '<|im_end|>\\n' }}{%- endfor %}"
        "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
    )
    assert prepare(tmp_path / "parts", model, parts, TALK).trained()[0] == [
        "first<|im_end|>",
        "second<|im_end|>",
    ]
    pasted = PLAIN.replace(
        "+ m['content'] +",
        "+ (m['tool_calls'][0]['function']['name'] ~ m['tool_calls'][0]['function']['arguments'] "
        "if m['tool_calls'] else m['content']) +",
    )
    row = [user("Oslo?"), assistant(None, tool_calls=[CALL])]
    assert prepare(tmp_path / "text", model, pasted, row).trained()[0] == [
        'weather{"city": "Oslo"}<|im_end|>'
    ]


@pytest.mark.parametrize(
    "written",
    [
        "{{- m['content'] | trim }}",
        "{{- m['content'].strip().split('\\n') | join('\\n') }}",
        "{{- '%s' % m['content'] }}",
        "{{- '{}'.format(m['content']) }}",
        "{{- m['content'][:] ~ '' }}",
        "{%- set text %}{{ m['content'] }}{% endset %}{{- text }}",
        "{%- macro say(text) %}{{ text }}{% endmacro %}{{- say(m['content']) }}",
        "{{- ''.join([m['content'].replace('\\t', ' ')]) }}",
        "{%- set parts = m['content'].partition('|') %}{{- parts[0] + parts[1] + parts[2] }}",
        "{{- m | selectattr_content }}",
    ],
)
def test_an_answer_is_found_whatever_the_template_does_with_its_text(
    model: Path, tmp_path: Path, written: str
) -> None:
    # The question holds the answer, so that no search of the text could tell them apart.
    source = PLAIN.replace("+ m['content'] + '<|im_end|>\\n' }}", "}}" + written + "{{- '<|im_end|>\\n' }}")
    if "selectattr_content" in written:
        source = source.replace("m | selectattr_content", "[m] | map(attribute='content') | first")
    row = [user("say a | b"), assistant("a | b"), user("a | b"), assistant("a | b\nc")]
    assert prepare(tmp_path, model, source, row).trained()[0] == ["a | b<|im_end|>", "a | b\nc<|im_end|>"]


def test_the_number_of_renderings_does_not_grow_with_the_number_of_turns(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lorch_trainer.tokens.template import Template

    renderings: list[int] = []
    plain = Template.trace

    def counted(self: Template, traced: Any, tools: Any, prompt: bool = False) -> Any:
        renderings.append(len(traced))
        return plain(self, traced, tools, prompt)

    monkeypatch.setattr(Template, "trace", counted)
    counts = []
    for rounds in (5, 200):
        row: list[Any] = [user("Oslo?")]
        for number in range(rounds):
            row += [assistant(None, tool_calls=[call("weather", {"day": str(number)})]), RESULT]
        row.append(assistant("It rains."))
        renderings.clear()
        result = run_prepare(
            tmp_path / str(rounds), model, [{"messages": row, "tools": [TOOL]}], {"kind": "chatml"}
        )
        assert len(result.trained()[0]) == rounds + 1
        counts.append(len(renderings))
    assert counts[0] == counts[1]
