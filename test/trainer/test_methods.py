"""The list of methods: the same in configs and in the trainer, each with a recipe, and no others."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import lorch_trainer
import pytest
from lorch_trainer.errors import LorchError
from lorch_trainer.methods import METHODS, find_method, find_recipe
from lorch_trainer.plan import RunFolder, read_plan
from run_folder import make_model, make_run

SCHEMA = Path(__file__).resolve().parents[2] / "run-config.schema.json"


def test_a_config_may_name_the_methods_of_the_trainer() -> None:
    assert json.loads(SCHEMA.read_text("utf-8"))["properties"]["method"]["enum"] == list(METHODS)


@pytest.mark.parametrize("name", METHODS)
def test_each_has_a_recipe_and_streams(name: str) -> None:
    recipe = find_recipe(name)
    assert callable(recipe.build) and callable(recipe.train)
    assert find_method(name).streams


def test_a_plan_of_an_earlier_version_is_sft(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", make_model(tmp_path / "model"))
    assert "method" not in run.plan
    assert read_plan(RunFolder(run.path)).method == "sft"


def test_another_method_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", make_model(tmp_path / "model"))
    run.plan["method"] = "orpo"
    assert run.train() == 1
    error = run.event("error")
    assert error["code"] == "R074"
    assert re.search(r"there is no method 'orpo'; this trainer knows sft", error["message"])
    with pytest.raises(LorchError, match="R074"):
        find_method("orpo")


def test_a_method_is_one_file_and_one_line(tmp_path: Path) -> None:
    copy = tmp_path / "lorch_trainer"
    shutil.copytree(Path(lorch_trainer.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "methods" / "quiz.py").write_text("def train(*arguments):\n    return arguments == (1, 2)\n")
    listed = copy / "methods" / "__init__.py"
    text = listed.read_text("utf-8")
    entry = "METHODS = {\n"
    assert text.count(entry) == 1
    listed.write_text(text.replace(entry, f'{entry}    "quiz": Method("quiz", ("chosen", "rejected")),\n'))
    code = (
        "from lorch_trainer.methods import find_method, find_recipe\n"
        "print(find_recipe('quiz').train(1, 2), *find_method('quiz').streams)"
    )
    env = {**os.environ, "PYTHONPATH": ""}
    command = [sys.executable, "-c", code]
    found = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert found.stdout == "True chosen rejected\n", found.stderr
