"""The files that the cache version covers are all of the rules: what else they import decides nothing."""

from __future__ import annotations

import ast
from pathlib import Path

import lorch_trainer
from lorch_trainer.tokens.cache_version import RULES, cache_version

PACKAGE = Path(lorch_trainer.__file__).parent
# It only speaks with the controller.
DECIDES_NOTHING = {"__init__.py", "stdio.py"}


def test_the_rules_import_only_rules() -> None:
    rules = {path for rule in RULES for path in PACKAGE.glob(rule)}
    for path in (path for path in rules if path.suffix == ".py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level > 0:
                folder = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
                names = [folder / f"{name.name}.py" for name in node.names]
                files = [file for file in names if file.exists()] or [folder.with_suffix(".py")]
                for file in files:
                    inside = file if file.exists() else folder / "__init__.py"
                    known = inside in rules or inside.name in DECIDES_NOTHING
                    assert known, f"{path.name} imports {inside}, which is in no rule of cache_version.py"


def test_another_version_of_a_library_is_another_version(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from lorch_trainer.tokens import cache_version as module

    before, real = cache_version(), module.version
    assert cache_version() == before
    for name in module.RENDERERS:
        with monkeypatch.context() as patch:
            patch.setattr(module, "version", lambda one, name=name: "0" if one == name else real(one))
            assert cache_version() != before
