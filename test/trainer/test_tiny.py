"""The tiny model: the same spec gives the same bytes, and transformers loads what it gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lorch_trainer.commands import tiny
from lorch_trainer.errors import LorchError
from lorch_trainer.tokens.sequences import sha256_file


def test_the_same_spec_gives_the_same_files(tmp_path: Path) -> None:
    spec: dict[str, Any] = {"vocab_size": 300, "hidden_size": 32, "layers": 1, "heads": 2, "seed": 3}
    results = [tiny.run({**spec, "out": str(tmp_path / name)}) for name in ("a", "b")]
    other = tiny.run({**spec, "seed": 4, "out": str(tmp_path / "c")})
    hashes = [
        {path.name: sha256_file(path) for path in Path(result["out"]).iterdir()}
        for result in (*results, other)
    ]
    assert hashes[0] == hashes[1]
    assert {name for name in hashes[0] if hashes[0][name] != hashes[2][name]} == {"model.safetensors"}


def test_it_has_the_shape_that_was_asked_for(tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    text = tmp_path / "text.jsonl"
    text.write_text('{"messages": [{"content": "zyzzyva zyzzyva zyzzyva"}]}\nnot json: zyzzyva\n' * 20)
    result = tiny.run(
        {
            "out": str(tmp_path / "model"),
            "texts": [str(text)],
            "vocab_size": 280,
            "hidden_size": 48,
            "layers": 3,
            "heads": 2,
            "chat_template": False,
        }
    )
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "model")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "model")
    assert model.config.hidden_size == 48 and model.config.num_hidden_layers == 3
    assert model.get_input_embeddings().weight.shape == (len(tokenizer), 48)
    assert sum(parameter.numel() for parameter in model.parameters()) == result["parameters"]
    assert model.generation_config.eos_token_id == tokenizer.convert_tokens_to_ids(
        ["<|im_end|>", "<|endoftext|>"]
    )
    assert tokenizer.chat_template is None
    assert len(tokenizer("zyzzyva", add_special_tokens=False)["input_ids"]) < 7, (
        "it learnt from the given text"
    )


def test_its_template_has_marks_only_when_asked(tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    for wanted in (True, "marks"):
        out = tmp_path / str(wanted)
        tiny.run({"out": str(out), "vocab_size": 300, "hidden_size": 16, "heads": 2, "chat_template": wanted})
        assert ("generation %}" in AutoTokenizer.from_pretrained(out).chat_template) is (wanted == "marks")


@pytest.mark.parametrize("bad", [{"vocab_size": 100}, {"hidden_size": 30, "heads": 4}])
def test_impossible_sizes_are_refused(tmp_path: Path, bad: dict[str, int]) -> None:
    with pytest.raises(LorchError, match="R012"):
        tiny.run({"out": str(tmp_path / "model"), **bad})
