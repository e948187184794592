"""Which text of a conversation a model would have written, told from the template's own renderings alone.

Nothing of lorch is used here. For an assistant message `i` of `messages`, whose conversation renders to T:
  start  the generation prompt is what `messages[:i]` renders to with `add_generation_prompt`; where that begins
         T, the answer starts behind it. Where it does not (templates rewrite earlier turns), the generation
         prompt's own text is looked for between the message before and the answer.
  parts  one part of one message (content, reasoning, a call's arguments) is replaced by a sentinel; where it
         stands, the part stood. So each message's content is known, too, that must not be trained.
  end    the first stop token behind the last part, before anything of the next message.
A place that cannot be told is None, and what depends on it is not judged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

Message = dict[str, Any]
Range = tuple[int, int]
_SENTINEL = "qzjSENTINELjzq"
_THINK = re.compile(r"(?:<[a-z:]*think(?:ing)?>|\[THINK\]|◁think▷|<\|START_THINKING\|>)\s*\Z")
_GENERATION = re.compile(r"\{%-?\s*generation\s*-?%\}")


@dataclass
class Turn:
    """Where one trained message stands in T. Trained must be `starts[1]` to `ends[0]`, may be `starts[0]` to `ends[1]`."""

    index: int
    starts: Range | None
    ends: Range | None
    stop: Range | None
    parts: list[Range]
    lost: list[str]
    """Parts of the message that the template does not write as they are."""

    @property
    def sure(self) -> bool:
        """Whether both its borders are known."""
        return self.starts is not None and self.ends is not None

    @property
    def exact(self) -> bool:
        """Whether both its borders are known to the character, white space before the end aside."""
        return self.starts is not None and self.ends is not None and self.starts[0] == self.starts[1]


@dataclass
class Expected:
    """One conversation as text, in one form of its messages."""

    text: str
    turns: list[Turn]
    others: dict[int, Range]
    """Content of the messages that must not be trained."""
    declarations: list[Range]
    marks: list[Range] | None


@dataclass
class Wrong:
    """One fault of a kept row."""

    kind: str
    message: int | None = None
    expected: str = ""
    trained: str = ""


@dataclass
class Kept:
    """One row as prepared, laid over the template's text: a flag for each character."""

    flags: bytearray
    appended: str = ""
    reports: set[str] = field(default_factory=set)


