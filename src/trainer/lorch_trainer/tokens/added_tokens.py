"""Tokens that the config adds to the tokenizer, before anything is tokenised with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import LorchError
from .row_findings import RowFindings

_SHOWN = 10


class AddedTokens:
    """The tokens of `{"add": [...], "special": [...]}`, added in this order.

    `entries` says of each: `token`, `id`, `special`, `pieces` (the ids that it was written in before) and
    `known` (it was one token already, and nothing was added).
    """

    def __init__(self, tokenizer: Any, asked: Mapping[str, Any] | None) -> None:
        self.entries: list[dict[str, Any]] = []
        asked = asked or {}
        for special, tokens in ((False, asked.get("add") or []), (True, asked.get("special") or [])):
            # All pieces first: what one token adds must not change how the next was written before.
            entries = [_describe(tokenizer, str(token), special) for token in tokens]
            _add(tokenizer, [entry for entry in entries if not entry["known"]], special)
            self.entries += entries
        for entry in self.entries:
            entry["id"] = tokenizer.convert_tokens_to_ids(entry["token"])
            _prove(tokenizer, entry)

    @property
    def contents(self) -> set[str]:
        """The tokens as text."""
        return {entry["token"] for entry in self.entries}

    def result(self, rows: Mapping[int, int], findings: RowFindings) -> list[dict[str, Any]]:
        """The entries with the number of rows that contain each. Adds what is wrong to `findings`."""
        entries = [{**entry, "rows": rows.get(entry["id"], 0)} for entry in self.entries]
        known = [entry for entry in entries if entry["known"]]
        if known:
            findings.add(
                "T040",
                f"the vocabulary already has {len(known)} of {len(entries)} tokens: "
                + _listed(f"{entry['token']} (id {entry['id']})" for entry in known),
                data={"tokens": {entry["token"]: entry["id"] for entry in known}},
            )
        words = [entry["token"] for entry in entries if entry["token"].isalnum() and not entry["known"]]
        if words:
            findings.add(
                "T042",
                f"{len(words)} of {len(entries)} new tokens look like ordinary words: {_listed(words)}",
                data={"tokens": words},
            )
        unused = [entry for entry in entries if not entry["rows"] and not entry["known"]]
        if unused:
            findings.add(
                "T041",
                f"{len(unused)} of {len(entries)} new tokens are in no row. Rows by token: "
                + _listed(f"{entry['token']} {entry['rows']}" for entry in sorted(entries, key=_rows)),
                data={"tokens": {entry["token"]: entry["rows"] for entry in entries}},
            )
        return entries


def _rows(entry: dict[str, Any]) -> int:
    return int(entry["rows"])


def _listed(words: Iterable[str]) -> str:
    """The first few, and how many more there are."""
    every = list(words)
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return ", ".join(every[:_SHOWN]) + more


def _encode(tokenizer: Any, text: str) -> list[int]:
    return list(tokenizer.backend_tokenizer.encode(text, add_special_tokens=False).ids)


def _describe(tokenizer: Any, token: str, special: bool) -> dict[str, Any]:
    pieces = _encode(tokenizer, token)
    existing = tokenizer.get_vocab().get(token)
    known = existing is not None and pieces == [existing]
    if existing is not None and not known:
        raise LorchError(
            "T043",
            f"the vocabulary has {token!r} as id {existing}, but this text is written with other ids "
            f"({pieces}): it cannot be added as a new token",
        )
    return {"token": token, "special": special, "pieces": [] if known else pieces, "known": known}


def _add(tokenizer: Any, entries: list[dict[str, Any]], special: bool) -> None:
    from tokenizers import AddedToken

    # Not normalised: found as it is written, even if the normaliser would put a space before it.
    tokens = [AddedToken(entry["token"], special=special, normalized=False) for entry in entries]
    tokenizer.add_tokens(tokens, special_tokens=special)


def _prove(tokenizer: Any, entry: dict[str, Any]) -> None:
    """Raises T043 if the tokenizer does not write the token as its one id, alone and beside other text."""
    token, number = entry["token"], entry["id"]
    if entry["known"]:
        return
    for text in (token, f",{token},", f" {token} ", f"\n{token}\n", f"{token}{token}"):
        found = _encode(tokenizer, text).count(number)
        if number is None or found != text.count(token):
            raise LorchError(
                "T043", f"{token!r} was added, and the tokenizer does not write {text!r} with it"
            )
