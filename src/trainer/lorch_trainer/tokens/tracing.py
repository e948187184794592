"""Renders a chat template so that every character knows which message it came from.

Templates trim, split, join and quote what they are given, so searching the text for an answer is guesswork.
Here each string of a row is a `Traced`: a str that carries its origin through all that a template does.
The template, its sandbox and its filters are those of transformers; only joining is replaced.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Iterable
from typing import Any

from .traced import TOOLS, Origin, Run, Traced, joined, origins, whole


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
        environment.filters |= {"join": _join, "replace": _replace, "format": _format}
        # `'%s' % text`, which the sandbox can hand over.
        environment.intercepted_binops = frozenset({"%"})
        environment.binop_table = {**environment.binop_table, "%": _modulo}
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
# These call a method of the string, which keeps its origins.
_METHODS = ("trim", "upper", "lower", "title", "capitalize", "string", "first", "last")


def _tracing(name: str, plain: Callable[..., Any]) -> Callable[..., Any]:
    """A filter whose text keeps its origin, even if its own code makes a plain string of it."""
    if name in _FOLLOWED:
        return plain

    def traced(*args: Any, **kwargs: Any) -> Any:
        text = plain(*args, **kwargs)
        return text if name in _METHODS and isinstance(text, Traced) else whole(text, args)

    # Jinja reads from these attributes which arguments a filter wants before its value.
    traced.__dict__.update(getattr(plain, "__dict__", {}))
    return traced


def _join(value: Iterable[Any], d: str = "", attribute: str | int | None = None) -> Traced:
    items = list(value)
    if attribute is not None:
        items = [
            item[attribute] if isinstance(item, dict) else getattr(item, str(attribute)) for item in items
        ]
    return _traced(d).join([written(item) for item in items])


def _replace(text: Any, old: Any, new: Any, count: int | None = None) -> Traced:
    return _traced(written(text)).replace(written(old), written(new), -1 if count is None else count)


def _format(pattern: Any, *args: Any, **kwargs: Any) -> Any:
    return _modulo(written(pattern), kwargs or args)


def _modulo(left: Any, right: Any) -> Any:
    if not isinstance(left, str):
        return left % right
    return formatted(lambda values: str.__mod__(left, values), right)


def _traced(text: str) -> Traced:
    return text if isinstance(text, Traced) else Traced(text)


def written(value: Any) -> str:
    """The value as a template writes it: a list or an object as Python shows it."""
    return formatted(str, value) if isinstance(value, (dict, list, tuple)) else str(value)


def formatted(make: Callable[[Any], str], values: Any) -> str:
    """`make(values)`, with each traced text in its place.

    The places are found by formatting marks instead of the texts, which may occur anywhere else. If a text is
    changed on the way, as Python's quotes do, all of it counts as the message's.
    """
    text = make(values)
    leaves: list[Traced] = []
    mark = next((sign for sign in "¤§¶¬" if sign not in text), None)
    if next(origins(values), None) is None:
        return text
    if mark is not None:
        pieces = re.split(f"{mark}(\\d+){mark}", make(_marked(values, mark, leaves)))
        parts = [leaves[int(piece)] if at % 2 else piece for at, piece in enumerate(pieces)]
        if (built := joined(parts)) == text:
            return built
    return str(whole(text, values))


def _marked(value: Any, mark: str, leaves: list[Traced]) -> Any:
    """The value with a numbered mark for each traced text, which go to `leaves`."""
    if isinstance(value, Traced):
        leaves.append(value)
        return f"{mark}{len(leaves) - 1}{mark}"
    if isinstance(value, dict):
        return {_marked(key, mark, leaves): _marked(item, mark, leaves) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_marked(item, mark, leaves) for item in value)
    return value


def _calling(plain: Callable[..., Any]) -> Callable[..., Any]:
    """Calls of a template. A method of a literal, such as `', '.join(…)`, becomes that of a traced string."""

    def call(context: Any, function: Any, *args: Any, **kwargs: Any) -> Any:
        literal = isinstance(function, types.BuiltinMethodType) and type(function.__self__) is str
        if literal and next(origins(args), None) is not None:
            function = getattr(Traced(function.__self__), function.__name__)
        return plain(context, function, *args, **kwargs)

    return call


def _formatting(plain: Callable[..., Any]) -> Callable[..., Any]:
    """`'…{}…'.format(…)`, which the sandbox wraps."""

    def wrap(value: Any) -> Any:
        method = plain(value)
        if method is None:
            return None

        def fill(*args: Any, **kwargs: Any) -> str:
            return formatted(lambda given: method(*given[0], **given[1]), (args, kwargs))

        return fill

    return wrap
