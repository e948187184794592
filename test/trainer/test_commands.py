"""`python -m lorch_trainer VERB` as the controller runs it: spec in, JSON lines out, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import lorch_trainer
import pytest
from prepared import assistant, user

PACKAGE = Path(lorch_trainer.__file__).parents[1]


def command(verb: str, spec: Any, *flags: str, **env: str) -> tuple[int, list[dict[str, Any]], str]:
    """Exit code, the lines of stdout as objects, and stderr."""
    done = subprocess.run(
        [sys.executable, *flags, "-m", "lorch_trainer", verb],
        input=spec if isinstance(spec, str) else json.dumps(spec),
        env={**os.environ, "PYTHONPATH": str(PACKAGE), **env},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def start(verb: str, spec: Any, *flags: str, **env: str) -> subprocess.Popen[str]:
    """The running command, its spec written."""
    process = subprocess.Popen(
        [sys.executable, *flags, "-m", "lorch_trainer", verb],
        env={**os.environ, "PYTHONPATH": str(PACKAGE), **env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin
    process.stdin.write(json.dumps(spec))
    process.stdin.close()
    return process


def test_prepare_reports_progress_and_ends_with_what_prepare_json_holds(
    tiny_model: Path, tmp_path: Path
) -> None:
    path = tmp_path / "train.jsonl"
    rows = [{"row": n, "messages": [user(f"q{n}"), assistant(f"a{n}")]} for n in range(600)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    spec = {
        "model": {"id": "tiny", "path": str(tiny_model), "revision": None, "trust_remote_code": False},
        "template": {"kind": "auto", "source": None},
        "max_length": None,
        "splits": {"train": str(path)},
        "out": str(tmp_path / "out"),
    }
    code, lines, log = command("prepare", spec)
    assert code == 0, log
    assert [line["type"] for line in lines[:-1]] == ["progress"] * (len(lines) - 1)
    assert lines[-2] == {"type": "progress", "label": "tokenising train", "done": 600, "total": 600}
    assert lines[-1]["type"] == "result"
    assert lines[-1]["value"] == json.loads((tmp_path / "out" / "prepare.json").read_text())
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "prepare.json",
        "tokenizer",
        "train.safetensors",
    ]
    assert command("prepare", spec)[1][-1] == lines[-1], "the same input gives the same result"


def test_a_model_that_is_not_there_is_an_error_line(tmp_path: Path) -> None:
    spec = {
        "model": {"id": "no/such-model", "path": str(tmp_path / "none")},
        "splits": {},
        "out": str(tmp_path),
    }
    code, lines, log = command("prepare", spec)
    assert code in (1, 3)
    assert [line["type"] for line in lines] == ["error"]
    assert lines[0]["code"] in ("R001", "R003") and lines[0]["message"] and lines[0]["hint"]
    assert "Traceback" in log


@pytest.mark.parametrize("spec", ["not json", "[]", "{}"])
def test_a_spec_that_is_none_is_an_error_line(spec: str) -> None:
    code, lines, _ = command("prepare", spec)
    assert code == 1
    assert [(line["type"], line["code"]) for line in lines] == [("error", "R012")]


def test_an_unknown_verb_is_an_error_line() -> None:
    code, lines, _ = command("bake", {})
    assert code == 1
    assert lines[0]["code"] == "R012" and "prepare" in lines[0]["message"]


def test_what_libraries_print_does_not_reach_stdout(tmp_path: Path) -> None:
    script = (
        "from lorch_trainer import stdio\n"
        "stdio.take_stdout()\n"
        "print('noise')\n"
        "import os; os.system('echo noise'); os.write(1, b'noise')\n"
        "stdio.result({'a': float('nan'), 'b': [float('inf'), -float('inf')], 'ü': '🙂'})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PACKAGE, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == {
        "type": "result",
        "value": {"a": "NaN", "b": ["Infinity", "-Infinity"], "ü": "🙂"},
    }
    assert done.stderr.count("noise") == 3


def test_prepare_needs_no_torch(tiny_model: Path, tmp_path: Path) -> None:
    # An environment like this one without torch and what needs it: requirements-tokenizer.txt, in effect.
    packages = tmp_path / "packages"
    packages.mkdir()
    without = ("torch", "functorch", "peft", "trl", "accelerate", "bitsandbytes", "datasets", "__")
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.startswith(without):
            (packages / entry.name).symlink_to(entry)
    path = tmp_path / "train.jsonl"
    path.write_text(json.dumps({"row": 0, "messages": [user("q"), assistant("a")]}) + "\n")
    spec = {
        "model": {"id": "tiny", "path": str(tiny_model)},
        "template": {"kind": "chatml"},
        "splits": {"train": str(path)},
        "out": str(tmp_path / "out"),
    }
    path_of_python = f"{packages}{os.pathsep}{PACKAGE}"
    code, lines, log = command("prepare", spec, "-S", PYTHONPATH=path_of_python)
    assert code == 0, log
    assert lines[-1]["value"]["splits"]["train"]["rows"] == 1


def test_fields_names_the_settings_of_the_installed_libraries() -> None:
    code, lines, log = command("fields", {})
    assert code == 0, log
    value = lines[-1]["value"]
    assert value["lora"]["r"] == 8 and value["lora"]["target_modules"] is None
    assert value["quantization"]["load_in_4bit"] is False
    assert value["training"]["max_length"] == 1024 and "max_seq_length" not in value["training"]
    assert value["versions"]["peft"]


def test_doctor_tries_what_it_reports() -> None:
    code, lines, log = command("doctor", {})
    assert code == 0, log
    value = lines[-1]["value"]
    assert value["python"]["executable"] == sys.executable
    assert value["packages"]["torch"] and value["device"]["kind"] in ("cpu", "cuda", "mps")
    assert value["bitsandbytes"]["works"] is (value["bitsandbytes"]["reason"] is None)
    if not value["bitsandbytes"]["works"]:
        assert any(problem["code"] == "R015" for problem in value["problems"])


def test_doctor_explains_a_broken_package(tmp_path: Path) -> None:
    (tmp_path / "bitsandbytes").mkdir()
    (tmp_path / "bitsandbytes" / "__init__.py").write_text("raise OSError('libcuda.so is missing')")
    code, lines, _ = command("doctor", {}, PYTHONPATH=f"{tmp_path}{os.pathsep}{PACKAGE}")
    assert code == 0
    value = lines[-1]["value"]
    assert value["bitsandbytes"] == {"works": False, "reason": "OSError: libcuda.so is missing"}
    assert [problem["code"] for problem in value["problems"]] == ["R015"]
