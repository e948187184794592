"""Canonical messages as chat templates expect them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .template import Message


class RowRefusedError(Exception):
    """A row that cannot be trained correctly: `code` says why, and the row is dropped with it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def template_messages(messages: list[Message]) -> list[Message]:
    """Messages without nulls and without our own `train`, content parts joined, call arguments as objects.

    Raises RowRefusedError T006 for content that is not text.
    """
    return [_template_message(message, index) for index, message in enumerate(messages)]


def trained_turns(messages: list[Message]) -> list[int]:
    """Indices of the assistant messages to train on."""
    return [
        index
        for index, message in enumerate(messages)
        if message["role"] == "assistant" and message.get("train") is not False
    ]


def tool_call_forms(messages: list[Message]) -> Iterator[list[Message]]:
    """The messages in every form in which templates may want tool calls; only one where there are none.

    Arguments as an object or as JSON text; beside a call, content left out, empty, or null.
    """
    yield messages
    if not any(message.get("tool_calls") for message in messages):
        return
    for content in ({}, {"content": ""}, {"content": None}):
        filled = [{**content, **message} if message.get("tool_calls") else message for message in messages]
        if content:
            yield filled
        yield [_map_arguments(message, _as_text) for message in filled]


def _template_message(message: Message, index: int) -> Message:
    # Nulls go because templates print them: transformers drops them in apply_chat_template as well.
    clean = {key: value for key, value in message.items() if value is not None and key != "train"}
    if isinstance(clean.get("content"), list):
        clean["content"] = _join_parts(clean["content"], index)
    return _map_arguments(clean, _as_object)


def _join_parts(parts: list[Any], index: int) -> str:
    texts = []
    for part in parts:
        kind = part.get("type") if isinstance(part, dict) else type(part).__name__
        if kind != "text" or not isinstance(part.get("text"), str):
            raise RowRefusedError(
                "T006", f"message {index} holds a part of type {kind!r}; only text is trained"
            )
        texts.append(part["text"])
    return "".join(texts)


def _map_arguments(message: Message, change: Any) -> Message:
    calls = message.get("tool_calls")
    if not calls:
        return {key: value for key, value in message.items() if key != "tool_calls"}
    changed = []
    for call in calls:
        function = call.get("function") or {}
        changed.append({**call, "function": {**function, "arguments": change(function.get("arguments", {}))}})
    return {**message, "tool_calls": changed}


def _as_object(arguments: Any) -> Any:
    if not isinstance(arguments, str):
        return arguments
    try:
        value = json.loads(arguments)
    except ValueError:
        return arguments
    return value if isinstance(value, dict) else arguments


def _as_text(arguments: Any) -> Any:
    return arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
