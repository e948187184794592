"""Canonical messages as chat templates expect them, and whether a template wrote them."""

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


def template_forms(messages: list[Message]) -> Iterator[list[Message]]:
    """The messages in every form that templates may want; the first is what most take.

    Beside a call, content is left out, null, or empty. Call arguments are an object or JSON text. Content is
    text or a list of parts.
    """
    calls = [_without_empty_content(message) for message in messages]
    yield calls
    if calls != messages or any(message.get("tool_calls") for message in messages):
        beside: tuple[dict[str, Any], ...] = ({}, {"content": None}, {"content": ""})
        filled = [
            [{**content, **message} if message.get("tool_calls") else message for message in calls]
            for content in beside
        ]
        yield from filled[1:]
        for form in filled:
            yield [_map_arguments(message, _as_text) for message in form]
    yield [_as_parts(message) for message in calls]


def check_answer(body: str, message: Message, index: int) -> bool:
    """Whether the template left out a part of a message.

    `body` is the text that is trained of the message, without its end of turn. Raises RowRefusedError T007 if
    the template left out all of it, or a call.
    """
    for call in message.get("tool_calls") or []:
        _check_call(body, call.get("function") or {}, index)
    written = _squash(body)
    answer = _squash(_text_of(message.get("content")))
    reasoning = _squash(message.get("reasoning_content"))
    if answer in written:
        return bool(reasoning) and reasoning not in written
    if written and written in answer:
        return True
    raise RowRefusedError("T007", f"the template changes the text of message {index}, or leaves it out")


def _check_call(body: str, function: dict[str, Any], index: int) -> None:
    name, arguments = str(function.get("name", "")), function.get("arguments")
    if name not in body:
        raise RowRefusedError("T007", f"the template does not write the call of {name!r} in message {index}")
    if not arguments or not isinstance(arguments, (dict, str)):
        return
    if isinstance(arguments, dict) and str(arguments) in body and str(arguments) != json.dumps(arguments):
        raise RowRefusedError("T007", f"the template writes the arguments of {name!r} as Python, not JSON")
    squashed = _squash(body)
    for part in leaves(arguments):
        if not any(_squash(form) in squashed for form in _forms(part)):
            raise RowRefusedError(
                "T007",
                f"the template leaves out {str(part)[:40]!r} of the call of {name!r} in message {index}",
            )


def _forms(part: Any) -> set[str]:
    """How a key or a value of call arguments may stand in a text."""
    if isinstance(part, str):
        forms = {part, json.dumps(part, ensure_ascii=False)[1:-1], json.dumps(part)[1:-1]}
        return forms | {json.dumps(form, ensure_ascii=False)[1:-1] for form in forms}
    short = {str(int(part))} if isinstance(part, float) and part.is_integer() else set()
    return {str(part), json.dumps(part)} | short


def leaves(value: Any) -> Iterator[Any]:
    """Every key, string, number and boolean in JSON data."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    elif value is not None:
        yield value


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


def _without_empty_content(message: Message) -> Message:
    if message.get("tool_calls") and not message.get("content"):
        return {key: value for key, value in message.items() if key != "content"}
    return message


def _as_parts(message: Message) -> Message:
    content = message.get("content")
    return (
        {**message, "content": [{"type": "text", "text": content}]} if isinstance(content, str) else message
    )


def _text_of(content: Any) -> str:
    return "".join(part["text"] for part in content) if isinstance(content, list) else content or ""


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


def _squash(text: Any) -> str:
    """Text without white space and thinking tags, which templates add and trim at will."""
    squashed = "".join(str(text).split()) if text else ""
    return squashed.replace("<think>", "").replace("</think>", "")
