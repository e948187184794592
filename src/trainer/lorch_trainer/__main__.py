"""`python -m lorch_trainer VERB`: reads a spec from stdin, answers with JSON lines (stdio.py).

`train RUN_DIR --attempt N` alone takes arguments and speaks through events.jsonl.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback

from . import stdio
from .errors import LorchError, from_exception

# verb → module in commands/, imported only when asked for: `import torch` costs seconds.
VERBS = {
    "prepare": "prepare",
    "pieces": "pieces",
    "template": "probe",
    "tiny": "tiny",
    "try": "try_",
    "merge": "merge",
    "count": "count",
    "calibrate": "calibrate",
    "doctor": "doctor",
    "fields": "fields",
}

# Verbs whose output contains rows of a dataset.
PRIVATE = frozenset({"prepare", "pieces", "calibrate"})


def main(argv: list[str]) -> int:
    """Runs one verb and returns its exit code."""
    verb = argv[0] if argv else ""
    if verb == "train":
        module = importlib.import_module(".commands.train", __package__)
        return int(module.main(argv[1:]))
    stdio.take_stdout()
    try:
        if verb not in VERBS or len(argv) > 1:
            raise LorchError("R012", f"usage: python -m lorch_trainer {{train,{','.join(VERBS)}}} <spec.json")
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        if verb in PRIVATE:
            os.umask(0o077)
        spec = stdio.read_spec()
        value = importlib.import_module(f".commands.{VERBS[verb]}", __package__).run(spec)
    except KeyboardInterrupt:
        return 130
    except Exception as cause:
        traceback.print_exc(file=sys.stderr)
        failure = from_exception(cause)
        stdio.error(failure)
        return failure.exit_code
    stdio.result(value)
    return 0


def entry() -> None:
    """Console script."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    entry()
