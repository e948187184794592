#!/usr/bin/env python3
"""Watches one trainer: `python shim.py [--detach] ATTEMPT_DIR -- COMMAND…`.

Standard library only and Python 3.8, because the same file runs here, over ssh and inside a batch job. It
outlives the controller that started it, and leaves what a later controller must know as files in ATTEMPT_DIR:

  claim.json    who may start this attempt; one wins, by link(2), or by rename(2) of a folder with the file
                in it on file systems without hard links; its mtime is the heartbeat
  trainer.json  which process the trainer is
  train.log     what the trainer printed
  exit.json     how it ended, complete or not there at all

With --detach it starts itself again in a session of its own, prints which process that is, and ends at once.

Exit codes: 0 the attempt ended (exit.json says how), 90 somebody else holds the claim, 91 the attempt's
folder was deleted or cannot be written, 64 wrong usage.
"""

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any, Dict, List, Optional, Tuple

HEARTBEAT_S = 5.0
# A disk may stay full for long, and nobody else knows the exit code; but no process waits for ever.
GIVE_UP_S = 24 * 3600.0
# What a trainer gets to end by itself after its folder was deleted.
PATIENCE_S = 60.0
EXIT_CLAIMED = 90
EXIT_GONE = 91
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


def write_whole(path: str, value: Dict[str, Any]) -> None:
    """A new file, complete and on disk, or none."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        rest = json.dumps(value).encode()
        while rest:  # a disk that fills up takes a part
            rest = rest[os.write(fd, rest) :]
        os.fsync(fd)
    except OSError:
        os.unlink(path)
        raise
    finally:
        os.close(fd)


def temporary_name() -> str:
    """A name nobody reads; it tells who made it."""
    return f".{os.getpid()}.{time.monotonic_ns():x}.tmp"


def write_temporary(value: Dict[str, Any]) -> str:
    name = temporary_name()
    write_whole(name, value)
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
    temporary = write_temporary(value)
    try:
        _replace(temporary, name)
    except OSError:
        os.unlink(temporary)
        raise
    sync_folder()


def _replace(temporary: str, name: str) -> None:
    try:
        os.rename(temporary, name)
    except OSError as error:
        if error.errno not in (errno.EISDIR, errno.ENOTEMPTY, errno.EEXIST):
            raise
        # A folder in its place holds nothing that lorch reads; it is kept under another name.
        os.rename(name, f"{name}.damaged-{time.monotonic_ns():x}")
        os.rename(temporary, name)


def claim() -> bool:
    """True for exactly one of this shim and a recovering controller: link(2) fails if the name exists."""
    value = {"by": "shim", "t": now_ms(), "host": os.uname().nodename, **identity(os.getpid())}
    temporary = write_temporary(value)
    try:
        os.link(temporary, "claim.json")
    except FileExistsError:
        if os.stat(temporary).st_nlink != 2:  # over NFS a lost reply makes a link that worked look like this
            return False
    except OSError:  # a file system without hard links
        if not _claim_by_folder(value):
            return False
    finally:
        os.unlink(temporary)
    sync_folder()
    return True


def _claim_by_folder(value: Dict[str, Any]) -> bool:
    """Renaming a folder fails if the name is a file, or a folder that holds something: one wins here too, and
    nobody ever sees half a claim."""
    folder = temporary_name()
    os.mkdir(folder, 0o700)
    try:
        write_whole(os.path.join(folder, "claim.json"), value)
        os.rename(folder, "claim.json")
    except OSError as error:
        _remove_folder(folder)
        if error.errno in (errno.ENOTDIR, errno.ENOTEMPTY, errno.EEXIST, errno.EISDIR):
            return False
        raise
    return True


def _remove_folder(folder: str) -> None:
    try:
        if os.path.exists(os.path.join(folder, "claim.json")):
            os.unlink(os.path.join(folder, "claim.json"))
        os.rmdir(folder)
    except OSError:
        pass


def folder_gone() -> bool:
    """Whether the attempt's folder was deleted; one that was moved is still there."""
    try:
        os.getcwd()
    except FileNotFoundError:
        return True
    except OSError:
        pass
    return False


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


def beat(trainer: Trainer) -> None:
    """The heartbeat; and the end of a trainer whose folder was deleted, which nobody can stop any more."""
    gone_s = 0.0
    while True:
        time.sleep(HEARTBEAT_S)
        try:
            os.utime("claim.json")
        except OSError:
            pass
        if not folder_gone():
            gone_s = 0.0
            continue
        if gone_s == 0.0:
            trainer.ask()
        gone_s += HEARTBEAT_S
        if gone_s > PATIENCE_S and trainer.process is not None:
            kill_group(trainer.process.pid)


def record_end(result: Dict[str, Any]) -> int:
    """Writes exit.json, however long the disk is full; gives up if the folder is gone."""
    waited = 0.0
    while True:
        try:
            put("exit.json", result)
            return 0
        except OSError:  # disk full, as a trainer that died of it leaves it: nobody else knows the exit code
            if folder_gone() or waited > GIVE_UP_S:
                return EXIT_GONE
        time.sleep(HEARTBEAT_S)
        waited += HEARTBEAT_S


def start(command: List[str]) -> "subprocess.Popen[bytes]":
    log = os.open("train.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=dict(os.environ, LORCH_EVENTS=os.path.join(os.getcwd(), "events.jsonl")),
            start_new_session=True,
        )
    finally:
        os.close(log)


def detach(argv: List[str]) -> int:
    """Starts the shim so that it outlives whoever started it, and does not hold their terminal and pipes."""
    try:
        log = os.open(os.path.join(argv[0], "train.log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDWR)
        pid = os.fork()
    except OSError as error:
        sys.stderr.write(f"{error.filename or 'fork'}: {error.strerror or error}\n")
        return EXIT_GONE
    if pid == 0:
        os.setsid()
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        # Its own complaints go where the trainer's output will: a shim that cannot run must leave a reason.
        os.dup2(log, 2)
        os.execv(sys.executable, [sys.executable, "-I", "-S", os.path.abspath(__file__), *argv])
    sys.stdout.write(json.dumps(identity(pid)) + "\n")
    return 0


def main(argv: List[str]) -> int:
    if argv[:1] == ["--detach"]:
        return detach(argv[1:]) if argv[2:3] == ["--"] else main([])
    if len(argv) < 3 or argv[1] != "--":
        sys.stderr.write("usage: shim.py [--detach] ATTEMPT_DIR -- COMMAND…\n")
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
    threading.Thread(target=beat, args=(trainer,), daemon=True).start()
    result: Dict[str, Any] = {"by": "shim", "code": None, "signal": None, "error": None}
    if not trainer.asked:
        try:
            trainer.process = start(command)
        except OSError as error:
            result["error"] = f"{error.filename or command[0]}: {error.strerror or error}"
    if trainer.process is not None:
        try:
            put("trainer.json", identity(trainer.process.pid))
        except OSError:  # disk full: the token in its environment finds it too
            pass
        if trainer.asked:  # the signal came while the process was being made
            trainer.ask()
        result["code"], result["signal"] = trainer.wait()
    result.update(asked=trainer.asked or None, t=now_ms())
    return record_end(result)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
