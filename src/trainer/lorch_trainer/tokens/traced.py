"""Strings that know where their characters came from, through every operation a template can apply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

TOOLS = -1
"""The message number of tool declarations."""
UNCLEAR = -2
"""The message number of text in which several messages cannot be told apart."""


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

    def ljust(self, *args: Any) -> Traced:
        return self._padded(str.ljust(self, *args))

    def rjust(self, *args: Any) -> Traced:
        return self._padded(str.rjust(self, *args))

    def center(self, *args: Any) -> Traced:
        return self._padded(str.center(self, *args))

    def _padded(self, text: str) -> Traced:
        at = str.find(text, str.__str__(self))
        return joined((text[:at], self, text[at + len(self) :]))

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
    """The parts in one string, each with its origins; neighbours of one origin become one run."""
    texts: list[str] = []
    runs: list[Run] = []
    at = 0
    for part in parts:
        if isinstance(part, Traced):
            if at == 0:
                runs += part.runs  # as they are: text that grows at its end is not copied run by run
            else:
                for start, end, origin in part.runs:
                    if runs and runs[-1].end == at + start and runs[-1].origin == origin:
                        runs[-1] = Run(runs[-1].start, at + end, origin)
                    else:
                        runs.append(Run(at + start, at + end, origin))
        texts.append(part)
        at += len(part)
    return Traced("".join(texts), runs)


def _spread(text: str, source: Traced) -> Traced:
    """`text`, made of `source`: character by character if the length is the same, else all of it."""
    if len(text) == len(source):
        return Traced(text, source.runs)
    return Traced(text, [Run(0, len(text), source.runs[0].origin)] if source.runs else ())


def origins(value: Any) -> Iterator[Traced]:
    """Every traced string in a value, its keys included."""
    if isinstance(value, Traced):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from origins(key)
            yield from origins(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from origins(item)


def whole(text: Any, values: Any) -> Any:
    """`text` as coming from the message that the values come from; from none if there are several."""
    if not isinstance(text, str):
        return text
    first = next((run.origin for value in origins(values) for run in value.runs), None)
    if first is None:
        return text
    messages = {run.origin.message for value in origins(values) for run in value.runs}
    origin = first if len(messages) == 1 else Origin(UNCLEAR, "")
    return Traced(text, [Run(0, len(text), origin)])
