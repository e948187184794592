"""Finds control tokens in the text of a row: they become the tokens themselves, as at inference."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

from .conversation import leaves
from .template import Message, any_of
from .template_limits import template_limits

_THINKING = ("<think>", "</think>")
"""Reasoning inside an answer's content: templates of thinking models read it there."""


class ControlTokens:
    """The control tokens of one tokenizer: its special tokens, and added tokens that its templates write.

    Not those in `wanted`: a row that holds a token which the config itself adds holds it on purpose.
    """

    def __init__(self, tokenizer: Any, wanted: Set[str] = frozenset()) -> None:
        added = tokenizer.added_tokens_decoder.values()
        literal = _template_text(tokenizer.chat_template)
        words = [
            token.content
            for token in added
            if token.content not in wanted
            and (token.special or (token.content.strip() and token.content in literal))
        ]
        self._any = any_of(words)
        self._in_answers = any_of([word for word in words if word not in _THINKING])

    def find(self, messages: list[Message], tools: Any) -> tuple[str, str] | None:
        """The first control token in the texts of a row, as (place, token)."""
        for index, message in enumerate(messages):
            pattern = self._in_answers if message["role"] == "assistant" else self._any
            for key, value in message.items():
                for text in _texts(value) if key != "role" else ():
                    if (found := pattern.search(text)) is not None:
                        return f"{key} of message {index}", found.group()
        for text in _texts(tools):
            if (found := self._any.search(text)) is not None:
                return "a tool declaration", found.group()
        return None


def _texts(value: Any) -> Iterator[str]:
    return (one for one in leaves(value) if isinstance(one, str))


def _template_text(template: Any) -> str:
    """The text that a template writes itself; of several templates, that of all."""
    from transformers.utils.chat_template_utils import _get_template_literal_text

    sources = [template] if isinstance(template, str) else list((template or {}).values())
    try:
        with template_limits():  # it is compiled here first
            return "\0".join(_get_template_literal_text(source) for source in sources)
    except Exception:  # a template that does not compile is reported as such when a row is rendered
        return ""
