"""About seventy conversations that templates and labels get wrong, in canonical form."""

from __future__ import annotations

from typing import Any

Message = dict[str, Any]
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Weather forecast toolqq for a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "name of the city"}},
            "required": ["city"],
        },
    },
}
ADD = {
    "type": "function",
    "function": {
        "name": "add_numbers",
        "description": "Adds toolqq numbers",
        "parameters": {"type": "object", "properties": {"a": {"type": "number"}, "b": {"type": "number"}}},
    },
}


def system(text: Any) -> Message:
    """A system message."""
    return {"role": "system", "content": text}


def user(text: Any) -> Message:
    """A user message."""
    return {"role": "user", "content": text}


def reply(text: Any, **more: Any) -> Message:
    """An assistant message."""
    return {"role": "assistant", "content": text, **more}


def call(name: str, arguments: Any, number: int = 1) -> dict[str, Any]:
    """One tool call; ids have nine characters, as Mistral wants them."""
    function = {"name": name, "arguments": arguments}
    return {"id": f"callid{number:03d}", "type": "function", "function": function}


def result(text: Any, name: str = "get_weather", number: int = 1) -> Message:
    """A tool's result."""
    return {"role": "tool", "name": name, "tool_call_id": f"callid{number:03d}", "content": text}


def conversations(long: int = 500) -> dict[str, dict[str, Any]]:
    """By name, `{"messages", "tools"?}`. `long` is the number of turns of the longest."""
    rows = {**_plain(), **_texts(), **_thinking(), **_tools(), **_labels()}
    turns: list[Message] = []
    for at in range(long):
        turns += [user(f"Question number {at} please"), reply(f"Answer number {at} indeed")]
    rows[f"{long} turns"] = {"messages": turns}
    return rows


def _plain() -> dict[str, dict[str, Any]]:
    hi, ho = user("What is the capital of Norway?"), reply("It is Oslo.")
    more = [
        user("And of Sweden?"),
        reply("That would be Stockholm."),
        user("Denmark too?"),
        reply("Copenhagen, yes."),
    ]
    rows: dict[str, list[Message]] = {
        "one turn": [hi, ho],
        "system": [system("Be brief and kind."), hi, ho],
        "three turns": [hi, ho, *more],
        "system, three turns": [system("Be brief and kind."), hi, ho, *more],
        "empty system": [system(""), hi, ho],
        "assistant first": [reply("Welcome to the desk."), hi, ho],
        "users in a row": [hi, user("Please hurry up."), ho],
        "assistants in a row": [hi, reply("Let me think."), ho],
        "system in the middle": [hi, ho, system("Now answer in French."), *more[:2]],
        "ends with user": [hi, ho, user("Thanks a lot!")],
        "ends with system": [hi, ho, system("The session ended.")],
        "developer": [{"role": "developer", "content": "Be brief and kind."}, hi, ho],
        "twelve turns": [m for at in range(12) for m in (user(f"Ask {at} now"), reply(f"Told {at} then"))],
        "user empty": [user(""), ho],
    }
    return {name: {"messages": messages} for name, messages in rows.items()}


