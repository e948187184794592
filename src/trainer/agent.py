"""Files and commands of this machine for a lorch that reached it over ssh: one connection, one agent.

It is sent over stdin and never stored, so nothing has to be installed but Python 3.8. A frame is two
big-endian lengths (4 bytes each), a JSON header and a body of bytes. A request is {"id", "op", ...}; its
answer has the same id and either "ok" or "error", the system's name of an error. Requests are answered
as they are done, in any order. The agent ends with its connection, and with it the commands that it runs;
what they started in a session of its own lives on.
"""

import errno
import hashlib
import json
import os
import random
import shutil
import signal
import stat
import struct
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO, Callable, Dict, List, Optional, Tuple

MARK = b"\0lorch agent 1\0"
MAX_HEADER = 16 << 20
MAX_BODY = 64 << 20
WORKERS = 16
PIECE = 1 << 20

Answer = Tuple[Any, bytes]


def read_file(request: Dict[str, Any], _body: bytes) -> Answer:
    path, at, length = request["file"], int(request["from"]), min(int(request["length"]), MAX_BODY)
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            return {"not_file": "folder" if stat.S_ISDIR(mode) else "other"}, b""
        parts: List[bytes] = []
        filled = 0
        # Files of the system (/proc) give little at a time and tell no size; some refuse a large buffer.
        while filled < length:
            part = os.pread(descriptor, min(length - filled, PIECE), at + filled)
            if not part:
                break
            parts.append(part)
            filled += len(part)
        return {}, b"".join(parts)
    finally:
        os.close(descriptor)


def kind_of(mode: int) -> str:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "link" if stat.S_ISLNK(mode) else "other"


def stat_path(request: Dict[str, Any], _body: bytes) -> Answer:
    found = (os.stat if request.get("follow") else os.lstat)(request["path"])
    return {
        "kind": kind_of(found.st_mode),
        "bytes": found.st_size,
        "modified_ms": round(found.st_mtime * 1000),
    }, b""


def list_folder(request: Dict[str, Any], _body: bytes) -> Answer:
    with os.scandir(request["path"]) as entries:
        return [[entry.name, entry_kind(entry)] for entry in entries], b""


def entry_kind(entry: "os.DirEntry[str]") -> str:
    if entry.is_symlink():
        return "link"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "other"


def temporary_for(path: str) -> str:
    """As hosts/temporary.ts names them: sweeping finds those of a process that is gone."""
    return os.path.join(os.path.dirname(path), f".{os.getpid()}.{random.getrandbits(48):012x}.tmp")


def write_whole(path: str, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    except OSError:
        os.unlink(path)
        raise
    finally:
        os.close(descriptor)


def make_folder(path: str) -> None:
    """With mode 0700 for each that is missing; os.makedirs gives it to the last one only."""
    missing = []
    while path and not os.path.isdir(path):
        missing.append(path)
        path = os.path.dirname(path)
    for each in reversed(missing):
        try:
            os.mkdir(each, 0o700)
        except FileExistsError:
            if not os.path.isdir(each):
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), each) from None


def take_name(temporary: str, path: str) -> None:
    """Gives a finished file its name; a folder in its place is kept under another (see hosts/put.ts)."""
    try:
        try:
            os.rename(temporary, path)
        except OSError as error:
            if error.errno not in (errno.EISDIR, errno.ENOTEMPTY, errno.EEXIST):
                raise
            inside = os.path.join(path, os.path.basename(path))
            if os.path.exists(inside):
                os.rename(temporary, inside)
                return
            os.rename(path, f"{path}.damaged-{random.getrandbits(24):06x}")
            os.rename(temporary, path)
    except OSError:
        forget(temporary)
        raise


def forget(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass


def put(request: Dict[str, Any], body: bytes) -> Answer:
    path = request["file"]
    make_folder(os.path.dirname(path))
    temporary = temporary_for(path)
    write_whole(temporary, body)
    take_name(temporary, path)
    return {}, b""


def create_once(request: Dict[str, Any], body: bytes) -> Answer:
    path = request["file"]
    folder = os.path.dirname(path)
    make_folder(folder)
    try:
        made = link_once(path, body)
    except OSError:
        try:
            os.rmdir(folder)
        except OSError:
            pass
        raise
    # The answer to the first try was lost with its connection.
    return {"made": made or (bool(request.get("again")) and content_of(path) == body)}, b""


def content_of(path: str) -> Optional[bytes]:
    for each in (path, os.path.join(path, os.path.basename(path))):
        try:
            with open(each, "rb") as file:
                return file.read()
        except OSError:
            pass
    return None


def link_once(path: str, body: bytes) -> bool:
    temporary = temporary_for(path)
    write_whole(temporary, body)
    try:
        os.link(temporary, path)
        return True
    except FileExistsError:
        # Over NFS a lost reply makes a link that worked look like one that failed.
        return os.stat(temporary).st_nlink == 2
    except OSError:
        return create_without_links(path, body)
    finally:
        forget(temporary)


def create_without_links(path: str, body: bytes) -> bool:
    """A folder with the file in it takes the name (see hosts/create-once.ts)."""
    folder = temporary_for(path)
    os.mkdir(folder, 0o700)
    try:
        write_whole(os.path.join(folder, os.path.basename(path)), body)
        os.rename(folder, path)
        return True
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        if error.errno in (errno.ENOTDIR, errno.ENOTEMPTY, errno.EEXIST, errno.EISDIR):
            return False
        raise


def remove(request: Dict[str, Any], _body: bytes) -> Answer:
    path = request["path"]
    try:
        if stat.S_ISDIR(os.lstat(path).st_mode):
            shutil.rmtree(path)
        else:
            os.unlink(path)
    except (FileNotFoundError, NotADirectoryError):
        pass
    try:
        os.rmdir(os.path.dirname(path))
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR):
            raise
    return {}, b""


