"""A tokenizer in which every letter is a token, so that tokens can be counted by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SPECIAL = ["<s>", "</s>", "<|im_start|>", "<|im_end|>"]


def make_letters(out: Path, bos: bool = False, **settings: Any) -> Path:
    """A tokenizer folder: bytes and the tokens of SPECIAL. `bos`: it puts `<s>` before plain text."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=len(SPECIAL) + len(alphabet),
        special_tokens=SPECIAL,
        initial_alphabet=alphabet,
        show_progress=False,
    )
    raw.train_from_iterator(["a"], trainer)
    if bos:
        raw.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=raw, **{"bos_token": "<s>", "eos_token": "</s>", **settings}
    )
    tokenizer.save_pretrained(out)
    return out