def _texts() -> dict[str, dict[str, Any]]:
    answers = {
        "leading space": " It is Oslo.",
        "leading spaces": "   It is Oslo.",
        "leading newline": "\nThe answer is Oslo.",
        "leading newlines": "\n\n\nThe answer is Oslo.",
        "trailing space": "It is Oslo. ",
        "trailing newlines": "It is Oslo.\n\n",
        "space around": "\n  It is Oslo.  \n",
        "inner blank lines": "First.\n\n\n\nSecond.\n \n\tThird.",
        "emoji": "👩‍👩‍👧‍👦 Sure! 🇳🇴🎉",
        "CJK": "挪威的首都是奥斯陆。はい、そうです。",
        "right to left": "עיר הבירה היא אוסלו. مرحبا",
        "combining": "Cafe\u0301 and ﬁne A\u030a.",
        "one letter": "A",
        "digits": "1234567",
        "empty": "",
        "only spaces": "   ",
        "only newline": "\n",
        "header word": "assistant",
        "header words": "assistant\nuser\nmodel",
        "user": "user",
        "equal to the prompt": "What is the capital of Norway?",
        "part of the prompt": "Norway",
        "end token s": "It ends with </s> here.",
        "end token im_end": "Say <|im_end|>\n<|im_start|>user\nHi",
        "end token eot": "One <|eot_id|> two <|end|> three <|endoftext|> four",
        "end token gemma": "One <end_of_turn>\n<start_of_turn>user\n two",
        "inst": "Use [INST] and [/INST] for it.",
        "alpaca header": "Use\n\n### Instruction:\nHi\n\n### Response:\nHo",
        "role line": "Yes.\n\nUser: and then?\n\nAssistant: No.\nHuman: x",
        "think in content": "<think>First I wonder.</think>\n\nIt is Oslo.",
        "open think in content": "A tag <think> stands here alone.",
        "close think in content": "A tag </think> stands here alone.",
        "tool call in content": '<tool_call>\n{"name": "x", "arguments": {}}\n</tool_call>',
        "tool response in content": "<tool_response>fake</tool_response>",
        "braces": "{{ messages }} {% raw %} {# note #}",
        "html": "<b>It's</b> \"quoted\" & 'so' \\n \\\\ </b>",
        "long": "It is Oslo, and so on. " * 120,
        "code": "```python\ndef f(x):\n    return x\n```\n",
    }
    rows: dict[str, dict[str, Any]] = {}
    ask = user("What is the capital of Norway?")
    for name, answer in answers.items():
        later = [user("Anything else to say?"), reply("Nothing else to add.")]
        rows[f"answer: {name}"] = {"messages": [ask, reply(answer)]}
        if name in (
            "leading newline",
            "trailing newlines",
            "empty",
            "header word",
            "think in content",
            "end token s",
            "equal to the prompt",
        ):
            rows[f"earlier answer: {name}"] = {"messages": [ask, reply(answer), *later]}
    same = [user("Again?"), reply("Yes."), user("Again?"), reply("Yes."), user("Again?"), reply("Yes.")]
    rows["repeated answers"] = {"messages": same}
    rows["user holds end tokens"] = {
        "messages": [user("A </s> b <|im_end|>\nc <|eot_id|> d"), reply("Fine by me.")]
    }
    rows["user quotes the answer"] = {
        "messages": [
            user("Say: It is Oslo."),
            reply("It is Oslo."),
            user("It is Oslo."),
            reply("It is Oslo."),
        ]
    }
    rows["content parts"] = {
        "messages": [
            user([{"type": "text", "text": "What is "}, {"type": "text", "text": "it?"}]),
            reply([{"type": "text", "text": "It is a part."}]),
        ]
    }
    return rows


def _thinking() -> dict[str, dict[str, Any]]:
    def thought(text: str, number: int) -> Message:
        return reply(text, reasoning_content=f"Let me reason about step {number}.")

    asks = [user("Capital of Norway?"), user("Capital of Sweden?"), user("Capital of Denmark?")]
    names = ["Oslo it is.", "Stockholm it is.", "Copenhagen it is."]
    rows: dict[str, list[Message]] = {"reasoning": [asks[0], thought(names[0], 0)]}
    for label, which in (("last", {2}), ("first", {0}), ("middle", {1}), ("every", {0, 1, 2})):
        rows[f"reasoning on {label} of three"] = [
            message
            for at in range(3)
            for message in (asks[at], thought(names[at], at) if at in which else reply(names[at]))
        ]
    rows["reasoning with newlines"] = [asks[0], reply("Oslo.", reasoning_content="\nFirst.\n\nSecond.\n")]
    rows["reasoning, answer untrained before"] = [
        asks[0],
        {**reply(names[0]), "train": False},
        asks[1],
        thought(names[1], 1),
    ]
    return {name: {"messages": messages} for name, messages in rows.items()}


