"""What decides the sequences beside the rows, the tokenizer and the settings: our rules and what renders.

The controller computes the same before it starts Python (src/app/tokens/cache-version.ts), so that it finds
sequences that were prepared before.
"""

from __future__ import annotations

import hashlib
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

RENDERERS = ("jinja2", "tokenizers", "transformers")
"""Packages whose version can change the text of a row or its tokens."""
RULES = (
    "commands/prepare.py",
    "commands/probe.py",
    "codes.json",
    "errors.py",
    "methods/__init__.py",
    "tokens/*.py",
    "templates/*.jinja",
)
"""The files that say how rows become sequences: no number that somebody must remember to raise."""


def cache_version(package: Path = Path(__file__).parents[1]) -> dict[str, Any]:
    """`{rules, python, packages}`: sequences of another version are prepared again."""
    return {
        "rules": rules_sha256(package),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "packages": {name: version(name) for name in RENDERERS},
    }


def rules_sha256(package: Path) -> str:
    """SHA-256 over the names and contents of the files of RULES, sorted by name."""
    files = {path.relative_to(package).as_posix(): path for rule in RULES for path in package.glob(rule)}
    whole = hashlib.sha256()
    for name, path in sorted(files.items()):
        whole.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()
