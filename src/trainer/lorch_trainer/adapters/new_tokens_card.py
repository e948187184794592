"""The model card's section on new tokens: how to prepare the base for the adapter."""

from __future__ import annotations

from typing import Any


def resize_lines(spec: dict[str, Any] | None) -> list[str]:
    """Python code that gives the base the adapter's number of rows; empty if the base has enough rows."""
    rows = (spec or {}).get("embedding")
    if not rows or rows["after"] == rows["before"]:
        return []
    return [f"base.resize_token_embeddings({rows['after']})  # the adapter brings the new rows"]


def new_token_lines(spec: dict[str, Any] | None) -> list[str]:
    """A section with each new token and its id."""
    if not spec or not spec["added"]:
        return []
    return [
        "## New tokens",
        "",
        "The tokenizer in this folder has tokens that the base model's does not have. Use this one; the rows "
        "of embedding and head for these ids are part of the adapter.",
        "",
        "| token | id | special |",
        "|---|---|---|",
        *(
            f"| {_cell(one['token'])} | {one['id']} | {'yes' if one['special'] else 'no'} |"
            for one in spec["added"]
        ),
        "",
    ]


def _cell(token: str) -> str:
    return "`" + token.replace("|", "\\|").replace("`", "'") + "`"
