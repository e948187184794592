"""The templates that a row may be rendered with, and the choice that a config makes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..errors import LorchError
from .template import Template


class TemplateSet:
    """The templates a tokenizer may choose from: nearly always one, sometimes another for rows with tools."""

    def __init__(
        self,
        tokenizer: Any,
        kind: str,
        variables: dict[str, Any] | None = None,
        generation_ends: Iterable[str] = (),
        date: str | None = None,
    ) -> None:
        self.kind = kind
        self._date = date
        self._tokenizer = tokenizer
        self._variables = variables or {}
        self._generation_ends = list(generation_ends)
        self._by_source: dict[str, Template] = {}
        own = tokenizer.chat_template
        text = own if isinstance(own, str) else json.dumps(own, sort_keys=True)
        self.sha256 = hashlib.sha256(text.encode()).hexdigest()

    def used(self) -> list[Template]:
        """The templates that rows have asked for so far."""
        return list(self._by_source.values())

    def for_tools(self, tools: list[Any] | None) -> Template:
        """The template for a row with or without tools."""
        try:
            source = self._tokenizer.get_chat_template(None, tools)
        except ValueError as cause:
            raise LorchError("T001", str(cause).partition("\n")[0]) from cause
        if source not in self._by_source:
            self._by_source[source] = Template(
                source, self._tokenizer, self._variables, self._generation_ends, self._date
            )
        return self._by_source[source]


def choose_template(
    spec: dict[str, Any],
    tokenizer: Any,
    model_id: str,
    generation_ends: Iterable[str] = (),
    date: str | None = None,
) -> TemplateSet:
    """Sets the tokenizer's template as `{kind, source, variables}` asks, and returns it.

    `date` is the day that it takes for today.

    `auto` is the model's own. Our own templates open with BOS if the tokenizer puts one before plain text,
    because the base model has never seen text without it.
    """
    from .tokenizer import adds_bos

    kind = str(spec.get("kind") or "auto")
    variables = spec.get("variables") or {}
    if kind in ("auto", "model"):
        if not tokenizer.chat_template:
            raise LorchError("T001", f"the tokenizer of {model_id!r} has no chat template")
        kind = "model"
    elif kind == "file":
        if not isinstance(spec.get("source"), str) or not spec["source"].strip():
            raise LorchError("T004", "the template file is empty")
        tokenizer.chat_template = spec["source"]
    elif kind in ("chatml", "alpaca"):
        if kind == "alpaca" and tokenizer.eos_token is None:
            raise LorchError("T017", f"the tokenizer of {model_id!r} has no eos_token to end an answer with")
        source = (Path(__file__).parents[1] / "templates" / f"{kind}.jinja").read_text("utf-8").rstrip("\n")
        tokenizer.chat_template = ("{{- bos_token }}\n" if adds_bos(tokenizer) else "") + source
    else:
        raise LorchError("R012", f"there is no template kind {kind!r}")
    check_variables(variables, tokenizer.chat_template)
    return TemplateSet(tokenizer, kind, variables, generation_ends, date)


_OWNED = frozenset({"messages", "tools", "documents", "add_generation_prompt", "bos_token", "eos_token"})


def check_variables(variables: dict[str, Any], sources: str | dict[str, str]) -> None:
    """Raises T022 for a variable that no template reads, or that is not the user's to set."""
    if not variables:
        return
    from transformers.utils.chat_template_utils import _get_template_variables

    texts = [sources] if isinstance(sources, str) else list(sources.values())
    read: set[str] = set()
    for text in texts:
        try:
            read |= set(_get_template_variables(text))
        except Exception:  # a fault in the template is reported when it is compiled
            return
    known = sorted(
        read - _OWNED - {"raise_exception", "strftime_now", "namespace", "range", "dict", "cycler"}
    )
    for name in variables:
        if name in _OWNED:
            raise LorchError("T022", f"{name} is set by lorch", "remove it from `template_kwargs:`")
        if name not in read:
            hint = (
                f"it reads {', '.join(known)}"
                if known
                else "it reads no variables: remove `template_kwargs:`"
            )
            raise LorchError("T022", f"the chat template does not read {name}", hint)