def _tools() -> dict[str, dict[str, Any]]:
    ask = user("Weather in Oslo, please?")
    oslo = call("get_weather", {"city": "Oslo"})
    after = [result('{"sky": "rainy"}'), reply("Rain is coming down.")]
    nested = {"city": "Ås", "opts": {"days": [1, 2], "unit": None, "deep": {"on": True}}, "t": 10.0, "z": 0.5}
    two = [oslo, call("add_numbers", {"a": 10.0, "b": 2}, 2)]
    both = [result("rainy weather"), result("12.0 sum", "add_numbers", 2)]
    thought = {"reasoning_content": "I need the forecast."}
    rows: dict[str, list[Message]] = {
        "call": [ask, reply(None, tool_calls=[oslo])],
        "call, content ''": [ask, reply("", tool_calls=[oslo])],
        "call, result, answer": [ask, reply(None, tool_calls=[oslo]), *after],
        "call '', result, answer": [ask, reply("", tool_calls=[oslo]), *after],
        "text and call": [ask, reply("Looking it up now.", tool_calls=[oslo]), *after],
        "nested arguments": [ask, reply(None, tool_calls=[call("get_weather", nested)]), *after],
        "no arguments": [ask, reply(None, tool_calls=[call("get_weather", {})]), *after],
        "arguments as text": [ask, reply(None, tool_calls=[call("get_weather", '{"city": "Oslo"}')]), *after],
        "unicode arguments": [
            ask,
            reply(None, tool_calls=[call("get_weather", {"city": '東京 🎉 "q" </s>'})]),
            *after,
        ],
        "two calls": [ask, reply(None, tool_calls=two), *both, reply("Both are done now.")],
        "two calls last": [ask, reply("", tool_calls=two)],
        "calls one by one": [
            ask,
            reply(None, tool_calls=[two[0]]),
            both[0],
            reply(None, tool_calls=[two[1]]),
            both[1],
            reply("All of it done."),
        ],
        "system, call": [
            system("Use the tools."),
            ask,
            reply(None, tool_calls=[oslo]),
            *after,
            user("Thanks!"),
            reply("Any time at all."),
        ],
        "reasoning and call": [ask, reply(None, tool_calls=[oslo], **thought), *after],
        "reasoning, text and call": [
            ask,
            reply("Looking.", tool_calls=[oslo], **thought),
            after[0],
            reply("Rain.", reasoning_content="The sky says rainy."),
        ],
        "result without name": [
            ask,
            reply(None, tool_calls=[oslo]),
            {"role": "tool", "tool_call_id": "callid001", "content": "rainy"},
            reply("Rain now."),
        ],
        "call trained, answer not": [
            ask,
            reply(None, tool_calls=[oslo]),
            after[0],
            {**after[1], "train": False},
        ],
        "answer trained, call not": [ask, {**reply(None, tool_calls=[oslo]), "train": False}, *after],
        "call then user": [
            ask,
            reply(None, tool_calls=[oslo]),
            *after,
            user("And tomorrow?"),
            reply(None, tool_calls=[call("get_weather", {"city": "Oslo tomorrow"}, 3)]),
        ],
    }
    made: dict[str, dict[str, Any]] = {
        name: {"messages": messages, "tools": [WEATHER, ADD]} for name, messages in rows.items()
    }
    made["call, no tools declared"] = {"messages": rows["call, result, answer"]}
    made["tools declared, not used"] = {"messages": [ask, reply("I cannot say.")], "tools": [WEATHER]}
    return made


def _labels() -> dict[str, dict[str, Any]]:
    def off(message: Message) -> Message:
        return {**message, "train": False}

    turns = [
        user("First question?"),
        reply("First answer."),
        user("Second question?"),
        reply("Second answer."),
        user("Third question?"),
        reply("Third answer."),
    ]
    rows = {
        "only last trained": [turns[0], off(turns[1]), turns[2], off(turns[3]), *turns[4:]],
        "only first trained": [*turns[:3], off(turns[3]), turns[4], off(turns[5])],
        "middle untrained": [*turns[:3], off(turns[3]), *turns[4:]],
        "untrained equal to trained": [user("Again?"), off(reply("Yes.")), user("Again?"), reply("Yes.")],
        "none trained": [turns[0], off(turns[1])],
        "only users": [turns[0]],
    }
    return {name: {"messages": messages} for name, messages in rows.items()}
