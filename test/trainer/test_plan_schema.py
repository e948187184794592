"""What the trainer reads of plan.json is there by the controller's schema (docs/plan.schema.json)."""

from __future__ import annotations

import json
import re
from dataclasses import MISSING
from pathlib import Path
from typing import Any

import lorch_trainer
import pytest
from lorch_trainer.plan import fields_of_file

SCHEMA = json.loads(
    (Path(__file__).resolve().parents[2] / "docs" / "plan.schema.json").read_text(encoding="utf-8")
)
SOURCES = sorted(Path(lorch_trainer.__file__).parent.rglob("*.py"))
READ = re.compile(r"""\bplan\.(\w+)((?:\["\w+"\])+|\.get\("\w+")""")


def reads() -> list[tuple[str, list[str], bool]]:
    """Each `plan.a["b"]` and `plan.a.get("b"` in the trainer: field, keys, whether the key is needed."""
    found = []
    for source in SOURCES:
        for name, keys in READ.findall(source.read_text(encoding="utf-8")):
            found.append((name, re.findall(r'"(\w+)"', keys), not keys.startswith(".get")))
    return found


def objects(schema: dict[str, Any]) -> dict[str, Any]:
    """The object part of a schema that may also be null."""
    return next((each for each in schema.get("anyOf", [schema]) if each.get("type") == "object"), schema)


@pytest.mark.parametrize("field", fields_of_file(), ids=lambda field: field.name)
def test_every_field_of_the_plan_is_in_the_schema(field: Any) -> None:
    assert field.name in SCHEMA["properties"]
    if field.default is MISSING and field.default_factory is MISSING:
        assert field.name in SCHEMA["required"]


def test_every_key_that_the_trainer_reads_is_in_the_schema() -> None:
    found = reads()
    assert len(found) > 10
    for name, keys, needed in found:
        part = SCHEMA["properties"][name]
        for key in keys:
            part = objects(part)
            if "properties" not in part:
                break  # settings of a library, by their own names
            assert key in part["properties"], f"plan.{name} has no {key}"
            assert not needed or key in part["required"], f"plan.{name}[{key!r}] may be missing"
            part = part["properties"][key]
