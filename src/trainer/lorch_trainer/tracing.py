"""Renders a chat template so that every character knows which message it came from.

Templates trim, split, join and quote what they are given, so searching the text for an answer is guesswork.
Here each string of a row is a `Traced`: a str that carries its origin through all that a template does.
The template, its sandbox and its filters are those of transformers; only joining is replaced.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

TOOLS = -1
"""The message number of tool declarations."""


class Origin(NamedTuple):
    """Where text comes from: the message's number and its field (`content`, `tool_calls`, …)."""

    message: int
    field: str


class Run(NamedTuple):
    """Characters `start` to `end` came from `origin`. Empty for an empty string."""

    start: int
    end: int
    origin: Origin


class Traced(str):
    """A string with the origin of its parts. `runs` are in order; the other characters are the template's."""

    runs: tuple[Run, ...]

    def __new__(cls, text: str = "", runs: Iterable[Run] = ()) -> Traced:
        self = super().__new__(cls, text)
        self.runs = tuple(runs)
        return self

    def __str__(self) -> str:
        return self

    def __add__(self, other: str) -> Traced:
        return joined((self, other))

    def __radd__(self, other: str) -> Traced:
        return joined((other, self))

    def __mul__(self, count: Any) -> Traced:
        return joined([self] * count)

    __rmul__ = __mul__

    def __mod__(self, values: Any) -> str:
        return _placed(str.__mod__(self, values), [self, values])

    def __rmod__(self, pattern: str) -> str:
        return _placed(str.__mod__(pattern, str.__str__(self)), [self])

    def __getitem__(self, key: Any) -> Traced:
        text = str.__getitem__(self, key)
        if isinstance(key, slice):
            start, _, step = key.indices(len(self))
            return self._part(start, start + len(text)) if step == 1 else _spread(text, self)
        at = range(len(self))[key]
        return self._part(at, at + 1)

    def __iter__(self) -> Iterator[str]:
        return (self._part(at, at + 1) for at in range(len(self)))

    def _part(self, start: int, end: int) -> Traced:
        """Characters `start` to `end`. An empty part keeps the origin it was cut from."""
        runs = [
            Run(max(run.start, start) - start, min(run.end, end) - start, run.origin)
            for run in self.runs
            if (run.start < end and run.end > start) or start <= run.start == run.end <= end
        ]
        if start == end and not runs:
            runs = [Run(0, 0, run.origin) for run in self.runs if run.start <= start <= run.end][:1]
        return Traced(str.__getitem__(self, slice(start, end)), runs)

    def _in_turn(self, texts: Iterable[str], between: int = 0) -> list[Traced]:
        """The parts of which the texts are, one after another with `between` characters in the middle."""
        parts, at = [], 0
        for text in texts:
            parts.append(self._part(at, at + len(text)))
            at += len(text) + between
        return parts

    def _in_order(self, texts: Iterable[str]) -> list[Traced]:
        """The parts of which the texts are, with nothing but white space between them."""
        parts, at = [], 0
        for text in texts:
            at = str.find(self, text, at)
            parts.append(self._part(at, at + len(text)))
            at += len(text)
        return parts

    def strip(self, chars: str | None = None, /) -> Traced:
        return self.lstrip(chars).rstrip(chars)

    def lstrip(self, chars: str | None = None, /) -> Traced:
        return self._part(len(self) - len(str.lstrip(self, chars)), len(self))

    def rstrip(self, chars: str | None = None, /) -> Traced:
        return self._part(0, len(str.rstrip(self, chars)))

    def removeprefix(self, prefix: str, /) -> Traced:
        return self._part(len(self) - len(str.removeprefix(self, prefix)), len(self))

    def removesuffix(self, suffix: str, /) -> Traced:
        return self._part(0, len(str.removesuffix(self, suffix)))

    def split(self, sep: str | None = None, maxsplit: Any = -1) -> list[str]:
        texts = str.split(self, sep, maxsplit)
        return [*(self._in_order(texts) if sep is None else self._in_turn(texts, len(sep)))]

    def rsplit(self, sep: str | None = None, maxsplit: Any = -1) -> list[str]:
        texts = str.rsplit(self, sep, maxsplit)
        return [*(self._in_order(texts) if sep is None else self._in_turn(texts, len(sep)))]

    def splitlines(self, keepends: bool = False) -> list[str]:
        return [*self._in_order(str.splitlines(self, keepends))]

    def partition(self, sep: str, /) -> tuple[str, str, str]:
        first, second, third = self._in_turn(str.partition(self, sep))
        return first, second, third

    def rpartition(self, sep: str, /) -> tuple[str, str, str]:
        first, second, third = self._in_turn(str.rpartition(self, sep))
        return first, second, third

    def replace(self, old: str, new: str, count: Any = -1, /) -> Traced:
        if not old:
            return _spread(str.replace(self, old, new, count), self)
        pieces: list[str] = []
        for text in self.split(old, count):
            pieces += [new, text]
        return joined(pieces[1:])

    def join(self, parts: Iterable[Any], /) -> Traced:
        pieces: list[str] = []
        for part in parts:
            if not isinstance(part, str):
                raise TypeError(f"expected str instance, {type(part).__name__} found")
            pieces += [self, part]
        return joined(pieces[1:])

    def lower(self) -> Traced:
        return _spread(str.lower(self), self)

    def upper(self) -> Traced:
        return _spread(str.upper(self), self)

    def title(self) -> Traced:
        return _spread(str.title(self), self)

    def capitalize(self) -> Traced:
        return _spread(str.capitalize(self), self)

    def casefold(self) -> Traced:
        return _spread(str.casefold(self), self)

    def swapcase(self) -> Traced:
        return _spread(str.swapcase(self), self)


