"""What a template is found to write around an answer."""

from __future__ import annotations

from typing import Any

import pytest
from lorch_trainer.tokens.template import Template, TemplateRefusalError
from prepared import make_tokenizer, template_file, user


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(make_tokenizer(tmp_path_factory.mktemp("tokenizer")))


@pytest.mark.parametrize(
    ("name", "headers", "ends"),
    [
        ("qwen2.5", ["<|im_start|>assistant\n"], ["<|im_end|>"]),
        ("no-generation-prompt", ["<|im_start|>assistant\n"], ["<|im_end|>"]),
        ("deepseek-r1", ["<|Assistant|><think>\n", "<|Assistant|>"], ["</s>"]),
        ("phi3", ["<|assistant|>\n"], ["<|end|>"]),
        ("mistral", [], ["</s>"]),
        ("plain-text", ["assistant: "], []),
    ],
)
def test_headers_and_ends_are_learnt(tokenizer: Any, name: str, headers: list[str], ends: list[str]) -> None:
    template = Template(template_file(name)["source"], tokenizer)
    assert (template.headers, template.ends) == (headers, ends)


@pytest.mark.parametrize("name", ["qwen2.5", "no-generation-prompt"])
def test_a_prompt_ends_with_the_assistants_header(tokenizer: Any, name: str) -> None:
    template = Template(template_file(name)["source"], tokenizer)
    assert template.prompt([user("Hi")], None).endswith("Hi<|im_end|>\n<|im_start|>assistant\n")


def test_a_different_end_inside_a_conversation_is_learnt(tokenizer: Any) -> None:
    source = (
        "{%- for m in messages %}"
        "{{- '<|user|>' if m['role'] == 'user' else '<|assistant|>' }}{{- m['content'] }}"
        "{{- '</s>' if loop.last and m['role'] == 'assistant' else '<|end|>' }}{%- endfor %}"
        "{%- if add_generation_prompt %}{{- '<|assistant|>' }}{%- endif %}"
    )
    assert Template(source, tokenizer).ends == ["</s>", "<|end|>"]


def test_a_template_that_wants_a_system_message_is_learnt_too(tokenizer: Any) -> None:
    source = (
        "{%- if messages[0]['role'] != 'system' %}{{- raise_exception('system first') }}{%- endif %}"
        + template_file("no-generation-prompt")["source"]
    )
    template = Template(source, tokenizer)
    assert template.ends == ["<|im_end|>"]
    with pytest.raises(TemplateRefusalError, match="system first"):
        template.render([user("Hi")], None)


def test_a_template_cannot_reach_the_machine(tokenizer: Any) -> None:
    source = "{{ messages.__class__.__mro__[1].__subclasses__() }}"
    template = Template(source, tokenizer)
    with pytest.raises(TemplateRefusalError, match="unsafe"):
        template.render([user("Hi")], None)
