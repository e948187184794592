"""`tiny`: a small random Llama with its own tokenizer, for tests and the quick start. Deterministic."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .. import stdio
from ..errors import LorchError

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
CHATML = (
    "{%- for message in messages %}"
    "{{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
)
_SAMPLE = Path(__file__).parents[1] / "templates" / "sample.txt"


def run(spec: dict[str, Any]) -> dict[str, Any]:
    """Writes a model folder to `out`.

    `texts`: text, JSON or JSONL files that the tokenizer is trained on (null: a built-in sample).
    `chat_template`: true for ChatML without generation marks, "marks" for our own with them, false for none.
    """
    with stdio.spec_fields("tiny"):
        out = Path(spec["out"])
    tokenizer = _train_tokenizer(spec.get("texts"), int(spec.get("vocab_size", 512)))
    config = _config(spec, len(tokenizer))
    tokenizer.chat_template = _chat_template(spec.get("chat_template", True))
    out.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(out)
    parameters = _write_model(config, out, int(spec.get("seed", 0)))
    return {
        "out": str(out),
        "parameters": parameters,
        "vocab_size": config.vocab_size,
        "files": sorted(path.name for path in out.iterdir()),
    }


def _config(spec: dict[str, Any], vocab_size: int) -> Any:
    from transformers import LlamaConfig

    hidden = int(spec.get("hidden_size", 64))
    heads = int(spec.get("heads", 4))
    if hidden % heads or (hidden // heads) % 2:
        raise LorchError("R012", f"hidden_size {hidden} must be an even multiple of heads {heads}")
    return LlamaConfig(
        vocab_size=vocab_size,
        hidden_size=hidden,
        intermediate_size=int(spec.get("intermediate_size", hidden * 2)),
        num_hidden_layers=int(spec.get("layers", 2)),
        num_attention_heads=heads,
        num_key_value_heads=int(spec.get("kv_heads", heads)),
        max_position_embeddings=2048,
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=SPECIAL.index("<|im_end|>"),
        pad_token_id=SPECIAL.index("<|endoftext|>"),
    )


def _write_model(config: Any, out: Path, seed: int) -> int:
    import torch
    from transformers import GenerationConfig, LlamaForCausalLM

    state = torch.random.get_rng_state()
    torch.manual_seed(seed)
    model = LlamaForCausalLM(config).to(torch.float32)
    torch.random.set_rng_state(state)
    ends = [SPECIAL.index("<|im_end|>"), SPECIAL.index("<|endoftext|>")]
    model.generation_config = GenerationConfig(eos_token_id=ends, pad_token_id=SPECIAL.index("<|endoftext|>"))
    model.save_pretrained(out)
    return int(sum(parameter.numel() for parameter in model.parameters()))


def _train_tokenizer(texts: list[str] | None, vocab_size: int) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    alphabet = pre_tokenizers.ByteLevel.alphabet()
    if vocab_size < len(alphabet) + len(SPECIAL):
        raise LorchError("R012", f"vocab_size {vocab_size} is less than {len(alphabet) + len(SPECIAL)} bytes")
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size, special_tokens=SPECIAL, initial_alphabet=sorted(alphabet), show_progress=False
    )
    bpe.train_from_iterator(_read_texts([Path(text) for text in texts] if texts else [_SAMPLE]), trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe, eos_token="<|im_end|>", pad_token="<|endoftext|>", model_max_length=2048
    )


def _read_texts(files: list[Path]) -> Iterator[str]:
    for file in files:
        text = file.read_text("utf-8")
        if file.suffix == ".json":
            yield from _strings(json.loads(text))
        elif file.suffix == ".jsonl":
            for line in text.splitlines():
                try:
                    yield from _strings(json.loads(line))
                except ValueError:  # some datasets have invalid rows; the tokenizer can learn from them
                    yield line
        else:
            yield text


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _chat_template(wanted: Any) -> str | None:
    if wanted == "marks":
        return (Path(__file__).parents[1] / "templates" / "chatml.jinja").read_text("utf-8").rstrip("\n")
    return CHATML if wanted else None
