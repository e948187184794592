"""Runs a module: `python -I -X utf8 -u isolated.py PARENT MODULE ARGS…`, or code: `… PARENT -c CODE ARGS…`.

Under -I the interpreter imports nothing from the current folder, from the user's own packages or from
PYTHONPATH. The folder of this file is added, because lorch_trainer is in it. PARENT is the process that this
one must not outlive; 0 for a run, which outlives its controller.
"""

import os
import runpy
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1
POLL_S = 1.0


def end_with(parent: int) -> None:
    """Ends this process once `parent` is gone, by the kernel on Linux and by a thread elsewhere."""
    if sys.platform == "linux":
        try:
            import ctypes

            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        except (ImportError, OSError, AttributeError):
            pass
    if os.getppid() == 1 and parent != 1:  # the parent ended before this process started
        os.kill(os.getpid(), signal.SIGKILL)
    # A wrapper script may run between the two. From another PID namespace the parent is not visible at all.
    if _lives(parent):
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while _lives(parent):
        time.sleep(POLL_S)
    os.kill(os.getpid(), signal.SIGKILL)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def main() -> None:
    """Removes its own arguments from argv and becomes the program that they name."""
    parent, program = int(sys.argv[1]), sys.argv[2]
    if parent:
        end_with(parent)
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    if program == "-c":
        code = sys.argv[3]
        sys.argv[:4] = ["-c"]
        exec(compile(code, "<lorch>", "exec"), {"__name__": "__main__"})
    else:
        del sys.argv[1:3]
        runpy.run_module(program, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
