#!/usr/bin/env python3
"""Watches one trainer: `python shim.py [--detach] ATTEMPT_DIR -- COMMAND…`.

Standard library only and Python 3.8, because the same file runs here, over ssh and inside a batch job. It
outlives the controller that started it, and leaves what a later controller must know as files in ATTEMPT_DIR:

  claim.json    who may start this attempt; one wins, by link(2), or by rename(2) of a folder with the file
                in it on file systems without hard links; its mtime is the heartbeat
  trainer.json  which process the trainer is
  train.log     what the trainer printed
  exit.json     how it ended, complete or not there at all

LORCH_GUARDS in its environment (JSON) says what it guards against, so that guards hold with the controller
gone: limits of time and a trainer that makes no progress. It comes from who starts the attempt, and never
from a run folder. A command that ends the rental of the machine (`on_done`) runs last.

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
from collections import deque
from typing import Any, Deque, Dict, List, Optional, Tuple

HEARTBEAT_S = 5.0
# A disk may stay full for long, and nobody else knows the exit code; but no process waits for ever.
GIVE_UP_S = 24 * 3600.0
# What a trainer gets to end by itself after its folder was deleted.
PATIENCE_S = 60.0
# What a trainer gets to save and end after a limit, and to end after a hang, before it is killed.
SAVE_S = 600.0
HUNG_S = 60.0
# What the stacks of all threads get to appear in the log.
DUMP_S = 2.0
# What `on_done` may take.
DONE_S = 300.0
READ_BYTES = 1 << 22
GUARDS = "LORCH_GUARDS"
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
        self.guard: Optional[Dict[str, Any]] = None
        """Which guard ended it, with its evidence."""
        self.over = threading.Event()

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
        self.over.set()
        return (code, None) if code >= 0 else (None, -code)


def kill_group(group: int) -> None:
    signal_group(group, signal.SIGKILL)


def signal_group(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # nobody left, or only zombies (macOS)
        pass


def monotonic() -> float:
    """Seconds that no change of the clock touches; time asleep counts, if the system tells it."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class Progress:
    """What the attempt's files show of the work. Times are measured here, because clocks jump."""

    def __init__(self) -> None:
        self.last_step: Optional[int] = None
        self.quiet_s = 0.0
        """How long no file has changed."""
        self._offset = 0
        self._rest = b""
        self._signature: object = None
        self._since_step_s = 0.0
        self._step_s: Deque[float] = deque(maxlen=201)
        self._steps_an_event: Deque[int] = deque(maxlen=201)

    @property
    def median_step_s(self) -> Optional[float]:
        return median(self._step_s)

    def allowed_s(self, factor: float, floor_s: float) -> float:
        """How long it may be quiet: so many steps after the next event is due, but at least the floor."""
        step_s = self.median_step_s or 0.0
        return max(floor_s, step_s * (factor + (median(self._steps_an_event) or 1)))

    def look(self, passed_s: float) -> None:
        """Takes in what is new after `passed_s` more seconds of work."""
        self._since_step_s += passed_s
        for event in self._new_steps():
            self._take(event)
        signature = (_facts("events.jsonl"), _unsealed())
        self.quiet_s = self.quiet_s + passed_s if signature == self._signature else 0.0
        self._signature = signature

    def _take(self, event: Dict[str, Any]) -> None:
        step = event.get("step")
        if not isinstance(step, int):
            return
        steps = step - self.last_step if self.last_step is not None else 0
        metrics = event.get("metrics")
        measured = metrics.get("step_ms") if isinstance(metrics, dict) else None
        if isinstance(measured, (int, float)) and measured > 0:
            self._step_s.append(measured / 1000)
        elif steps > 0:
            self._step_s.append(self._since_step_s / steps)
        if steps > 0:
            self._steps_an_event.append(steps)
        self.last_step, self._since_step_s = step, 0.0

    def _new_steps(self) -> List[Dict[str, Any]]:
        try:
            fd = os.open("events.jsonl", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return []
        try:
            data = os.pread(fd, READ_BYTES, self._offset)
        except OSError:
            return []
        finally:
            os.close(fd)
        self._offset += len(data)
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest if len(rest) < READ_BYTES else b""
        events = []
        for line in lines:
            if b'"step"' not in line:
                continue
            try:
                event = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(event, dict) and event.get("type") == "step":
                events.append(event)
        return events


def median(values: "Deque[Any]") -> Any:
    return sorted(values)[len(values) // 2] if values else None


def _facts(path: str) -> Optional[Tuple[int, int]]:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _unsealed() -> List[Tuple[str, Any]]:
    """The files of checkpoints that are being written: they grow, however slow the disk is."""
    folder = os.path.join("..", "checkpoints")
    files = []
    try:
        for name in sorted(os.listdir(folder)):
            inner = os.path.join(folder, name)
            if name.startswith("checkpoint-") and not os.path.exists(os.path.join(inner, "lorch.json")):
                files += [
                    (f"{name}/{each}", _facts(os.path.join(inner, each)))
                    for each in sorted(os.listdir(inner))
                ]
    except OSError:
        pass
    return files


def is_halted(pid: int) -> bool:
    """Stopped by SIGSTOP or a debugger: it makes no progress, and that is no fault of its own."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            stat = file.read()
        return stat[stat.rindex(b")") + 2 :].split()[0] in (b"T", b"t")
    except (OSError, ValueError, IndexError):
        return False


def watch(trainer: Trainer, guards: Dict[str, Any]) -> None:
    """Ends a trainer that passes a limit or makes no progress. Nothing here may end this thread."""
    limits = [limit for limit in guards.get("limits") or [] if isinstance(limit, dict)]
    hang = guards.get("hang") or None
    floor_s = float(hang["floor_s"]) if hang else GIVE_UP_S
    pause_s = max(0.02, min([HEARTBEAT_S, floor_s / 5, *(float(limit["seconds"]) / 5 for limit in limits)]))
    progress = Progress()
    began = before = monotonic()
    while not trainer.over.wait(pause_s):
        now = monotonic()
        # If this process stood still, too, for example in a suspended job, that time says nothing.
        passed_s, before = min(now - before, 2 * pause_s), now
        for limit in limits:
            if now - began > float(limit["seconds"]):
                end_by_guard(trainer, {**limit, "ran_s": round(now - began, 3)}, guards)
                return
        if hang is None or trainer.process is None or is_halted(trainer.process.pid):
            continue
        progress.look(passed_s)
        allowed_s = progress.allowed_s(float(hang["factor"]), floor_s)
        # Before the first step it loads or compiles, which may take long.
        if progress.last_step is not None and progress.quiet_s > allowed_s:
            evidence = {
                "name": "hang",
                "seconds": round(allowed_s, 3),
                "quiet_s": round(progress.quiet_s, 3),
                "median_step_s": progress.median_step_s,
                "last_step": progress.last_step,
            }
            end_by_guard(trainer, evidence, guards)
            return


def end_by_guard(trainer: Trainer, evidence: Dict[str, Any], guards: Dict[str, Any]) -> None:
    """Asks the trainer to save and end, and kills it if it does not."""
    assert trainer.process is not None
    pid = trainer.process.pid
    hung = evidence["name"] == "hang"
    trainer.guard = {**evidence, "t": now_ms(), "killed": False}
    if hung:
        tell(
            f"no progress for {evidence['quiet_s']:.0f} s after step {evidence['last_step']};"
            " the stacks of all threads follow"
        )
        # Who does not catch it ignores it: it was ignored when the trainer was started.
        signal_group(pid, signal.SIGUSR1)
        trainer.over.wait(DUMP_S)
    tell(f"the guard {evidence['name']} ends this attempt")
    if not trainer.over.is_set():
        trainer.ask()
    patience_s = float(guards.get("kill_after_s") or (HUNG_S if hung else SAVE_S))
    if not trainer.over.wait(patience_s):
        tell(f"it did not end within {patience_s:.0f} s and is killed")
        trainer.guard["killed"] = True
        kill_group(pid)


def tell(text: str) -> None:
    """A line of this supervisor in the log of the trainer."""
    try:
        fd = os.open("train.log", os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            os.write(fd, f"lorch: {text}\n".encode())
        finally:
            os.close(fd)
    except OSError:
        pass


def read_guards() -> Dict[str, Any]:
    """What to guard against; the trainer does not get to see it."""
    try:
        value = json.loads(os.environ.pop(GUARDS, "{}"))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def run_on_done(guards: Dict[str, Any], ended: str) -> None:
    """The host's command for a machine that is not needed any more. Its last attempt runs it."""
    command = guards.get("on_done")
    if not isinstance(command, str) or others_work():
        return
    tell(f"on_done: {ended}; running the command of this host")
    try:
        subprocess.run(
            ["/bin/sh", "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=DONE_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        tell(f"on_done: {error}")


def others_work() -> bool:
    """Whether another attempt works on this machine."""
    own = os.environ.get("LORCH_ATTEMPT", "").encode()
    try:
        pids = [name for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return False
    for pid in pids:
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            continue
        if any(word.startswith(b"LORCH_ATTEMPT=") and word != b"LORCH_ATTEMPT=" + own for word in words):
            return True
    return False


def oom_counts() -> Dict[str, int]:
    """How often memory ran out and the kernel ended a process: here, and at limits of our cgroups."""
    counts = {"host": _count("/proc/vmstat", "oom_kill"), "cgroup": 0}
    try:
        with open("/proc/self/cgroup", encoding="utf-8") as file:
            groups = [line.rstrip("\n").split(":", 2) for line in file]
    except (OSError, ValueError):
        return counts
    for _, controllers, path in (group for group in groups if len(group) == 3):
        if controllers == "memory":
            # It counts what any limit ended; the group that has one is meant.
            root, name, key = "/sys/fs/cgroup/memory", "memory.oom_control", "oom_kill"
        elif controllers == "":
            # `oom` counts at the group with the limit, `oom_kill` wherever the process was.
            root, name, key = "/sys/fs/cgroup", "memory.events", "oom"
        else:
            continue
        parts = [part for part in path.split("/") if part and part != ".."]
        for depth in range(len(parts) + 1):
            folder = os.path.join(root, *parts[:depth])
            if controllers == "" or _has_limit(folder):
                counts["cgroup"] += _count(os.path.join(folder, name), key)
    return counts


def _has_limit(folder: str) -> bool:
    try:
        with open(os.path.join(folder, "memory.limit_in_bytes"), encoding="ascii") as file:
            return int(file.read()) < 1 << 60
    except (OSError, ValueError):
        return False


def _count(path: str, key: str) -> int:
    try:
        with open(path, encoding="ascii") as file:
            return sum(int(words[1]) for words in map(str.split, file) if len(words) > 1 and words[0] == key)
    except (OSError, ValueError):
        return 0


def ooms_since(before: Dict[str, int]) -> Optional[str]:
    """`cgroup` or `host`, if a process was ended for lack of memory since then."""
    now = oom_counts()
    if now["cgroup"] > before["cgroup"]:
        return "cgroup"
    return "host" if now["host"] > before["host"] else None


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
    guards = read_guards()
    trainer = Trainer()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # inherited as ignored, the exit code would be lost
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(
        signal.SIGUSR1, signal.SIG_IGN
    )  # inherited: a trainer that dumps no stacks survives being asked
    signal.signal(signal.SIGTERM, trainer.on_signal)
    signal.signal(signal.SIGINT, trainer.on_signal)
    if not claim():
        return EXIT_CLAIMED
    threading.Thread(target=beat, args=(trainer,), daemon=True).start()
    ooms = oom_counts()
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
        if guards.get("limits") or guards.get("hang"):
            threading.Thread(target=watch, args=(trainer, guards), daemon=True).start()
        result["code"], result["signal"] = trainer.wait()
        if trainer.guard is not None:
            result["guard"] = trainer.guard
        killer = ooms_since(ooms) if result["code"] != 0 else None
        if killer is not None:
            result["oom"] = killer
    result.update(asked=trainer.asked or None, t=now_ms())
    recorded = record_end(result)
    run_on_done(guards, "the attempt has ended")
    return recorded


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
