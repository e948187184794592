"""Runs `prepare` on rows given inline, and reads back what would be trained."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from lorch_trainer.commands import prepare
from lorch_trainer.tokens.sequences import SequenceFile

TEMPLATES = Path(__file__).resolve().parents[1] / "fixtures" / "templates"
CONTROL = [
    "<|begin_of_text|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eot_id|>",
    "<start_of_turn>",
    "<end_of_turn>",
    "[INST]",
    "[/INST]",
    "<|user|>",
    "<|assistant|>",
    "<|system|>",
    "<|end|>",
    "<|User|>",
    "<|Assistant|>",
    "</s>",
    "<s>",
]


# Runs of newlines and spaces become tokens of their own, as in real vocabularies.
_TEXT = ["a\n\nb\n\n\nc:\n\n  d\n  e    f\n\n\n\ng\n\n\n\n  h"] * 60 + [
    "the answer is assistant user question prompt"
] * 60


def make_tokenizer(out: Path, like: str = "qwen", **settings: Any) -> Path:
    """A tokenizer folder with every control token of the fixtures.

    `like`: "gpt2" (bytes, split at words), "qwen" (its split keeps newlines together, and text becomes NFC)
    or "llama2" (a space before every text, and BOS before all that is tokenised plainly).
    """
    from tokenizers import (
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
        trainers,
    )
    from transformers import PreTrainedTokenizerFast

    special = ["<unk>", "<s>", "</s>", "<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    special += [one for one in CONTROL if one not in special]
    if like == "llama2":
        raw = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
        raw.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
        raw.decoder = decoders.Sequence(
            [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
        )
        special += [f"<0x{byte:02X}>" for byte in range(256)]
        alphabet = []
    else:
        raw = Tokenizer(models.BPE())
        raw.decoder = decoders.ByteLevel()
        alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
        if like == "qwen":
            raw.normalizer = normalizers.NFC()
            words = Regex(
                r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
            )
            split = pre_tokenizers.Split(words, "isolated")
            raw.pre_tokenizer = pre_tokenizers.Sequence(
                [split, pre_tokenizers.ByteLevel(False, use_regex=False)]
            )
        else:
            raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=700, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    raw.train_from_iterator(_TEXT, trainer)
    if like == "llama2":
        raw.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=raw, **{"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", **settings}
    )
    tokenizer.save_pretrained(out)
    return out


def with_tokens(
    out: Path,
    model: Path,
    tokens: list[str],
    special: list[str] | None = None,
    stops: list[str] | None = None,
    **settings: str,
) -> Path:
    """A copy of a tokenizer with more tokens; `stops` become the ends of a generation_config.json."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model)
    tokenizer.add_tokens(tokens)
    tokenizer.add_tokens(special or [], special_tokens=True)
    for name, token in settings.items():
        setattr(tokenizer, name, token)
    tokenizer.save_pretrained(out)
    if stops is not None:
        ids = {"eos_token_id": tokenizer.convert_tokens_to_ids(stops)}
        (out / "generation_config.json").write_text(json.dumps(ids))
    return out


def template_file(name: str) -> dict[str, str]:
    """The `template` of a spec for one of the fixtures."""
    return {"kind": "file", "source": (TEMPLATES / f"{name}.jinja").read_text("utf-8")}


@dataclass
class Prepared:
    """A result of `prepare` and its files."""

    out: Path
    value: dict[str, Any]

    @property
    def tokenizer(self) -> Any:
        """The tokenizer as saved, chat template included."""
        from transformers import AutoTokenizer

        return AutoTokenizer.from_pretrained(self.out / "tokenizer")

    def file(self, split: str = "train") -> SequenceFile:
        return SequenceFile(self.out / f"{split}.safetensors")

    def trained(self, split: str = "train") -> dict[int, list[str]]:
        """By row, the text of each unbroken run of trained tokens."""
        tokenizer, file = self.tokenizer, self.file(split)
        found = {}
        for index, row in enumerate(file.row):
            pairs = zip(file.input_ids(index).tolist(), file.trained(index).tolist(), strict=True)
            runs = [[token for token, _ in run] for on, run in groupby(pairs, key=lambda p: p[1]) if on]
            found[int(row)] = [tokenizer.decode(run) for run in runs]
        return found

    def codes(self) -> dict[int, str]:
        """Row → code of the rows dropped."""
        return {drop["row"]: drop["code"] for drop in self.value["dropped"]}

    def found(self, code: str) -> list[dict[str, Any]]:
        return [finding for finding in self.value["findings"] if finding["code"] == code]


def run_prepare(
    folder: Path,
    model: Path,
    rows: list[Any],
    template: dict[str, Any] | None = None,
    max_length: int | None = None,
    validation: list[Any] | None = None,
    **settings: Any,
) -> Prepared:
    """Prepares rows: each a list of messages, `{"messages", "tools"}` or `{"text"}`; `times`, `template` too.

    `settings` join the spec.
    """
    folder.mkdir(parents=True, exist_ok=True)
    splits = {}
    number = 0
    for name, some in (("train", rows), ("validation", validation)):
        if some is None:
            continue
        path = folder / f"{name}.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for row in some:
                example = row if isinstance(row, dict) else {"messages": row}
                file.write(json.dumps({"row": number, **example}, ensure_ascii=False) + "\n")
                number += 1
        splits[name] = str(path)
    spec = {
        "model": {"id": str(model), "path": str(model), "revision": None, "trust_remote_code": False},
        "template": template or {"kind": "auto", "source": None},
        "max_length": max_length,
        "splits": splits,
        "out": str(folder / "out"),
        **settings,
    }
    return Prepared(folder / "out", prepare.run(spec))


def user(text: str, **more: Any) -> dict[str, Any]:
    return {"role": "user", "content": text, **more}


def system(text: str) -> dict[str, Any]:
    return {"role": "system", "content": text}


def assistant(text: str | None, **more: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": text, **more}


def call(name: str, arguments: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "arguments": arguments}}
