"""codes.json and the code that raises from it agree."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import lorch_trainer
from lorch_trainer.errors import code_docs

PACKAGE = Path(lorch_trainer.__file__).parent


def codes_in(paths: Iterable[Path]) -> set[str]:
    return {code for path in paths for code in re.findall(r"\b[TR]\d{3}\b", path.read_text("utf-8"))}


USED = codes_in(PACKAGE.rglob("*.py"))


def test_every_code_that_is_raised_is_documented() -> None:
    assert USED - code_docs().keys() == set()


def test_every_documented_code_is_raised() -> None:
    controller = codes_in(PACKAGE.parents[1].rglob("*.ts"))
    assert code_docs().keys() - USED - controller == set()


def test_every_code_has_what_explain_shows() -> None:
    names = set()
    for code, doc in code_docs().items():
        assert set(doc) == {"name", "severity", "title", "prose", "hint"}, code
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", doc["name"]), code
        assert doc["severity"] in ("error", "warning", "note"), code
        assert doc["title"].endswith(".") and doc["prose"], code
        names.add(doc["name"])
    assert len(names) == len(code_docs())
