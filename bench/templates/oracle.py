"""Which text of a conversation a model would have written, told from the template's own renderings alone.

Nothing of lorch is used here. For an assistant message `i` of `messages`, whose conversation renders to T:
  start  the generation prompt is what `messages[:i]` renders to with `add_generation_prompt`; if T begins
         with that, the answer starts after it. If not (templates rewrite earlier turns), the text of the
         generation prompt is looked for between the message before and the answer.
  parts  one part of one message (content, reasoning, a call's arguments) is replaced by a sentinel; where it
         stands, the part stood. So each message's content is known, too, that must not be trained.
  end    the first stop token after the last part, before anything of the next message.
A place that cannot be told is None, and what depends on it is not judged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Message = dict[str, Any]
Range = tuple[int, int]
_SENTINEL = "qzjSENTINELjzq"
_THINK = re.compile(r"(?:<[a-z:]*think(?:ing)?>|\[THINK\]|◁think▷|<\|START_THINKING\|>|<[^<>\n]{0,20})\s*\Z")
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d\d [A-Za-z]{3} \d{4}|[A-Za-z]+ \d\d, \d{4}|\d\d:\d\d(?::\d\d)?")
_QUESTION = {"role": "user", "content": "q"}
_GENERATION = re.compile(r"\{%-?\s*generation\s*-?%\}")


@dataclass
class Turn:
    """Where one trained message stands in T.

    Trained must be `starts[1]` to `ends[0]`; `starts[0]` to `ends[1]` may be.
    """

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
class _Row:
    """A conversation with its text, and where the content of each message is in it."""

    text: str
    messages: list[Message]
    tools: Any
    places: list[Range | None]

    def calls(self, at: int) -> list[Any]:
        return self.messages[at].get("tool_calls") or []


class Oracle:
    """One template with its special tokens and the tokens that end an answer."""

    def __init__(self, source: str, special: dict[str, str], stops: list[str]) -> None:
        from transformers.utils.chat_template_utils import render_jinja_template

        self._render, self._source, self._special = render_jinja_template, source, special
        self._stop = re.compile("|".join(re.escape(one) for one in sorted(stops, key=len, reverse=True)))
        self.stops = stops
        self._texts: dict[str, str | None] = {}

    def render(self, messages: list[Message], tools: Any, prompt: bool = False) -> str | None:
        """The template's text, or None if it refuses."""
        key = json.dumps([messages, tools, prompt])
        if key not in self._texts:
            try:
                texts, _ = self._render(
                    [messages],
                    tools=tools,
                    chat_template=self._source,
                    add_generation_prompt=prompt,
                    **self._special,
                )
                text = str(texts[0])
                self._texts[key] = without_dates(text) if "strftime_now" in self._source else text
            except Exception:
                self._texts[key] = None
        return self._texts[key]

    def expected(self, messages: list[Message], tools: Any, trained: list[int]) -> Expected | None:
        """What must be trained of a conversation, or None if the template refuses it."""
        text = self.render(messages, tools)
        if text is None:
            return None
        row = _Row(text, messages, tools, [])
        looked_at = {*trained}
        if len(messages) > 60:  # its contents are unique, and every rendering is long
            row.places = [_unique(text, as_text(message.get("content"))) for message in messages]
            looked_at = {*trained[:2], trained[len(trained) // 2], *trained[-2:]}
        else:
            row.places = [self._part(row, at, "content") for at in range(len(messages))]
        places = row.places
        turns = [
            self._turn(row, at)
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

    def _replaced(self, row: _Row, at: int, message: Message, cut: bool = False) -> tuple[str, str] | None:
        """What the template writes around a sentinel in `message`, which replaces message `at`."""
        following = [] if cut else row.messages[at + 1 :]
        other = self.render([*row.messages[:at], message, *following], row.tools)
        if other is None or _SENTINEL not in other:
            return None
        return other.partition(_SENTINEL)[0], other.rpartition(_SENTINEL)[2]

    def _part(self, row: _Row, at: int, key: str) -> Range | None:
        """Where a text of message `at` stands: all around it stays the same if a sentinel takes its place."""
        value = row.messages[at].get(key)
        if value is None:
            return None
        new = [{"type": "text", "text": _SENTINEL}] if isinstance(value, list) else _SENTINEL
        around = self._replaced(row, at, {**row.messages[at], key: new})
        if around is None:
            return None
        start, end = len(around[0]), len(row.text) - len(around[1])
        exact = start <= end and row.text.startswith(around[0]) and row.text.endswith(around[1])
        return (start, end) if exact else None

    def _after_thinking(self, row: _Row, at: int) -> Range | None:
        """Where the content after a closing tag stands: templates take such content apart."""
        head, tag, tail = as_text(row.messages[at].get("content")).rpartition("</think>")
        if not tag or not tail.strip():
            return None
        around = self._replaced(row, at, {**row.messages[at], "content": f"{head}{tag}{_SENTINEL}"})
        if around is None or not row.text.endswith(around[1]):
            return None
        end = len(row.text) - len(around[1])
        start = row.text.rfind(tail.strip(), 0, end)
        return (start, end) if 0 <= start <= common(row.text, around[0]) + len(tail) else None

    def _calls(self, row: _Row, at: int) -> list[Range | None]:
        """Where the arguments of each call stand, to within the brackets around them."""
        found: list[Range | None] = []
        calls = row.messages[at].get("tool_calls") or []
        for number, call in enumerate(calls):
            value: Any = {_SENTINEL: _SENTINEL}
            if isinstance(call["function"]["arguments"], str):
                value = json.dumps(value)
            new = {**call, "function": {**call["function"], "arguments": value}}
            changed = [*calls[:number], new, *calls[number + 1 :]]
            around = self._replaced(row, at, {**row.messages[at], "tool_calls": changed})
            if around is None:
                found.append(None)
                continue
            before, after = around
            start, end = common(row.text, before), len(row.text) - common(row.text[::-1], after[::-1])
            near = len(before) - start <= 60 and len(after) - (len(row.text) - end) <= 60
            found.append((min(start, end), max(start, end)) if near else None)
        return found

    def _turn(self, row: _Row, at: int) -> Turn:
        message = row.messages[at]
        calls = self._calls(row, at)
        content = row.places[at] or self._after_thinking(row, at)
        reasoning = self._part(row, at, "reasoning_content")
        parts = [part for part in (reasoning, content, *calls) if part is not None]
        starts = self._starts(row, at, min([start for start, _ in parts], default=len(row.text)))
        stop, ends = self._ends(row, at, parts)
        if None in calls or (message.get("content") and content is None):
            stop, ends = None, None
        lost = list(self._lost(row, at, starts, ends))
        return Turn(at, starts, ends, stop, parts, lost)

    def _starts(self, row: _Row, at: int, own: int) -> Range | None:
        """Where message `at` may begin, of which `own` is the first character of its own."""
        text = row.text
        opening = row.messages[:at] or [_QUESTION]
        plain = self.render(opening, row.tools) or ""
        prompt = self.render(opening, row.tools, prompt=True) or ""
        # The message as plain text shows the header that all answers share here.
        answer = {"role": "assistant", "content": _SENTINEL}
        around = self._replaced(row, at, answer) or self._replaced(row, at, answer, cut=True)
        latest = min(own, _token_start(text, common(text, around[0]))) if around is not None else own
        added = prompt[len(plain) :] if prompt.startswith(plain) else self._prompt_of(prompt)
        previous = max((place[1] for place in row.places[:at] if place), default=0)
        if at and row.messages[at - 1]["role"] == "assistant":
            # Nobody asks a model twice in a row: whether a second header is the model's own is left open.
            found = text.rfind(added, previous, latest + len(added)) if added else -1
            return max(previous, found + len(added) if found >= 0 else 0), own
        if at and added and text.startswith(prompt):
            return min(latest, len(prompt)), len(prompt)
        if at and not row.places[at - 1] and text.startswith(plain):
            previous = max(previous, len(plain))
        if added:
            return self._behind_prompt(text, added, previous, latest, own)
        if around is None:
            return None
        if at and plain and text.startswith(plain) and not text[len(plain) : latest].strip():
            # A header that the generation prompt leaves out here, but not elsewhere, is left open.
            header = self._prompt_of("")
            latest += len(header) if header and text.startswith(header, latest) else 0
            return min(len(plain), latest), max(len(plain), latest)
        if at and plain and text.startswith(plain) and text[len(plain) : latest] != self._header():
            return len(plain), max(len(plain), latest)
        shared = _token_start(text, common(text, plain)) if at and not text.startswith(plain) else latest
        if previous <= shared < latest:  # a template that always writes the generation prompt
            return shared, latest
        return (_less_space(text, latest), latest) if latest >= previous else None

    def _header(self) -> str:
        """The text before the answer to a lone question that is not part of the generation prompt."""
        plain = self.render([_QUESTION], None) or ""
        whole = self.render([_QUESTION, {"role": "assistant", "content": _SENTINEL}], None) or ""
        return whole.partition(_SENTINEL)[0][len(plain) :]

    def _behind_prompt(self, text: str, added: str, previous: int, latest: int, own: int) -> Range | None:
        """Where the generation prompt `added`, or as much of it as history holds, ends in the text."""
        for size in range(len(added), 0, -1):
            header = text.rfind(added[:size], previous, latest + size)
            end = header + size
            if header < 0 or end > max(latest, own):
                continue
            if size == len(added):
                return end, end
            # History has another header than the prompt: what stands between it and the answer is left open.
            end = min(end, latest)
            opened = _THINK.search(text, previous, end)
            return opened.start() if opened else end, max(end, own)
        return None

    def _prompt_of(self, prompt: str) -> str:
        """The generation prompt as it follows a lone question, if `prompt` is empty or ends with it."""
        plain, asked = self.render([_QUESTION], None) or "", self.render([_QUESTION], None, prompt=True) or ""
        added = asked[len(plain) :] if asked.startswith(plain) else ""
        return added if not prompt or prompt.endswith(added) else ""

    def _ends(self, row: _Row, at: int, parts: list[Range]) -> tuple[Range | None, Range | None]:
        """The stop token of message `at`, and where the message may end."""
        text, last = row.text, at + 1 == len(row.messages)
        until = text if last else self.render(row.messages[: at + 1], row.tools) or ""
        body = max([end for _, end in parts], default=0)
        exact = bool(until) and text.startswith(until) and len(until) >= body
        following = next((place[0] for place in row.places[at + 1 :] if place), None)
        limit = len(until) if exact else following
        if limit is None or not (parts or exact):
            return None, None
        if not parts:  # an empty answer: its turn is all that `until` adds
            body = common(self.render(row.messages[:at], row.tools) or "", until) if at else 0
        found = self._stop.search(text, body, limit)
        if found is None and exact:  # a stop that only the next message writes, as GLM's `<|user|>`
            found = self._stop.match(text, len(text) - len(text[limit:].lstrip()))
            if found is not None and parts and text[body : found.start()].strip() and not row.calls(at):
                found = None
        if found is not None:
            return found.span(), (found.end(), found.end())
        return None, (max(body, _less_space(text, limit)), limit) if exact else None

    def _lost(self, row: _Row, at: int, starts: Range | None, ends: Range | None) -> Iterator[str]:
        """Which parts of message `at` the template does not write as they are."""
        message, text, place = row.messages[at], row.text, row.places[at]
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


def forms(messages: list[Message]) -> Iterator[list[Message]]:
    """The messages in every form that a template may want: nulls left out, arguments as object or text."""
    clean = [
        {key: value for key, value in one.items() if value is not None and key != "train"} for one in messages
    ]
    for one in clean:
        if isinstance(one.get("content"), list):
            one["content"] = as_text(one["content"])
    called = any(one.get("tool_calls") for one in clean)
    yield clean
    for content in ({}, {"content": ""}, {"content": None}) if called else ():
        for change in (_object, _json):
            yield [
                {**content, **_filled(one), "tool_calls": [change(call) for call in one["tool_calls"]]}
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


def _filled(message: Message) -> Message:
    """A message without content that is empty."""
    return {key: value for key, value in message.items() if key != "content" or value}


def as_text(content: Any) -> str:
    """Content as one text."""
    if isinstance(content, list):
        return "".join(part["text"] for part in content)
    return content or ""


def without_dates(text: str) -> str:
    """A text with today's date and time blanked out, as long as before: two renderings may differ in them."""
    return _DATE.sub(lambda found: "#" * len(found.group()), text)


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


def _token_start(text: str, at: int) -> int:
    """`at`, or where the control token begins that it lies in: two tokens may begin alike."""
    opened = text.rfind("<", max(0, at - 30), at)
    return opened if opened >= 0 and not re.search(r"[>\s]", text[opened:at]) else at


def _less_space(text: str, at: int) -> int:
    return len(text[:at].rstrip())
