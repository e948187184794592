"""Templates that write the date: rows are rendered as of one day, and it is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lorch_trainer.commands import probe
from prepared import Prepared, make_tokenizer, run_prepare

DATED = """{% if messages[0]['role'] != 'system' %}<|im_start|>system
Today is {{ strftime_now('%d %b %Y %H:%M') }}.<|im_end|>
{% endif %}{% for m in messages %}<|im_start|>{{ m['role'] }}
{{ m['content'] }}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""
ROW = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Good day."}]
OWN = [{"role": "system", "content": "Be brief."}, *ROW]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tokenizer(tmp_path_factory.mktemp("tokenizer"))


def _text(result: Prepared) -> str:
    return str(result.tokenizer.decode(result.file().input_ids(0)))


def test_rows_have_the_day_that_was_given(model: Path, tmp_path: Path) -> None:
    result = run_prepare(
        tmp_path, model, [ROW], template={"kind": "file", "source": DATED}, date="2024-02-29"
    )
    assert "Today is 29 Feb 2024 00:00." in _text(result)
    assert result.value["date"] == "2024-02-29"
    (finding,) = result.found("T025")
    assert finding["severity"] == "note" and "2024-02-29" in finding["message"]


@pytest.mark.parametrize(
    ("rows", "template"), [([OWN], {"kind": "file", "source": DATED}), ([ROW], {"kind": "chatml"})]
)
def test_rows_without_a_date_have_none(
    model: Path, tmp_path: Path, rows: list[Any], template: dict[str, Any]
) -> None:
    result = run_prepare(tmp_path, model, rows, template=template, date="2024-02-29")
    assert result.value["date"] is None
    assert not result.found("T025")


def test_a_variable_of_the_template_takes_the_place_of_the_date(model: Path, tmp_path: Path) -> None:
    source = DATED.replace("strftime_now('%d %b %Y %H:%M')", "date_string or strftime_now('%Y')")
    template = {"kind": "file", "source": source, "variables": {"date_string": "1 May 2025"}}
    result = run_prepare(tmp_path, model, [ROW], template=template, date="2024-02-29")
    assert "Today is 1 May 2025." in _text(result)
    assert result.value["date"] is None


def test_a_tried_template_says_that_it_writes_the_date(model: Path) -> None:
    spec = {"model": {"id": "m", "path": str(model), "revision": None}}
    assert probe.run({**spec, "template": {"kind": "file", "source": DATED}})["writes_date"]
    assert not probe.run({**spec, "template": {"kind": "chatml"}})["writes_date"]
