"""Liger kernels: what a model really runs, and what is said without the package."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from run_folder import make_model, make_run


def test_a_model_without_them_runs_none(tmp_path: Path) -> None:
    from lorch_trainer.liger import liger_kernels
    from transformers import AutoModelForCausalLM

    assert liger_kernels(AutoModelForCausalLM.from_pretrained(make_model(tmp_path / "model"))) == {}


@pytest.mark.skipif(find_spec("liger_kernel") is None, reason="liger-kernel is not part of the environment")
def test_kernels_are_found_where_they_run(tmp_path: Path) -> None:
    from liger_kernel.transformers import _apply_liger_kernel_to_instance
    from lorch_trainer.liger import liger_kernels
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(make_model(tmp_path / "model"))
    _apply_liger_kernel_to_instance(model=model, fused_linear_cross_entropy=False)
    assert liger_kernels(model) == {"LigerRMSNorm": 5, "LigerSwiGLUMLP": 2}


@pytest.mark.skipif(find_spec("liger_kernel") is not None, reason="liger-kernel is installed here")
def test_a_run_without_the_package_fails_and_names_it(tmp_path: Path) -> None:
    model = make_model(tmp_path / "model")
    run = make_run(tmp_path / "run", model, training={"use_liger_kernel": True})
    assert run.train() == 1
    assert "liger-kernel" in run.event("error")["message"]