class Oracle:
    """One template with its special tokens and the tokens that end an answer."""

    def __init__(self, source: str, special: dict[str, str], stops: list[str]) -> None:
        from transformers.utils.chat_template_utils import render_jinja_template

        self._render, self._source, self._special = render_jinja_template, source, special
        self._stop = re.compile("|".join(re.escape(one) for one in sorted(stops, key=len, reverse=True)))
        self.stops = stops

    def render(self, messages: list[Message], tools: Any, prompt: bool = False) -> str | None:
        """The template's text, or None if it refuses."""
        try:
            texts, _ = self._render(
                [messages],
                tools=tools,
                chat_template=self._source,
                add_generation_prompt=prompt,
                **self._special,
            )
        except Exception:
            return None
        return str(texts[0])

    def expected(self, messages: list[Message], tools: Any, trained: list[int]) -> Expected | None:
        """What must be trained of a conversation, or None if the template refuses it."""
        text = self.render(messages, tools)
        if text is None:
            return None
        if len(messages) > 60:  # its contents are unique, and every rendering is long
            places = [_unique(text, as_text(message.get("content"))) for message in messages]
            looked_at = {*trained[:2], trained[len(trained) // 2], *trained[-2:]}
        else:
            places = [self._part(text, messages, tools, at, "content") for at in range(len(messages))]
            looked_at = {*trained}
        turns = [
            self._turn(text, messages, tools, at, places)
            if at in looked_at
            else Turn(at, None, None, None, [place for place in [places[at]] if place], [])
            for at in trained
        ]
        others = {at: place for at, place in enumerate(places) if place and at not in trained}
        declared = [found.span() for found in re.finditer("toolqq", text)] if tools else []
        return Expected(text, turns, others, declared, self._marks(messages, tools))

    def _marks(self, messages: list[Message], tools: Any) -> list[Range] | None:
        if not _GENERATION.search(self._source):
            return None
        _, ranges = self._render(
            [messages],
            tools=tools,
            chat_template=self._source,
            return_assistant_tokens_mask=True,
            **self._special,
        )
        return [(int(start), int(end)) for start, end in ranges[0]]

    def _replaced(
        self, messages: list[Message], tools: Any, at: int, message: Message
    ) -> tuple[str, str] | None:
        """What the template writes before and after a sentinel within message `at`."""
        other = self.render([*messages[:at], message, *messages[at + 1 :]], tools)
        if other is None or _SENTINEL not in other:
            return None
        return other.partition(_SENTINEL)[0], other.rpartition(_SENTINEL)[2]

    def _part(self, text: str, messages: list[Message], tools: Any, at: int, key: str) -> Range | None:
        if messages[at].get(key) is None:
            return None
        value = messages[at][key]
        new = [{"type": "text", "text": _SENTINEL}] if isinstance(value, list) else _SENTINEL
        around = self._replaced(messages, tools, at, {**messages[at], key: new})
        if around is None:
            return None
        before, after = around
        start, end = len(before), len(text) - len(after)
        exact = start <= end and text.startswith(before) and text.endswith(after)
        return (start, end) if exact else None

    def _after_thinking(self, text: str, messages: list[Message], tools: Any, at: int) -> Range | None:
        """Where the content behind a closing tag stands: templates take such content apart."""
        head, tag, tail = as_text(messages[at].get("content")).rpartition("</think>")
        if not tag or not tail.strip():
            return None
        around = self._replaced(messages, tools, at, {**messages[at], "content": f"{head}{tag}{_SENTINEL}"})
        if around is None or not text.endswith(around[1]):
            return None
        end = len(text) - len(around[1])
        start = text.rfind(tail.strip(), 0, end)
        return (start, end) if start >= 0 and start <= common(text, around[0]) else None

    def _calls(self, text: str, messages: list[Message], tools: Any, at: int) -> list[Range | None]:
        """Where the arguments of each call stand, to within the brackets around them."""
        found: list[Range | None] = []
        calls = messages[at].get("tool_calls") or []
        for number, call in enumerate(calls):
            value: Any = {_SENTINEL: _SENTINEL}
            if isinstance(call["function"]["arguments"], str):
                value = json.dumps(value)
            new = {**call, "function": {**call["function"], "arguments": value}}
            changed = {**messages[at], "tool_calls": [*calls[:number], new, *calls[number + 1 :]]}
            around = self._replaced(messages, tools, at, changed)
            if around is None:
                found.append(None)
                continue
            before, after = around
            start, end = common(text, before), len(text) - common(text[::-1], after[::-1])
            near = len(before) - start <= 60 and len(after) - (len(text) - end) <= 60
            found.append((min(start, end), max(start, end)) if near else None)
        return found

    def _turn(
        self, text: str, messages: list[Message], tools: Any, at: int, places: list[Range | None]
    ) -> Turn:
        message = messages[at]
        reasoning = self._part(text, messages, tools, at, "reasoning_content")
        calls = self._calls(text, messages, tools, at)
        content = places[at] or self._after_thinking(text, messages, tools, at)
        parts = [part for part in (reasoning, content, *calls) if part is not None]
        starts = self._starts(text, messages, tools, at, places, parts)
        stop, ends = self._ends(text, messages, tools, at, places, parts)
        if None in calls or (message.get("content") and content is None):
            stop, ends = None, None
        lost = list(self._lost(text, message, places[at], starts, ends))
        return Turn(at, starts, ends, stop, parts, lost)

    def _starts(
        self,
        text: str,
        messages: list[Message],
        tools: Any,
        at: int,
        places: list[Range | None],
        parts: list[Range],
    ) -> Range | None:
        opening = messages[:at] or [{"role": "user", "content": "q"}]
        plain = self.render(opening, tools) or ""
        prompt = self.render(opening, tools, prompt=True) or ""
        # The message as plain text shows the header that all answers share here.
        answer = {"role": "assistant", "content": _SENTINEL}
        around = self._replaced(messages, tools, at, answer)
        if around is None:
            around = self._replaced(messages[: at + 1], tools, at, answer)
        own = min([start for start, _ in parts], default=len(text))
        latest = min(own, common(text, around[0])) if around is not None else own
        added = prompt[len(plain) :] if prompt.startswith(plain) else self._prompt(prompt)
        if at and messages[at - 1]["role"] == "assistant":  # nobody asks a model twice: the header is a matter of taste
            found = text.rfind(added, 0, latest + len(added)) if added else -1
            return max(places[at - 1][1] if places[at - 1] else 0, found + len(added) if found >= 0 else 0), own
        if at and added and text.startswith(prompt):
            return (
                (min(latest, len(prompt)), len(prompt))
                if latest < len(prompt)
                else (len(prompt), len(prompt))
            )
        previous = max((place[1] for place in places[:at] if place), default=0)
        if at and not places[at - 1]:
            previous = max(previous, len(plain) if text.startswith(plain) else 0)
        if added:
            for size in range(len(added), 0, -1):
                header = text.rfind(added[:size], previous, latest + size)
                if header >= 0 and header + size <= max(latest, own):
                    # Where history has another header than the prompt, what stands between it and the answer may
                    # be trained or not.
                    end = header + size
                    if size == len(added):
                        return end, end
                    opened = _THINK.search(text, previous, min(end, latest))
                    return opened.start() if opened else min(end, latest), max(end, own)
            return None
        if around is None:
            return None
        if at and text.startswith(plain) and plain:
            blank = not text[len(plain) : latest].strip()
            return (
                (len(plain), latest)
                if blank and len(plain) <= latest
                else (_less_space(text, latest), latest)
            )
        return (_less_space(text, latest), latest) if latest >= previous else None

    def _prompt(self, prompt: str) -> str:
        """The generation prompt as it follows a lone question, if `prompt` ends with it."""
        ask = [{"role": "user", "content": "q"}]
        plain, asked = self.render(ask, None) or "", self.render(ask, None, prompt=True) or ""
        added = asked[len(plain) :] if asked.startswith(plain) else ""
        return added if prompt.endswith(added) else ""

    def _ends(
        self,
        text: str,
        messages: list[Message],
        tools: Any,
        at: int,
        places: list[Range | None],
        parts: list[Range],
    ) -> tuple[Range | None, Range | None]:
        last = at + 1 == len(messages)
        until = text if last else self.render(messages[: at + 1], tools) or ""
        body = max([end for _, end in parts], default=0)
        exact = bool(until) and text.startswith(until) and len(until) >= body
        following = next((place[0] for place in places[at + 1 :] if place), len(text) if last else None)
        if not parts and not exact:
            return None, None
        if not parts:  # an empty answer: its turn is all that `until` adds
            before = self.render(messages[:at], tools) or "" if at else ""
            body = common(before, until)
        limit = len(until) if exact else following
        if limit is None:
            return None, None
        found = self._stop.search(text, body, limit)
        if found is None and exact:
            gap = re.compile(r"\s*").match(text, limit)
            found = self._stop.match(text, gap.end() if gap else limit)
            if found is not None and text[body : found.start()].strip() and not last:
                found = found if not parts or messages[at].get("tool_calls") else None
        if found is not None:
            return found.span(), (found.end(), found.end())
        if not exact:
            return None, None
        return None, (_less_space(text, limit) if _less_space(text, limit) > body else body, limit)

    def _lost(
        self,
        text: str,
        message: Message,
        place: Range | None,
        starts: Range | None,
        ends: Range | None,
    ) -> Iterator[str]:
        content = as_text(message.get("content"))
        written = text[starts[0] if starts else 0 : ends[1] if ends else len(text)]
        moved = starts is not None and ends is not None and _letters(content) in _letters(written)
        if (
            content.strip()
            and not moved
            and (place is None or text[slice(*place)].strip() != content.strip())
        ):
            yield "content"
        for call in message.get("tool_calls") or []:
            if call["function"]["name"] not in written:
                yield "call"
            elif any(not _has(written, leaf) for leaf in _leaves(call["function"]["arguments"])):
                yield "arguments"


def judge(expected: Expected, kept: Kept) -> list[Wrong]:
    """What is wrong with a kept row whose text is `expected.text`."""
    text, flags = expected.text, kept.flags
    wrong: list[Wrong] = []
    allowed = bytearray(len(text))
    judged_outside = True
    for turn in expected.turns:
        starts, ends = turn.starts, turn.ends
        shown = (starts[0] if starts else 0, ends[1] if ends else len(text))

        def say(kind: str, turn: Turn = turn, shown: Range = shown) -> None:
            runs = _runs(text, flags, max(0, shown[0] - 60), shown[1] + 60)
            wrong.append(Wrong(kind, turn.index, text[slice(*shown)], runs))

        if turn.lost and "T015" not in kept.reports:
            say(f"template loses {turn.lost[0]}, not reported")
        for start, end in turn.parts:
            missing = [text[at] for at in range(start, end) if not flags[at]]
            if "".join(missing).strip():
                say("part of the answer not trained")
                break
        if starts is None or ends is None:
            judged_outside = False
            continue
        allowed[starts[0] : ends[1]] = b"\1" * max(0, ends[1] - starts[0])
        body_end = turn.stop[0] if turn.stop else ends[0]
        gaps = [
            at
            for at in range(starts[1], body_end)
            if not flags[at] and (expected.marks is None or any(a <= at < b for a, b in expected.marks))
        ]
        if gaps and (turn.parts or turn.stop) and not any(w.message == turn.index for w in wrong):
            blank = not "".join(text[at] for at in gaps).strip()
            say(
                "white space of the answer not trained" if blank else "text that the model writes not trained"
            )
        if turn.stop is not None and not all(flags[slice(*turn.stop)]):
            say("end of turn not trained" + (", T014 reported" if "T014" in kept.reports else ""))
        if turn.stop is None and "T014" not in kept.reports and not kept.appended:
            say("no end of turn, not reported")
    for index, place in expected.others.items():
        if any(flags[slice(*place)]):
            wrong.append(Wrong("another message is trained", index, "", _runs(text, flags, *place)))
    if any(any(flags[slice(*place)]) for place in expected.declarations):
        wrong.append(Wrong("a tool declaration is trained"))
    if judged_outside and not wrong:
        outside = [at for at in range(len(text)) if flags[at] and not allowed[at]]
        if outside:
            wrong.append(_outside(expected, flags, outside))
    return wrong


def _outside(expected: Expected, flags: bytearray, outside: list[int]) -> Wrong:
    text, first = expected.text, outside[0]
    nearest = min(
        expected.turns,
        key=lambda turn: min(abs(first - (turn.starts or (0,))[0]), abs(first - (turn.ends or (0,))[0])),
    )
    assert nearest.starts is not None and nearest.ends is not None
    where = "header" if abs(first - nearest.starts[0]) < abs(first - nearest.ends[1]) else "behind the end"
    blank = not "".join(text[at] for at in outside).strip()
    kind = {"header": "header trained", "behind the end": "text behind the end of turn trained"}[where]
    shown = (nearest.starts[0], nearest.ends[1])
    runs = _runs(text, flags, max(0, shown[0] - 60), shown[1] + 60)
    return Wrong(f"{kind} (white space)" if blank else kind, nearest.index, text[slice(*shown)], runs)


def forms(messages: list[Message]) -> Iterator[list[Message]]:
    """The messages in every form that a template may want: nulls left out or kept, arguments as object or text."""
    clean = [
        {key: value for key, value in one.items() if value is not None and key != "train"} for one in messages
    ]
    for one in clean:
        if isinstance(one.get("content"), list):
            one["content"] = as_text(one["content"])
    called = any(one.get("tool_calls") for one in clean)
    for content in ({}, {"content": ""}, {"content": None}) if called else ({},):
        for change in (_object, _json) if called else (_object,):
            yield [
                {**content, **one, "tool_calls": [change(call) for call in one["tool_calls"]]}
                if one.get("tool_calls")
                else one
                for one in clean
            ]
    yield [
        {**one, "content": [{"type": "text", "text": one["content"]}]}
        if isinstance(one.get("content"), str)
        else one
        for one in clean
    ]


def as_text(content: Any) -> str:
    """Content as one text."""
    if isinstance(content, list):
        return "".join(part["text"] for part in content)
    return content or ""


def common(left: str, right: str) -> int:
    """Length of the longest common beginning."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if left[:middle] == right[:middle] else (low, middle - 1)
    return low


def _object(call: dict[str, Any]) -> dict[str, Any]:
    arguments = call["function"]["arguments"]
    value = json.loads(arguments) if isinstance(arguments, str) else arguments
    return {**call, "function": {**call["function"], "arguments": value}}


def _json(call: dict[str, Any]) -> dict[str, Any]:
    arguments = call["function"]["arguments"]
    text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    return {**call, "function": {**call["function"], "arguments": text}}


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, str) and value[:1] == "{":
        value = json.loads(value)
    if isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    elif value is not None and not isinstance(value, bool):
        yield value


def _has(text: str, leaf: Any) -> bool:
    shown = leaf if isinstance(leaf, str) else str(leaf)
    options = [shown, json.dumps(leaf), json.dumps(leaf, ensure_ascii=False)]
    return any(one in text or one.strip('"') in text for one in options)


def _letters(text: str) -> str:
    """A text without white space and tags of thinking, which templates move."""
    return re.sub(r"</?think>|\s", "", text)


def _unique(text: str, content: str) -> Range | None:
    at = text.find(content)
    return (at, at + len(content)) if content and at >= 0 and text.find(content, at + 1) < 0 else None


def _less_space(text: str, at: int) -> int:
    return len(text[:at].rstrip())


def _runs(text: str, flags: bytearray, start: int, end: int) -> str:
    """A stretch of text with its trained runs between ⟦ and ⟧."""
    shown = []
    for on, run in groupby(range(start, min(end, len(text))), key=lambda at: flags[at]):
        piece = "".join(text[at] for at in run)
        shown.append(f"⟦{piece}⟧" if on else piece)
    return "".join(shown)
