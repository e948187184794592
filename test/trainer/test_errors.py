"""What libraries raise, translated."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest
from lorch_trainer.errors import LorchError, from_exception


def code_of(cause: BaseException) -> str:
    return from_exception(cause, "some/model").code


def hub_error(name: str) -> Exception:
    from huggingface_hub import errors

    made: Exception = getattr(errors, name).__new__(getattr(errors, name))
    made.args = ("404 Client Error.",)
    return made


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("GatedRepoError", "R002"),
        ("RepositoryNotFoundError", "R001"),
        ("RevisionNotFoundError", "R008"),
        ("LocalEntryNotFoundError", "R003"),
        ("HFValidationError", "R001"),
        ("OfflineModeIsEnabled", "R003"),
    ],
)
def test_hub_errors_have_codes_though_wrapped(name: str, code: str) -> None:
    cause = hub_error(name)
    assert code_of(cause) == code
    wrapped = OSError("We couldn't do it")
    wrapped.__cause__ = cause
    assert code_of(wrapped) == code


def test_a_full_disk_is_the_machines_fault() -> None:
    failure = from_exception(OSError(errno.ENOSPC, "No space left on device", "/x/file"))
    assert (failure.code, failure.exit_code) == ("R004", 3)
    assert "/x/file" in failure.message
    assert code_of(RuntimeError("PytorchStreamWriter failed: No space left on device")) == "R004"


def test_memory_runs_out_on_either_side() -> None:
    import torch

    assert code_of(torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate")) == "R005"
    assert code_of(MemoryError()) == "R180"
    message = "[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory"
    assert code_of(RuntimeError(message)) == "R180"


def test_damaged_weights_are_named(tmp_path: Path) -> None:
    from safetensors import safe_open

    (tmp_path / "model.safetensors").write_bytes(b"\x10\0\0\0\0\0\0\0garbage")
    with pytest.raises(Exception) as caught, safe_open(tmp_path / "model.safetensors", "numpy"):
        pass
    assert code_of(caught.value) == "R006"


def test_what_real_libraries_say_of_bad_models(tmp_path: Path) -> None:
    from transformers import AutoConfig

    cases: list[tuple[dict[str, Any] | None, str]] = [
        (None, "R001"),
        ({"model_type": "nonesuch"}, "R009"),
        ({"model_type": "x", "auto_map": {"AutoConfig": "configuration_x.X"}}, "R007"),
    ]
    for number, (config, code) in enumerate(cases):
        folder = tmp_path / str(number)
        folder.mkdir()
        if config is not None:
            import json

            (folder / "config.json").write_text(json.dumps(config))
        with pytest.raises(Exception) as caught:
            AutoConfig.from_pretrained(folder, trust_remote_code=False)
        assert code_of(caught.value) == code, caught.value


def test_a_missing_package_is_the_machines_fault() -> None:
    failure = from_exception(ModuleNotFoundError("No module named 'peft'", name="peft"))
    assert (failure.code, failure.exit_code) == ("R010", 3)
    assert "peft" in failure.message


def test_ours_stay_as_they_are_and_the_unknown_says_what_it_is() -> None:
    ours = LorchError("T001", "no template", "name one")
    assert from_exception(ours) is ours
    other = from_exception(ZeroDivisionError("division by zero"))
    assert other.code == "R099"
    assert "ZeroDivisionError: division by zero" in other.message
