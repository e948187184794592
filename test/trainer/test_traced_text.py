"""What templates do with text: the origin of every character survives, or the row is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lorch_trainer.tokens.template import prompt_varies
from prepared import Prepared, assistant, call, make_tokenizer, run_prepare, system, user

PROMPT = "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
END = "{{ '<|im_end|>\\n' }}"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tokenizer(tmp_path_factory.mktemp("tokenizer"), eos_token="<|im_end|>")


def prepare(folder: Path, model: Path, source: str, *rows: Any, **settings: Any) -> Prepared:
    return run_prepare(folder, model, list(rows), {"kind": "file", "source": source}, **settings)


def each(body: str) -> str:
    return "{% for m in messages %}" + body + "{% endfor %}" + PROMPT


@pytest.mark.parametrize(
    "body",
    [
        "{{ '<|im_start|>{}\\n{}<|im_end|>\\n'.format(m.role, m.content) }}",
        "{{ '<|im_start|>%s\\n%s<|im_end|>\\n' % (m.role, m.content) }}",
        "{{ '<|im_start|>%s\\n%s<|im_end|>\\n' | format(m.role, m.content) }}",
        "{{ '<|im_start|>' + m.role + '\\nTEXT<|im_end|>\\n' | replace('TEXT', m.content) }}",
        "{{ '<|im_start|>' + m.role + '\\n' + m.content.ljust(2).strip() }}" + END,
    ],
)
def test_short_answers_are_found_in_formatted_text(model: Path, tmp_path: Path, body: str) -> None:
    rows = [
        [user("Pick one"), assistant("a"), user("Again"), assistant("assistant")],
        [user("Is it A or B?"), assistant("A"), user("s?"), assistant("s")],
    ]
    result = prepare(tmp_path, model, each(body), *rows)
    assert result.trained() == {
        0: ["a<|im_end|>", "assistant<|im_end|>"],
        1: ["A<|im_end|>", "s<|im_end|>"],
    }


@pytest.mark.parametrize(
    "body",
    [
        "{{ m }}",
        "{{ {'text': m.content, 'next': loop.nextitem.content if loop.nextitem else ''} | tojson }}",
        "{{ '%s [next: %s]' | format(m.content, loop.nextitem.content if loop.nextitem else '') }}",
    ],
)
def test_text_of_several_messages_that_cannot_be_told_apart_is_never_trained(
    model: Path, tmp_path: Path, body: str
) -> None:
    source = each("{{ '<|im_start|>' + m.role + '\\n' }}" + body + END)
    row = [user("content"), assistant("a"), user("SECRET"), assistant("b")]
    result = prepare(tmp_path, model, source, row)
    assert all("SECRET" not in run for run in result.trained().get(0, []))


def test_a_message_that_the_template_writes_as_two_turns_is_refused(model: Path, tmp_path: Path) -> None:
    source = each(
        "{% if m.reasoning_content %}{{ '<|im_start|>assistant\\n' + m.reasoning_content }}"
        + END
        + "{% endif %}"
        "{{ '<|im_start|>' + m.role + '\\n' + m.content }}" + END
    )
    row = [user("q"), assistant("ans", reasoning_content="hmm"), user("q2"), assistant("ans2")]
    result = prepare(tmp_path, model, source, row)
    assert result.codes() == {0: "T007"}
    assert "several turns" in result.found("T007")[0]["message"]


SWITCHED = (
    "{% set ns = namespace(think=true) %}"
    "{% if messages[0].role == 'system' and '/no_think' in messages[0].content %}"
    "{% set ns.think = false %}{% endif %}"
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}"
    "{% if m.role == 'assistant' %}{{ '<think>\\n\\n</think>\\n\\n' }}{% endif %}"
    "{{ m.content + '<|im_end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}"
    "{% if not ns.think %}{{ '<think>\\n\\n</think>\\n\\n' }}{% endif %}{% endif %}"
)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_labels_do_not_depend_on_the_order_of_the_rows(
    model: Path, tmp_path: Path, order: tuple[int, int]
) -> None:
    rows = [
        [system("/no_think"), user("q"), assistant("A1")],
        [system("/think"), user("q"), assistant("B1")],
    ]
    trained = prepare(tmp_path, model, SWITCHED, *(rows[at] for at in order)).trained()
    want = ["A1<|im_end|>"], ["<think>\n\n</think>\n\nB1<|im_end|>"]
    assert [trained[0], trained[1]] == [want[at] for at in order]


def test_a_prompt_that_messages_can_change_is_known_as_such() -> None:
    assert prompt_varies(SWITCHED)
    assert prompt_varies("{{ messages[0].content }}")
    assert not prompt_varies(each("{{ m.content }}"))
    assert not prompt_varies(
        "{% if add_generation_prompt %}{{ bos_token }}{% if think %}x{% endif %}{% endif %}"
    )


def test_numbers_that_a_template_drops_from_a_call_are_missed(model: Path, tmp_path: Path) -> None:
    source = each(
        "{{ '<|im_start|>' + m.role + '\\n' }}{% for t in m.tool_calls or [] %}{{ t.function.name + '(' }}"
        "{% for k, v in t.function.arguments | items %}{{ k }}=WRITTEN,{% endfor %}{{ ')' }}{% endfor %}"
        "{{ (m.content or '') + '<|im_end|>\\n' }}"
    )
    row = [user("q"), assistant(None, tool_calls=[call("set", {"n": 5, "b": True})])]
    lost = prepare(tmp_path / "lost", model, source.replace("WRITTEN", ""), row)
    assert lost.codes() == {0: "T007"} and "'5'" in lost.found("T007")[0]["message"]
    kept = prepare(tmp_path / "kept", model, source.replace("WRITTEN", "{{ v }}"), row)
    assert kept.trained()[0] == ["set(n=5,b=True,)<|im_end|>"]


def test_marks_that_cover_only_a_part_of_an_answer_refuse_the_row(model: Path, tmp_path: Path) -> None:
    # transformers counts marks inside a macro from the wrong place.
    source = (
        "{% macro turn(m) %}{{ '<|im_start|>' + m.role + '\\n' }}{% if m.role == 'assistant' %}"
        "{% generation %}{{ m.content + '<|im_end|>' }}{% endgeneration %}{% else %}"
        "{{ m.content + '<|im_end|>' }}{% endif %}{{ '\\n' }}{% endmacro %}"
        "{% for m in messages %}{{ turn(m) }}{% endfor %}" + PROMPT
    )
    row = [user("Tell me something long, please."), assistant("The answer is fairly long, it has words.")]
    result = prepare(tmp_path, model, source, row)
    assert result.codes() == {0: "T007"}


def test_an_indented_answer_with_an_end_of_turn_is_refused(model: Path, tmp_path: Path) -> None:
    source = each("{{ '<|im_start|>' + m.role + '\\n' + m.content | indent(2) }}" + END)
    rows = [
        [user("q"), assistant("one\nuse <|im_end|> ok"), user("r"), assistant("two")],
        [user("q"), assistant("one\ntwo"), user("r"), assistant("three")],
    ]
    result = prepare(tmp_path, model, source, *rows)
    assert result.codes() == {0: "T020"}
    assert result.trained()[1] == ["one\n  two<|im_end|>", "three<|im_end|>"]


def test_text_behind_an_answer_without_an_end_is_not_trained(model: Path, tmp_path: Path) -> None:
    source = (
        "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}"
        "{{ '[Note: ' + messages[0].content + ']' }}{% if add_generation_prompt %}assistant: {% endif %}"
    )
    result = prepare(tmp_path, model, source, [user("a"), assistant("b"), user("c"), assistant("d")])
    assert [run.strip() for run in result.trained()[0]] == ["b", "d"]


@pytest.mark.parametrize(
    ("behind", "trained"), [("Note: <s>", "d"), ("\n<s>", "d\n<s>"), ("<s>\nNote", "d<s>")]
)
def test_only_tokens_next_to_an_answer_close_it(
    model: Path, tmp_path: Path, behind: str, trained: str
) -> None:
    source = (
        "{% for m in messages %}{{ m.role }}: {{ m.content }}{% if m.content == 'd' %}"
        "{{ 'BEHIND' }}{% endif %}{{ '\n' }}{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}"
    ).replace("BEHIND", behind.replace("\n", "\\n"))
    result = prepare(tmp_path, model, source, [user("c"), assistant("d")])
    assert [run.strip() for run in result.trained()[0]] == [trained]


def test_roles_other_than_the_assistants_need_no_end_of_turn(model: Path, tmp_path: Path) -> None:
    source = (
        "{% for m in messages %}{% if m.role == 'user' %}{{ '[INST] ' + m.content + ' [/INST]' }}"
        "{% else %}{{ ' ' + m.content + '<|im_end|>' }}{% endif %}{% endfor %}"
    )
    result = prepare(tmp_path, model, source, [user("a"), assistant("b")], train_on=["user"])
    assert result.trained()[0] == ["a"]
    assert not result.found("T014")


def test_text_that_a_template_builds_word_by_word_stays_linear(model: Path, tmp_path: Path) -> None:
    from lorch_trainer.tokens.traced import Origin, Run, Traced, joined

    text = Traced("", ())
    for number in range(2000):
        text = joined((text, Traced("ab", [Run(0, 2, Origin(0, "content"))]), " " if number % 2 else ""))
    # Neighbours of one origin are one run.
    assert len(text.runs) == 1000
    source = each(
        "{{ '<|im_start|>' + m.role + '\\n' }}{% set ns = namespace(s='') %}"
        "{% for w in m.content.split(' ') %}{% set ns.s = ns.s ~ w ~ ' ' %}{% endfor %}{{ ns.s.strip() }}"
        + END
    )
    answer = "word " * 1000 + "end"
    result = prepare(tmp_path, model, source, [user("q"), assistant(answer), user("r"), assistant("s")])
    assert result.trained()[0] == [answer + "<|im_end|>", "s<|im_end|>"]


def test_a_number_in_each_turn_keeps_long_rows_linear(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lorch_trainer.tokens.template import Template

    rendered: list[int] = []
    plain = Template.trace

    def counted(self: Template, traced: Any, tools: Any, prompt: bool = False) -> Any:
        rendered.append(len(traced))
        return plain(self, traced, tools, prompt)

    monkeypatch.setattr(Template, "trace", counted)
    source = each("{{ '<|im_start|>' + m.role + '\\n' }}{{ loop.index }}: {{ m.content }}" + END)
    row = [turn for n in range(150) for turn in (user(f"q{n}"), assistant(f"a{n}"))]
    result = prepare(tmp_path, model, source, row, [user("q"), assistant("a")])
    assert result.trained()[0] == [f"{2 * n + 2}: a{n}<|im_end|>" for n in range(150)]
    assert result.trained()[1] == ["2: a<|im_end|>"]
    assert len(rendered) < 100
