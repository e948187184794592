"""Five kinds of small tokenizer, built here, with a template's control tokens added.

Each kind has a way of its own to go wrong at the border of an answer:
  bytes      byte-level BPE that splits at words (GPT-2)
  metaspace  BPE with byte fallback and a space before every piece of text (Llama 2)
  words      a vocabulary of whole words and single characters
  greedy     byte-level BPE without any split, so that tokens join a newline with the word after it
  lower      byte-level BPE after NFKC and lower case
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from facts import Facts
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

KINDS = ("bytes", "metaspace", "words", "greedy", "lower")
_WORD = r"\p{L}+|[\s\S]"
_TRAINING = (
    ['the answer is\nassistant\n\nuser: question\n\nprompt </think>\n\nfinal\n<tool_call>\n{"name": "get']
    * 40
    + [
        ">\nThe weather in Oslo.\n",
        ":\n\nThe\n\n\nYes, it is. ",
        "assistant\n\n  Answer\nAnswer ",
        "\n \n  \n",
    ]
    * 40
    + ['{"city": "Oslo", "days": 3}\n', "[/INST] Sure ", "### Response:\nIt ", "Assistant: Hello</"] * 40
)


def save(folder: Path, kind: str, source: str, facts: Facts, texts: Iterable[str] = ()) -> dict[int, bytes]:
    """Writes a model folder with a tokenizer and `source` as its chat template.

    `texts` become the vocabulary of kind `words`. Returns the bytes that each token id stands for.
    """
    from tokenizers import AddedToken
    from transformers import PreTrainedTokenizerFast

    raw = _words([*texts, source]) if kind == "words" else Tokenizer.from_str(_trained(kind))
    raw.add_special_tokens(
        [AddedToken(one, normalized=False, special=True) for one in ["<unk>", *facts.special]]
    )
    raw.add_tokens([AddedToken(one, normalized=False, special=False) for one in facts.plain])
    names = {"bos_token": facts.bos_token, "eos_token": facts.eos_token, "unk_token": "<unk>"}
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=raw, **{key: value for key, value in names.items() if value}
    )
    tokenizer.chat_template = source
    tokenizer.save_pretrained(folder)
    stops = [raw.token_to_id(one) for one in dict.fromkeys([facts.eos_token, *facts.stop_tokens])]
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": stops}))
    added = {number: token.content.encode() for number, token in tokenizer.added_tokens_decoder.items()}
    return {number: _bytes_of(kind, token) for token, number in raw.get_vocab().items()} | added


def normaliser(kind: str, facts: Facts) -> Any:
    """What a kind does to a text before it is cut into tokens; added tokens stay as they are."""
    if kind != "lower":
        return lambda text: text
    added = "|".join(re.escape(one) for one in sorted([*facts.special, *facts.plain], key=len, reverse=True))
    between = re.compile(f"({added})")

    def normalise(text: str) -> str:
        parts = between.split(text)
        parts[::2] = [unicodedata.normalize("NFKC", part).lower() for part in parts[::2]]
        return "".join(parts)

    return normalise


@cache
def _trained(kind: str) -> str:
    if kind == "metaspace":
        raw = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
        raw.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
        raw.decoder = decoders.Sequence(
            [
                decoders.Replace("▁", " "),
                decoders.ByteFallback(),
                decoders.Fuse(),
                decoders.Strip(" ", 1, 0),
            ]
        )
        alphabet, special = [], ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256))]
    else:
        raw = Tokenizer(models.BPE())
        raw.decoder = decoders.ByteLevel()
        raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=kind != "greedy")
        if kind == "lower":
            raw.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
        alphabet, special = sorted(pre_tokenizers.ByteLevel.alphabet()), ["<unk>"]
    trainer = trainers.BpeTrainer(
        vocab_size=800, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    raw.train_from_iterator(_TRAINING, trainer)
    if (
        kind == "metaspace"
    ):  # the trainer adds byte tokens as special ones, which would cut text that names them
        state = json.loads(raw.to_str())
        state["added_tokens"] = [token for token in state["added_tokens"] if token["content"] == "<unk>"]
        return json.dumps(state)
    return str(raw.to_str())


def _words(texts: list[str]) -> Tokenizer:
    found = {"<unk>": 0}
    for word in (word for text in texts for word in re.findall(r"[^\W\d_]+|.", text, re.DOTALL)):
        found.setdefault(word, len(found))
        for char in word:
            found.setdefault(char, len(found))
    for code in range(32, 127):
        found.setdefault(chr(code), len(found))
    raw = Tokenizer(models.WordLevel(found, unk_token="<unk>"))
    raw.pre_tokenizer = pre_tokenizers.Split(Regex(_WORD), "isolated")
    raw.decoder = decoders.Fuse()
    return raw


@cache
def _byte_of_char() -> dict[str, int]:
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {chr(256 + at): byte for at, byte in enumerate(others)}


def _bytes_of(kind: str, token: str) -> bytes:
    if kind == "words":
        return token.encode()
    if kind == "metaspace":
        if re.fullmatch(r"<0x[0-9A-F]{2}>", token):
            return bytes([int(token[3:5], 16)])
        return token.replace("▁", " ").encode()
    table = _byte_of_char()
    return bytes(table[char] for char in token) if all(char in table for char in token) else token.encode()
