"""Turns rendered text into token ids, with one flag per token: trained or not."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import Any

from .conversation import RowRefusedError
from .spans import Rendered, Span

_start = itemgetter(0)
_end = itemgetter(1)
_ANCHORS = ("", "\n", "\u00a4")
"""None first; then a character that no token joins to what follows, in one vocabulary or another."""


@dataclass
class Labelled:
    """One row as tokens.

    `ranges` are the trained token ranges; `closed` is where the last end of turn ends, 0 without one.
    """

    ids: list[int]
    ranges: list[tuple[int, int]]
    closed: int


def label_batch(tokenizer: Any, rows: list[Rendered]) -> list[Labelled | RowRefusedError]:
    """Tokenises rows of text and labels the tokens of their spans.

    A text is tokenised whole. Only where a token would lie across the border of a span (an answer that opens
    with a newline, after a header that ends with one) is it cut there and tokenised in pieces: at inference,
    too, the prompt is tokenised before the answer exists.
    """
    backend = tokenizer.backend_tokenizer
    encodings = backend.encode_batch([row.text for row in rows], add_special_tokens=False)
    labelled: list[Labelled | RowRefusedError] = []
    for row, encoding in zip(rows, encodings, strict=True):
        ids, offsets = encoding.ids, encoding.offsets
        ranges = _ranges(offsets, row.spans)
        cuts = _cuts(offsets, row.spans, ranges)
        if cuts:
            pieces = _encode_pieces(backend, row, cuts)
            if pieces is None:
                labelled.append(RowRefusedError("T007", "a token lies across the border of an answer"))
                continue
            ids, ranges = pieces
        closed = next(
            (r[1] for s, r in zip(reversed(row.spans), reversed(ranges), strict=True) if s.closed), 0
        )
        labelled.append(Labelled(ids, ranges, closed))
    _verify(backend, rows, labelled)
    return labelled


def _ranges(offsets: list[tuple[int, int]], spans: list[Span]) -> list[tuple[int, int]]:
    """Token ranges that overlap each span of characters."""
    return [
        (bisect_right(offsets, span.start, key=_end), bisect_left(offsets, span.end, key=_start))
        for span in spans
    ]


def _cuts(offsets: list[tuple[int, int]], spans: list[Span], ranges: list[tuple[int, int]]) -> list[int]:
    """Borders of spans that lie inside a token."""
    cuts = set()
    for span, (first, stop) in zip(spans, ranges, strict=True):
        if first < stop and offsets[first][0] < span.start:
            cuts.add(span.start)
        if first < stop and offsets[stop - 1][1] > span.end:
            cuts.add(span.end)
    return sorted(cuts)


def _encode_pieces(
    backend: Any, row: Rendered, cuts: list[int]
) -> tuple[list[int], list[tuple[int, int]]] | None:
    """The row tokenised in pieces, or None if no way to do so keeps its text.

    SentencePiece-like tokenizers put a space before every text they are given. So where plain pieces change
    the text, each but the first is tokenised after an anchor, whose tokens are taken off again.
    """
    whole = _decode(backend, [backend.encode(row.text, add_special_tokens=False).ids])
    for anchor in _ANCHORS:
        ids: list[int] = []
        offsets: list[tuple[int, int]] = []
        skip = len(backend.encode(anchor, add_special_tokens=False).ids) if anchor else 0
        for start, end in pairwise([0, *cuts, len(row.text)]):
            before = anchor if start else ""
            piece = backend.encode(before + row.text[start:end], add_special_tokens=False)
            first = skip if start else 0
            ids += piece.ids[first:]
            offsets += [(start + a - len(before), start + b - len(before)) for a, b in piece.offsets[first:]]
        ranges = _ranges(offsets, row.spans)
        if _decode(backend, [ids]) == whole and not _cuts(offsets, row.spans, ranges):
            return ids, ranges
    return None


def _verify(backend: Any, rows: list[Rendered], labelled: list[Labelled | RowRefusedError]) -> None:
    """Decodes what is trained and compares it with the spans' text; a row that differs is refused."""
    checks = [
        (at, row.text[span.start : span.end], item.ids[first:stop])
        for at, (row, item) in enumerate(zip(rows, labelled, strict=True))
        if isinstance(item, Labelled)
        for span, (first, stop) in zip(row.spans, item.ranges, strict=True)
    ]
    decoded = _decode(backend, [ids for _, _, ids in checks])
    for (at, text, ids), got in zip(checks, decoded, strict=True):
        if _same(got, text):
            continue
        # Normalisers (NFC, lower case) and unknown characters change text on the way: compare with that way.
        expected = backend.encode(text, add_special_tokens=False).ids
        if not ids or not _same(got, _decode(backend, [expected])[0]):
            labelled[at] = RowRefusedError("T007", "the trained tokens do not decode to the answer")


def _decode(backend: Any, batch: list[list[int]]) -> list[str]:
    return list(backend.decode_batch(batch, skip_special_tokens=False)) if batch else []


def _same(left: str, right: str) -> bool:
    return left == right or "".join(left.split()) == "".join(right.split())
