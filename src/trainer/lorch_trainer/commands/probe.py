"""`template`: tries a chat template on small conversations, and reports which parts can be trained."""

from __future__ import annotations

from typing import Any

from .. import stdio
from ..tokens.conversation import RowRefusedError, template_messages
from ..tokens.rendering import render_trained
from ..tokens.spans import close_last
from ..tokens.stops import generation_ends
from ..tokens.template import Message
from ..tokens.template_set import TemplateSet, choose_template
from ..tokens.tokenizer import load_tokenizer
from ..tokens.train_on import trained_turns

_TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "Its name"}},
            "required": ["city"],
        },
    },
}
_ASK: Message = {"role": "user", "content": "How is the weather in Oslo?"}
_SAY: Message = {"role": "assistant", "content": "It rains in Oslo."}
_MORE: Message = {"role": "user", "content": "And in Bergen?"}
_RESULT: Message = {"role": "tool", "name": "get_weather", "tool_call_id": "a1b2c3d4e", "content": "rain"}


def _call(**fields: Any) -> Message:
    function = {"name": "get_weather", "arguments": {"city": "Oslo"}}
    return {
        "role": "assistant",
        "tool_calls": [{"id": "a1b2c3d4e", "type": "function", "function": function}],
        **fields,
    }


_THOUGHT = "They want the weather."
# part of a row → a conversation that has it, and its tools
_PARTS: dict[str, tuple[list[Message], list[Any] | None]] = {
    "answer": ([_ASK, _SAY], None),
    "turns": ([_ASK, _SAY, _MORE, {"role": "assistant", "content": "Not there."}], None),
    "system": ([{"role": "system", "content": "Be brief."}, _ASK, _SAY], None),
    "reasoning": ([_ASK, {**_SAY, "reasoning_content": _THOUGHT}], None),
    "calls": ([_ASK, _call(), _RESULT, _SAY], [_TOOL]),
    "reasoning_and_calls": ([_ASK, _call(reasoning_content=_THOUGHT), _RESULT, _SAY], [_TOOL]),
}


def run(spec: dict[str, Any]) -> dict[str, Any]:
    """Tries the template of `{model, template}` on each part of a row.

    Returns `parts`: by name `{trained, reason}`. `trained` is false if such a row would be refused, or if the
    template leaves that part out. Also `stops`, the tokens that end a turn; `added_end`, the one that lorch
    adds because the template writes none; `prompt`, what inference adds to a row without reasoning; and
    `writes_date`, whether the text depends on the day.
    """
    with stdio.spec_fields("template"):
        model, template = spec["model"], spec.get("template") or {}
    tokenizer = load_tokenizer(model)
    templates = choose_template(template, tokenizer, str(model["id"]), generation_ends(model, tokenizer))
    found: dict[str, Any] = {
        "stops": [],
        "added_end": "",
        "prompt": "",
        "ends_turns": True,
        "writes_date": False,
    }
    parts = {name: _try(templates, *row, found) for name, row in _PARTS.items()}
    return {"kind": templates.kind, "parts": parts, **found}


def _try(
    templates: TemplateSet, messages: list[Message], tools: list[Any] | None, found: dict[str, Any]
) -> dict[str, Any]:
    template = templates.for_tools(tools)
    found["stops"] = template.stops
    try:
        rendered = render_trained(
            template, templates.kind, template_messages(messages), tools, trained_turns(messages, "answers")
        )
    except RowRefusedError as refused:
        return {"trained": False, "reason": refused.message}
    close_last(rendered, template.generation_end)
    found["writes_date"] = found["writes_date"] or template.wrote_date
    found["added_end"] = found["added_end"] or rendered.appended
    found["prompt"] = found["prompt"] or rendered.opened
    found["ends_turns"] = found["ends_turns"] and not rendered.open_turns
    if rendered.shortened:
        return {"trained": False, "reason": "the template leaves it out"}
    system = next((one["content"] for one in messages if one["role"] == "system"), "")
    if system not in rendered.text:
        return {"trained": False, "reason": "the template leaves out the system message"}
    return {"trained": True, "reason": ""}
