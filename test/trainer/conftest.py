"""One tiny model for all tests, and nothing that reaches for the network or for more than one thread."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["HF_HUB_OFFLINE"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src" / "trainer"))

import pytest


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a random Llama, a BPE tokenizer and a ChatML template without generation marks."""
    from lorch_trainer.commands import tiny

    folder = tmp_path_factory.mktemp("tiny") / "model"
    tiny.run({"out": str(folder), "vocab_size": 400, "seed": 7})
    return folder
