"""What a template can train, found by trying it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lorch_trainer.commands import probe
from prepared import make_tokenizer, template_file


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tokenizer(tmp_path_factory.mktemp("tokenizer"))


def tried(model: Path, template: dict[str, Any]) -> dict[str, Any]:
    spec = {"model": {"id": "m", "path": str(model), "revision": None}, "template": template}
    return probe.run(spec)


def test_a_template_with_all_parts(model: Path) -> None:
    value = tried(model, {"kind": "chatml"})
    assert all(part == {"trained": True, "reason": ""} for part in value["parts"].values())
    assert value["ends_turns"] and "<|im_end|>" in value["stops"]


@pytest.mark.parametrize(
    ("name", "part", "reason"),
    [
        ("gemma", "system", "the template says"),
        ("mistral", "calls", "the template says"),
        ("zephyr", "reasoning", "leaves it out"),
    ],
)
def test_a_part_that_a_template_does_not_take_has_a_reason(
    model: Path, name: str, part: str, reason: str
) -> None:
    parts = tried(model, template_file(name))["parts"]
    assert parts["answer"]["trained"] and not parts[part]["trained"]
    assert reason in parts[part]["reason"]


def test_a_template_that_ends_no_turn_and_one_that_opens_with_thinking_are_named(model: Path) -> None:
    assert not tried(model, template_file("plain-text"))["ends_turns"]
    assert tried(model, template_file("deepseek-r1"))["prompt"] == "<think>\n"