def hash_of(path: str) -> Optional[str]:
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            for part in iter(lambda: file.read(1 << 20), b""):
                digest.update(part)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    return digest.hexdigest()


def part_of(request: Dict[str, Any]) -> str:
    """Where an upload grows: the same name after a lost connection, so that it goes on."""
    path = request["to"]
    return os.path.join(os.path.dirname(path), f".{request['sha256']}.part")


def begin_upload(request: Dict[str, Any], _body: bytes) -> Answer:
    if hash_of(request["to"]) == request["sha256"]:
        return {"there": True}, b""
    make_folder(os.path.dirname(request["to"]))
    try:
        return {"there": False, "at": os.lstat(part_of(request)).st_size}, b""
    except FileNotFoundError:
        return {"there": False, "at": 0}, b""


def add_part(request: Dict[str, Any], body: bytes) -> Answer:
    descriptor = os.open(part_of(request), os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        # At its place, not at the end: a part that is sent again is the same part.
        at = int(request["at"])
        view = memoryview(body)
        while view:
            written = os.pwrite(descriptor, view, at)
            at, view = at + written, view[written:]
    finally:
        os.close(descriptor)
    return {}, b""


def end_upload(request: Dict[str, Any], _body: bytes) -> Answer:
    part = part_of(request)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        os.ftruncate(descriptor, int(request["bytes"]))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    found = hash_of(part)
    if found != request["sha256"]:
        forget(part)
        return {"found": found}, b""
    take_name(part, request["to"])
    return {"found": found}, b""


running: Dict[int, "subprocess.Popen[bytes]"] = {}


def run(request: Dict[str, Any], body: bytes) -> Answer:
    try:
        process = subprocess.Popen(
            request["argv"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=request.get("env"),
            start_new_session=True,
        )
    except OSError as error:
        return {"code": None, "error": errno.errorcode.get(error.errno or 0, str(error)), "out": 0}, b""
    running[process.pid] = process
    timeout_ms = request.get("timeout_ms")
    try:
        out, err = process.communicate(body, None if timeout_ms is None else timeout_ms / 1000)
    except subprocess.TimeoutExpired:
        end_group(process.pid)
        out, err = process.communicate()
    finally:
        running.pop(process.pid, None)
    if len(out) + len(err) > MAX_BODY:
        out, err = out[: MAX_BODY // 2], err[: MAX_BODY // 2]
    code = process.returncode
    return {"code": None if code < 0 else code, "error": None, "out": len(out)}, out + err


def end_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def ping(_request: Dict[str, Any], _body: bytes) -> Answer:
    return {}, b""


OPS: Dict[str, Callable[[Dict[str, Any], bytes], Answer]] = {
    "ping": ping,
    "read": read_file,
    "stat": stat_path,
    "list": list_folder,
    "put": put,
    "create_once": create_once,
    "remove": remove,
    "begin_upload": begin_upload,
    "add_part": add_part,
    "end_upload": end_upload,
    "run": run,
}


class Channel:
    """Answers go out whole, whichever thread has them."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self.lock = threading.Lock()

    def send(self, header: Dict[str, Any], body: bytes) -> None:
        text = json.dumps(header).encode()
        with self.lock:
            self.out.write(struct.pack(">II", len(text), len(body)) + text + body)
            self.out.flush()


def answer(channel: Channel, request: Dict[str, Any], body: bytes) -> None:
    try:
        ok, content = OPS[request["op"]](request, body)
        header: Dict[str, Any] = {"id": request["id"], "ok": ok}
    except OSError as error:
        name = errno.errorcode.get(error.errno or 0, "EIO")
        header, content = {"id": request["id"], "error": name, "message": error.strerror or str(error)}, b""
    except Exception as error:  # a request that no lorch of this version makes
        header, content = {"id": request.get("id"), "error": "EINVAL", "message": repr(error)}, b""
    try:
        channel.send(header, content)
    except OSError:
        leave()


def leave() -> None:
    """Nobody listens any more, so nobody waits for the commands either."""
    for pid in list(running):
        end_group(pid)
    os._exit(0)


def read_exactly(source: BinaryIO, length: int) -> bytes:
    content = source.read(length)
    if len(content) < length:
        leave()
    return content


def main() -> None:
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Whatever prints by accident must not get between two frames.
    os.dup2(2, 1)
    os.umask(0o077)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    sink.write(MARK)
    sink.flush()
    channel = Channel(sink)
    pool = ThreadPoolExecutor(WORKERS)
    while True:
        header, body = struct.unpack(">II", read_exactly(source, 8))
        if header > MAX_HEADER or body > MAX_BODY:
            leave()
        request = json.loads(read_exactly(source, header))
        content = read_exactly(source, body)
        if request["op"] == "run":
            # Commands may take long, and must not keep the files waiting.
            threading.Thread(target=answer, args=(channel, request, content), daemon=True).start()
        else:
            pool.submit(answer, channel, request, content)


if __name__ == "__main__":
    main()
