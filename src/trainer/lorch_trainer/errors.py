"""The root exception, and the translation of library exceptions into it.

Codes, their prose and their default hints are in codes.json, which the controller reads too.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any


class LorchError(Exception):
    """An expected failure: shown as code, message and hint, without a stack."""

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.hint = hint if hint is not None else code_docs().get(code, {}).get("hint")

    @property
    def exit_code(self) -> int:
        """3 if the cause is this machine (network, disk, packages), 1 otherwise."""
        return 3 if self.code in ENVIRONMENT_CODES else 1


ENVIRONMENT_CODES = frozenset({"R003", "R004", "R010", "R015"})


@cache
def code_docs() -> dict[str, dict[str, Any]]:
    """codes.json: code → {name, severity, title, prose, hint}."""
    docs: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("codes.json").read_text("utf-8"))
    return docs


def from_exception(cause: BaseException, model: str | None = None) -> LorchError:
    """The LorchError for any exception of a library; R099 if it is unknown.

    `model` names the model in messages, if the caller knows it. Searches the chain of causes, because
    transformers wraps hub errors in OSError.
    """
    for exc in _chain(cause):
        if isinstance(exc, LorchError):
            return exc
        known = _known(exc, model)
        if known is not None:
            return known
    return LorchError("R099", f"{type(cause).__name__}: {_first_line(cause)}")


def _chain(cause: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    stack: list[BaseException | None] = [cause]
    while stack:
        exc = stack.pop(0)
        if exc is None or id(exc) in seen:
            continue
        seen.add(id(exc))
        yield exc
        stack += [exc.__cause__, exc.__context__]


def _first_line(exc: BaseException) -> str:
    lines = [line.strip() for line in str(exc).splitlines() if line.strip()]
    return lines[0] if lines else type(exc).__name__


def _names(exc: BaseException) -> set[str]:
    return {cls.__name__ for cls in type(exc).__mro__}


def _known(exc: BaseException, model: str | None) -> LorchError | None:
    text = str(exc)
    lower = text.lower()
    names = _names(exc)
    subject = f"{model!r}" if model else "the model"
    # Compare class names, so that neither torch nor the hub library must be imported.
    if "GatedRepoError" in names or "gated repo" in lower:
        return LorchError("R002", f"{subject} is gated: its licence must be accepted on the hub")
    if "RevisionNotFoundError" in names or "is not a valid git identifier" in lower:
        return LorchError("R008", f"{subject} has no such revision")
    if "RepositoryNotFoundError" in names or "HFValidationError" in names:
        return LorchError("R001", f"there is no model {subject} on the hub, nor a folder of that name")
    if "is not a local folder and is not a valid model identifier" in lower:
        return LorchError("R001", f"there is no model {subject} on the hub, nor a folder of that name")
    if names & {"LocalEntryNotFoundError", "OfflineModeIsEnabled"} or "couldn't connect to" in lower:
        return LorchError("R003", f"the hub could not be reached, and {subject} is not cached here")
    if names & {"ConnectError", "ConnectTimeout", "ReadTimeout", "ConnectionError", "NewConnectionError"}:
        return LorchError("R003", f"the hub could not be reached: {_first_line(exc)}")
    # EFBIG, a limit on file size (`ulimit -f`), counts as a full disk. safetensors keeps only the message.
    full = isinstance(exc, OSError) and exc.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    if full or any(words in lower for words in ("no space left", "file too large", "quota exceeded")):
        where = getattr(exc, "filename", None)
        return LorchError("R004", f"no space left on the device{f' ({where})' if where else ''}")
    if isinstance(exc, MemoryError) or "allocate memory" in lower:
        return LorchError("R180", f"this machine gave no more memory: {_first_line(exc)}")
    if "OutOfMemoryError" in names or "out of memory" in lower:
        return LorchError("R005", f"the GPU ran out of memory: {_first_line(exc)}")
    if "SafetensorError" in names:
        return LorchError("R006", f"a safetensors file cannot be read: {_first_line(exc)}")
    if "UnpicklingError" in names or "weights only load failed" in lower:
        return LorchError(
            "R072", f"{subject if model else 'a file'} is a pickle that holds more than tensors"
        )
    if "trust_remote_code" in text:
        return LorchError("R007", f"{subject} brings its own code, which runs only with trust_remote_code")
    if "does not recognize this architecture" in text or "Unrecognized configuration class" in text:
        return LorchError("R009", f"this transformers version does not know the architecture of {subject}")
    if isinstance(exc, ModuleNotFoundError):
        return LorchError("R010", f"the Python package {exc.name!r} is not installed")
    if "should have a `model_type` key" in lower:
        return LorchError("R001", f"{subject} has no config.json that names a model_type")
    if "does not appear to have a file named" in lower or "no file named" in lower:
        return LorchError("R001", _first_line(exc))
    return None