def joined(parts: Iterable[Any]) -> Traced:
    """The parts in one string, each with its origins."""
    texts, runs, at = [], [], 0
    for part in parts:
        if isinstance(part, Traced):
            runs += [Run(at + start, at + end, origin) for start, end, origin in part.runs]
        texts.append(part)
        at += len(part)
    return Traced("".join(texts), runs)


def _spread(text: str, source: Traced) -> Traced:
    """`text`, made of `source`: character by character if the length is the same, else all of it."""
    if len(text) == len(source):
        return Traced(text, source.runs)
    return Traced(text, [Run(0, len(text), source.runs[0].origin)] if source.runs else ())


def _origins(value: Any) -> Iterator[Traced]:
    """Every traced string in a value, its keys included."""
    if isinstance(value, Traced):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _origins(key)
            yield from _origins(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _origins(item)


def _placed(text: str, values: Any) -> str:
    """`text`, into which a library wrote the values: it looks for each one after the one before it.

    If one of them cannot be found, all of the text counts as that value's.
    """
    runs, at = [], 0
    for value in _origins(values):
        if not value or not value.runs:
            continue
        found = text.find(value, at)
        if found < 0:
            return str(_whole(text, value))
        runs.append(Run(found, found + len(value), value.runs[0].origin))
        at = found + len(value)
    return Traced(text, runs) if runs else text


def written(value: Any) -> str:
    """The value as a template writes it: a list or an object as Python shows it."""
    return _placed(str(value), value) if isinstance(value, (dict, list, tuple)) else str(value)


def _whole(text: Any, values: Any) -> Any:
    """`text`, all of which comes from where the first of the values comes from."""
    if isinstance(text, Traced) or not isinstance(text, str):
        return text
    first = next((value for value in _origins(values) if value.runs), None)
    return text if first is None else Traced(text, [Run(0, len(text), first.runs[0].origin)])


def trace(value: Any, origin: Origin) -> Any:
    """JSON data with every string, keys included, from `origin`."""
    if isinstance(value, str):
        return Traced(value, [Run(0, len(value), origin)])
    if isinstance(value, dict):
        return {trace(key, origin): trace(item, origin) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [trace(item, origin) for item in value]
    return value


_UNTRACED = ("role",)
"""Fields whose text is the template's own: a header says the role."""


def trace_messages(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages with every string but the role traced."""
    return [
        {
            key: value if key in _UNTRACED else trace(value, Origin(index, key))
            for key, value in message.items()
        }
        for index, message in enumerate(messages)
    ]


class Tracer:
    """A template of transformers, compiled a second time so that origins survive."""

    def __init__(self, source: str) -> None:
        from transformers.utils.chat_template_utils import _compile_jinja_template

        environment = _compile_jinja_template(source).environment.overlay()
        environment.concat = joined
        environment.filters = {name: _tracing(name, one) for name, one in environment.filters.items()}
        environment.filters["join"] = _join
        environment.call = _calling(environment.call)
        environment.wrap_str_format = _formatting(environment.wrap_str_format)
        self._template = environment.from_string(source)
        names = self._template.root_render_func.__globals__
        names["str"] = written
        names["str_join"] = lambda parts: joined(map(written, parts))

    def render(self, messages: list[dict[str, Any]], tools: Any, **variables: Any) -> Traced:
        """The text with its origins. `messages` are from `trace_messages`. Raises what the template does."""
        from transformers.utils.chat_template_utils import _alias_reasoning_fields

        text = self._template.render(
            messages=_alias_reasoning_fields(messages),
            tools=trace(tools, Origin(TOOLS, "tools")) if tools else None,
            documents=None,
            **variables,
        )
        return text if isinstance(text, Traced) else Traced(text)


# These return what they get, or a default that is the template's own.
_FOLLOWED = ("default", "d", "map", "select", "reject", "selectattr", "rejectattr", "length", "count")


def _tracing(name: str, plain: Callable[..., Any]) -> Callable[..., Any]:
    """A filter whose text keeps its origin, even where its own code makes a plain string of it."""
    if name in _FOLLOWED:
        return plain

    def traced(*args: Any, **kwargs: Any) -> Any:
        return _whole(plain(*args, **kwargs), args)

    # Jinja reads from these attributes which arguments a filter wants before its value.
    traced.__dict__.update(getattr(plain, "__dict__", {}))
    return traced


def _join(value: Iterable[Any], d: str = "", attribute: str | int | None = None) -> Traced:
    items = list(value)
    if attribute is not None:
        items = [
            item[attribute] if isinstance(item, dict) else getattr(item, str(attribute)) for item in items
        ]
    return Traced(d, getattr(d, "runs", ())).join([str(item) for item in items])


def _calling(plain: Callable[..., Any]) -> Callable[..., Any]:
    """Calls of a template. A method of a literal, such as `', '.join(…)`, becomes that of a traced string."""

    def call(context: Any, function: Any, *args: Any, **kwargs: Any) -> Any:
        literal = isinstance(function, types.BuiltinMethodType) and type(function.__self__) is str
        if literal and next(_origins(args), None) is not None:
            function = getattr(Traced(function.__self__), function.__name__)
        return plain(context, function, *args, **kwargs)

    return call


def _formatting(plain: Callable[..., Any]) -> Callable[..., Any]:
    def wrap(value: Any) -> Any:
        formatted = plain(value)
        if formatted is None:
            return None
        return lambda *args, **kwargs: _placed(formatted(*args, **kwargs), [*args, kwargs])

    return wrap
