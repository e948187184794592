"""Every row of datasets/, through every template: what is trained is the answer, or the row is named."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from dataset_rows import DATASETS, read_rows
from prepared import make_tokenizer, run_prepare, template_file

FILES = sorted(path for path in DATASETS.rglob("*") if path.suffix in (".jsonl", ".json"))
ENDS = {
    "chatml": "<|im_end|>",
    "chatml-marks": "<|im_end|>",
    "qwen2.5": "<|im_end|>",
    "qwen3": "<|im_end|>",
    "llama3": "<|eot_id|>",
    "gemma": "<end_of_turn>",
    "mistral": "</s>",
    "zephyr": "</s>",
    "phi3": "<|end|>",
    "alpaca": "</s>",
}
# Codes with which a template or prompt may refuse a sound row: it has no place for what the row holds.
FITTING = {"T005", "T007", "T012"}


@pytest.fixture(scope="module", params=["gpt2", "qwen", "llama2"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tokenizer(tmp_path_factory.mktemp("tokenizer"), request.param)


@pytest.mark.skipif(not FILES, reason="datasets/ is empty")
@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
@pytest.mark.parametrize("template", list(ENDS))
def test_every_row_trains_its_answers(model: Path, tmp_path: Path, path: Path, template: str) -> None:
    rows = list(read_rows(path))
    if not rows:
        pytest.skip(f"{path.name} holds no usable row")
    own = template in ("chatml", "alpaca")
    result = run_prepare(tmp_path, model, rows, {"kind": template} if own else template_file(template))
    trained, dropped = result.trained(), result.codes()
    assert len(trained) + len(dropped) == len(rows)
    for number, row in enumerate(rows):
        if number in dropped:
            assert dropped[number] in FITTING, result.value["findings"]
            assert needs_more(row, template), f"row {number}: {result.value['findings']}"
            continue
        answers = [m for m in row["messages"] if m["role"] == "assistant" and m.get("train") is not False]
        assert len(trained[number]) == len(answers)
        for run, message in zip(trained[number], answers, strict=True):
            check_run(run, message, ENDS[template], template)


def needs_more(row: dict[str, Any], template: str) -> bool:
    """Whether the row holds something this template has no place for."""
    roles = [message["role"] for message in row["messages"]]
    tools = bool(row.get("tools")) or "tool" in roles or any(m.get("tool_calls") for m in row["messages"])
    if template == "alpaca":
        return tools or [role for role in roles if role != "system"] != ["user", "assistant"]
    talk = [role for role in roles if role in ("user", "assistant")]
    alternates = all(role == ("user", "assistant")[n % 2] for n, role in enumerate(talk))
    if template in ("gemma", "mistral"):
        return tools or roles != talk or not alternates
    return tools and template in ("llama3", "zephyr", "phi3", "chatml-marks")


def check_run(run: str, message: dict[str, Any], end: str, template: str) -> None:
    assert run.endswith(end)
    body = run.removesuffix(end)
    content = message.get("content") or ""
    if isinstance(content, list):
        content = "".join(part["text"] for part in content)
    for call in message.get("tool_calls") or []:
        assert call["function"]["name"] in body
    if message.get("tool_calls") or message.get("reasoning_content") or "</think>" in content:
        assert plain(content.split("</think>")[-1]) in plain(body)
    else:
        assert plain(body.removeprefix("<think>\n\n</think>\n\n")) == plain(content), template


def plain(text: str) -> str:
    """NFC, without white space at the ends, which templates and SentencePiece trim."""
    return unicodedata.normalize("NFC", text).strip()
