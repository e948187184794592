"""What ends a turn: the tokens at which a model stops writing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

END_OF_CALL = ("<|eom_id|>", "<|eom|>", "<|call|>")
"""Tokens that end a turn with a tool call (Llama 3.1, Llama 4, gpt-oss): inference engines stop at them."""


def first_of(stops: Iterable[str], text: str) -> str | None:
    """The stop that comes first in the text, the longest if several begin there."""
    found = [(text.find(stop), -len(stop), stop) for stop in stops if stop and stop in text]
    return min(found)[2] if found else None


def run_of_tokens(added: re.Pattern[str], text: str, named: list[str], not_in: str) -> str:
    """`text` up to the end of its first run of added tokens: up to a named stop in it, else all of the run.

    A token that is also in `not_in`, the text before an answer, opens the next turn and is left out, unless
    it is the first. Empty if there is no added token.
    """
    first = added.search(text)
    if first is None:
        return ""
    end = first.end()
    found = first
    while found.group() not in named:
        more = added.match(text, end)
        if more is None or more.group() in not_in:
            break
        found, end = more, more.end()
    return text[:end]


def generation_ends(model: dict[str, Any], tokenizer: Any) -> list[str]:
    """The tokens at which the model's generation_config.json stops; none if there is no such file."""
    raw = _generation_config(model)
    ids = raw.get("eos_token_id")
    numbers = ids if isinstance(ids, list) else [ids]
    size = len(tokenizer)
    tokens = [
        one for one in numbers if isinstance(one, int) and not isinstance(one, bool) and 0 <= one < size
    ]
    return [str(token) for token in tokenizer.convert_ids_to_tokens(tokens) if token]


def _generation_config(model: dict[str, Any]) -> dict[str, Any]:
    from transformers.utils import cached_file

    source, path = model.get("path") or model["id"], None
    try:
        path = cached_file(
            source,
            "generation_config.json",
            revision=model.get("revision") if not model.get("path") else None,
            _raise_exceptions_for_missing_entries=False,
            _raise_exceptions_for_connection_errors=False,
            _raise_exceptions_for_gated_repo=False,
        )
        raw = json.loads(Path(path).read_text("utf-8")) if path else {}
    except (OSError, ValueError):
        return {}
    return raw if isinstance(raw, dict) else {}
