"""Reads our sample datasets into canonical messages, independently of the TypeScript readers.

Rows that fit no format are flawed on purpose, and left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
_SPEAKERS = {"human": "user", "gpt": "assistant", "function_call": "assistant", "observation": "tool"}
_SPEAKERS |= {role: role for role in ("system", "developer", "user", "assistant", "tool")}
_TURN = re.compile(r"<\|im_start\|>(\w+)\n(.*?)<\|im_end\|>", re.DOTALL)


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The usable rows of one file as `{"messages", "tools"?}`."""
    for record in _records(path):
        messages = _messages(record) if isinstance(record, dict) else None
        if messages and all(_usable(message) for message in messages) and _answers(messages):
            tools = record.get("tools")
            yield {"messages": messages, **({"tools": tools} if isinstance(tools, list) and tools else {})}


def _records(path: Path) -> Iterator[Any]:
    text = path.read_text("utf-8-sig", "replace")
    if path.suffix == ".json":
        try:
            value = json.loads(text)
        except ValueError:
            return
        yield from value if isinstance(value, list) else []
        return
    for line in text.split("\n"):
        try:
            yield json.loads(line)
        except ValueError:
            continue


def _messages(record: dict[str, Any]) -> list[dict[str, Any]] | None:
    if isinstance(record.get("messages"), list):
        return [_canonical(message) for message in record["messages"]]
    if isinstance(record.get("conversations"), list):
        return [
            {"role": _SPEAKERS.get(str(turn.get("from")), ""), "content": turn.get("value")}
            for turn in record["conversations"]
            if isinstance(turn, dict)
        ]
    answer = next((record[key] for key in ("output", "response") if key in record), None)
    if isinstance(record.get("instruction"), str):
        question = record["instruction"]
        if record.get("input"):
            question += f"\n\n{record['input']}"
        return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    if isinstance(record.get("text"), str):
        return [{"role": role, "content": content} for role, content in _TURN.findall(record["text"])]
    return None


def _canonical(message: Any) -> dict[str, Any]:
    if not isinstance(message, dict):
        return {}
    kept = ("role", "content", "tool_calls", "tool_call_id", "name", "reasoning_content")
    canonical = {key: message[key] for key in kept if key in message}
    if message.get("train") is False or 0 in (message.get("weight"), message.get("loss_weight")):
        canonical["train"] = False
    if isinstance(canonical.get("content"), list):
        parts = [part for part in canonical["content"] if isinstance(part, dict)]
        canonical["content"] = [
            {"type": "text", "text": part["value"]} if "value" in part else part for part in parts
        ]
    return canonical


def _usable(message: dict[str, Any]) -> bool:
    content = message.get("content")
    if message.get("role") not in _SPEAKERS.values():
        return False
    if isinstance(content, list):
        return all(isinstance(part, dict) and part.get("type") == "text" for part in content)
    return isinstance(content, str) or bool(message.get("tool_calls"))


def _answers(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in messages if one["role"] == "assistant" and one.get("train") is not False]
