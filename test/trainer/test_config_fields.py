"""run-config.schema.json against the installed libraries: every field accepted or refused, none made up.

The schema is the committed one (test/config/generated.test.ts keeps it current); its `x-lorch` holds the
fields that a config may not set. test/fixtures/config/rendered.json holds what the samples render to.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from lorch_trainer.optimizers import OWN_FIELDS, trl_fields
from lorch_trainer.settings import LORCH_FIELDS, build_lora_config, build_quantization_config
from peft import LoraConfig
from transformers import BitsAndBytesConfig, EarlyStoppingCallback
from transformers.trainer_utils import SchedulerType
from transformers.training_args import OptimizerNames
from trl import SFTConfig

ROOT = Path(__file__).resolve().parents[2]
SECTIONS = json.loads((ROOT / "run-config.schema.json").read_text("utf-8"))["properties"]
REFUSED = (ROOT / "src/config/schema/refused-values.ts").read_text("utf-8")
RENDERED = json.loads((ROOT / "test/fixtures/config/rendered.json").read_text("utf-8"))


def _fields(cls: type) -> set[str]:
    return {field.name for field in dataclasses.fields(cls)}


def _bitsandbytes_fields() -> set[str]:
    names = set(inspect.signature(BitsAndBytesConfig.__init__).parameters)
    return names - {"self", "kwargs"}


def _listed(section: str) -> set[str]:
    """What a config may set, and what it may not although the class has it; without lorch's own rates."""
    schema = SECTIONS[section]
    return {
        *(schema["properties"].keys() - OWN_FIELDS - {"stop_on_loss_explosion"}),
        *schema["x-lorch"]["owned"],
        *schema["x-lorch"]["unsupported"],
    }


def _training_fields() -> set[str]:
    return _fields(SFTConfig) | (set(inspect.signature(EarlyStoppingCallback.__init__).parameters) - {"self"})


CLASSES = [
    pytest.param("lora", _fields(LoraConfig), id="LoraConfig"),
    pytest.param("quantization", _bitsandbytes_fields(), id="BitsAndBytesConfig"),
    pytest.param("training", _training_fields(), id="SFTConfig"),
]


@pytest.mark.parametrize(("section", "installed"), CLASSES)
def test_every_installed_field_is_accepted_or_refused(section: str, installed: set[str]) -> None:
    assert installed - _listed(section) == set(), "fields of the library in neither list of src/config/schema"


@pytest.mark.parametrize(("section", "installed"), CLASSES)
def test_every_listed_field_exists_in_the_library(section: str, installed: set[str]) -> None:
    assert _listed(section) - installed == set(), "fields in src/config/schema that the library does not have"


@pytest.mark.parametrize(("section", "installed"), CLASSES)
def test_what_is_called_removed_is_gone(section: str, installed: set[str]) -> None:
    assert set(SECTIONS[section]["x-lorch"]["removed"]) & installed == set()


def test_every_optimizer_and_schedule_that_a_config_may_name_exists() -> None:
    training = SECTIONS["training"]["properties"]
    refused = set(
        re.findall(
            r"^    (\w+):",
            REFUSED.partition("'training.optim'")[2].partition("\n  }")[0],
            re.M,
        )
    )
    named = set(training["optim"]["enum"])
    # Muon is torch's; every name of transformers is accepted, or refused with a reason.
    assert (named - {"muon"}) | refused == {each.value for each in OptimizerNames}
    assert not named & refused
    assert set(training["lr_scheduler_type"]["enum"]) == {each.value for each in SchedulerType}


def test_every_tracker_that_a_config_may_name_exists() -> None:
    from transformers.integrations.integration_utils import INTEGRATION_TO_CALLBACK

    alternatives = SECTIONS["training"]["properties"]["report_to"]["anyOf"]
    named = {name for each in alternatives for name in each.get("enum", [])}
    assert named <= set(INTEGRATION_TO_CALLBACK)


@pytest.mark.parametrize("run", RENDERED, ids=lambda run: str(run["name"]))
def test_rendered_samples_are_taken_as_they_are(run: dict[str, Any], tmp_path: Path) -> None:
    """No renaming, no unknown argument, and the objects hold the values that were written."""
    lora = build_lora_config(SimpleNamespace(lora=run["lora"]))
    assert (lora.r, lora.lora_alpha) == (run["lora"]["r"], run["lora"]["lora_alpha"])
    quantization = build_quantization_config(run["quantization"])
    if run["quantization"]:
        held = quantization.to_dict()
        assert {name: held[name] for name in run["quantization"]} == run["quantization"]
    fields = {name: value for name, value in run["training"].items() if name not in LORCH_FIELDS}
    training = SFTConfig(output_dir=str(tmp_path), **trl_fields(fields))
    for name in ("learning_rate", "warmup_steps", "max_length", "bf16", "data_seed", "save_total_limit"):
        assert getattr(training, name) == run["training"][name]


@pytest.mark.parametrize(
    "threshold",
    [
        5.5,
        6,
    ],
)
def test_an_8_bit_threshold_may_be_a_whole_number(threshold: float) -> None:
    """JSON makes 6 of 6.0, and bitsandbytes insists on a float."""
    fields = {
        "load_in_8bit": True,
        "load_in_4bit": False,
        "llm_int8_threshold": threshold,
    }
    assert build_quantization_config(fields).llm_int8_threshold == threshold
