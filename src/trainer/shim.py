#!/usr/bin/env python3
"""Watches one trainer: `python shim.py ATTEMPT_DIR -- COMMAND…`.

Standard library only and Python 3.8, because the same file runs here, over ssh and inside a batch job. It
outlives the controller that started it, and leaves what a later controller must know as files in ATTEMPT_DIR:

  claim.json    who may start this attempt; made by link(2), so one wins; its mtime is the heartbeat
  trainer.json  which process the trainer is
  train.log     what the trainer printed
  exit.json     how it ended, complete or not there at all

Exit codes: 0 the attempt ended (exit.json says how), 90 somebody else holds the claim, 64 wrong usage.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any, Dict, List, Optional, Tuple

HEARTBEAT_S = 5.0
EXIT_CLAIMED = 90
EXIT_USAGE = 64


def identity(pid: int) -> Dict[str, Any]:
    """Names a process so that a later one with the same pid is not taken for it: pid, start time, boot."""
    return {"pid": pid, "start": _start_time(pid), "boot_id": _boot_id()}


def _start_time(pid: int) -> Optional[str]:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            stat = file.read()
        # The command name before the last ')' may hold spaces and ')' itself.
        return stat[stat.rindex(b")") + 2 :].split()[19].decode()
    except (OSError, ValueError, IndexError):
        return _output(["ps", "-o", "lstart=", "-p", str(pid)])


def _boot_id() -> Optional[str]:
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return _output(["sysctl", "-n", "kern.bootsessionuuid"])


def _output(command: List[str]) -> Optional[str]:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=5,
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin:/usr/sbin"), "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("ascii", "replace").strip() or None


def now_ms() -> int:
    return int(time.time() * 1000)


def write_temporary(value: Dict[str, Any]) -> str:
    """A complete file on disk under a name nobody reads."""
    name = f".{os.getpid()}.{time.monotonic_ns()}.tmp"
    fd = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(fd, json.dumps(value).encode())
        os.fsync(fd)
    finally:
        os.close(fd)
    return name


def sync_folder() -> None:
    fd = os.open(".", os.O_RDONLY)
    try:
        os.fsync(fd)
    except OSError:  # some network file systems cannot
        pass
    finally:
        os.close(fd)


def put(name: str, value: Dict[str, Any]) -> None:
    """Makes `name` appear whole."""
    os.rename(write_temporary(value), name)
    sync_folder()


def claim() -> bool:
    """True for exactly one of this shim and a recovering controller: link(2) fails if the name exists."""
    temporary = write_temporary(
        {"by": "shim", "t": now_ms(), "host": os.uname().nodename, **identity(os.getpid())}
    )
    try:
        os.link(temporary, "claim.json")
    except FileExistsError:
        if os.stat(temporary).st_nlink != 2:  # over NFS a lost reply makes a link that worked look like this
            return False
    except OSError:  # a file system without hard links
        return _claim_by_creating(temporary)
    finally:
        os.unlink(temporary)
    sync_folder()
    return True


def _claim_by_creating(temporary: str) -> bool:
    try:
        fd = os.open("claim.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with open(temporary, "rb") as file, os.fdopen(fd, "wb") as made:
        made.write(file.read())
    return True


class Trainer:
    """The watched process, and the signal somebody asked it to end with."""

    def __init__(self) -> None:
        self.process: Optional["subprocess.Popen[bytes]"] = None
        self.asked = 0

    def on_signal(self, number: int, _frame: object) -> None:
        # Ctrl-C and TERM mean the same to a trainer: save and stop. A second one is passed on like the first
        # and never turns into a kill, which would lose the checkpoint; `stop --force` kills from outside.
        self.asked = number
        self.ask()

    def ask(self) -> None:
        # Only the trainer itself: its data loader workers dying under it would spoil the checkpoint.
        if self.process is not None:
            try:
                os.kill(self.process.pid, signal.SIGTERM)
            except ProcessLookupError:
                pass

    def wait(self) -> Tuple[Optional[int], Optional[int]]:
        """Waits for the end, ends what is left of its process group, and returns (exit code, signal)."""
        assert self.process is not None
        pid = self.process.pid
        # While the leader stays a zombie, neither its pid nor its group id can be given to anybody else.
        if hasattr(os, "waitid"):
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
            kill_group(pid)
            code = self.process.wait()
        else:
            code = self.process.wait()
            kill_group(pid)
        return (code, None) if code >= 0 else (None, -code)


def kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # nobody left, or only zombies (macOS)
        pass


def beat() -> None:
    while True:
        time.sleep(HEARTBEAT_S)
        try:
            os.utime("claim.json")
        except OSError:
            pass


def main(argv: List[str]) -> int:
    if len(argv) < 3 or argv[1] != "--":
        sys.stderr.write("usage: shim.py ATTEMPT_DIR -- COMMAND…\n")
        return EXIT_USAGE
    os.chdir(argv[0])
    command = argv[2:]
    trainer = Trainer()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # inherited as ignored, the exit code would be lost
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, trainer.on_signal)
    signal.signal(signal.SIGINT, trainer.on_signal)
    if not claim():
        return EXIT_CLAIMED
    threading.Thread(target=beat, daemon=True).start()
    result: Dict[str, Any] = {"by": "shim", "code": None, "signal": None, "error": None}
    if not trainer.asked:
        log = os.open("train.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            trainer.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(os.environ, LORCH_EVENTS=os.path.join(os.getcwd(), "events.jsonl")),
                start_new_session=True,
            )
        except OSError as error:
            result["error"] = f"{command[0]}: {error.strerror or error}"
        os.close(log)
    if trainer.process is not None:
        try:
            put("trainer.json", identity(trainer.process.pid))
        except OSError:  # disk full: the token in its environment finds it too
            pass
        if trainer.asked:  # the signal came while the process was being made
            trainer.ask()
        result["code"], result["signal"] = trainer.wait()
    result.update(asked=trainer.asked or None, t=now_ms())
    while True:
        try:
            put("exit.json", result)
            return 0
        except OSError:  # disk full, as a trainer that died of it leaves it: nobody else knows the exit code
            time.sleep(HEARTBEAT_S)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
