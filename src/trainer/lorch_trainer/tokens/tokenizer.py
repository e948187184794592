"""Loads the model's tokenizer and gives it a fingerprint."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from ..errors import LorchError, from_exception

MAX_BYTES = 1 << 29
"""Fifteen times the largest tokenizers of published models."""


def load_tokenizer(model: dict[str, Any]) -> Any:
    """The fast tokenizer of `{id, path, revision, trust_remote_code}`, without truncation or padding."""
    from transformers import AutoTokenizer

    source = model.get("path") or model["id"]
    _refuse_huge(Path(source) / "tokenizer.json", str(model["id"]))
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            source,
            revision=model.get("revision") if not model.get("path") else None,
            trust_remote_code=bool(model.get("trust_remote_code")),
        )
    except Exception as cause:
        failure = from_exception(cause, str(model["id"]))
        if failure.code == "R099":
            reason = str(cause).strip().partition("\n")[0]
            failure = LorchError("T002", f"the tokenizer of {model['id']!r} cannot be loaded: {reason}")
        raise failure from cause
    if not getattr(tokenizer, "is_fast", False):
        raise LorchError("T003", f"the tokenizer of {model['id']!r} has no fast version")
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    return tokenizer


def _refuse_huge(file: Path, model: str) -> None:
    """Raises T002 for a file that would be read for minutes, into all of the memory."""
    size = file.stat().st_size if file.is_file() else 0
    if size > MAX_BYTES:
        raise LorchError(
            "T002", f"tokenizer.json of {model!r} has {size:,} bytes; up to {MAX_BYTES:,} are read"
        )


def tokenizer_sha256(tokenizer: Any) -> str:
    """SHA-256 over all that decides which ids a text becomes: tokenizer.json and the special tokens."""
    digest = hashlib.sha256(tokenizer.backend_tokenizer.to_str().encode())
    special = {key: str(value) for key, value in tokenizer.special_tokens_map.items()}
    digest.update(json.dumps(special, sort_keys=True).encode())
    return digest.hexdigest()


def adds_bos(tokenizer: Any) -> bool:
    """Whether the tokenizer puts its BOS before plain text by itself (Llama does, Qwen does not)."""
    bos = tokenizer.bos_token_id
    return bos is not None and bos in tokenizer("a")["input_ids"][:1]
