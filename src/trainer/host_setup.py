"""Makes the trainer's environment on this host: `python3 host_setup.py SETTINGS.json`.

Standard library only and Python 3.8. It goes on when the connection ends, writes its log to the file that the
settings name, and at last `end`: how it ended, complete or not there at all. A complete environment has a
marker, which is written last; one without it is made again, from pip's own cache.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time

CANDIDATES = ["python3", "python3.12", "python3.13", "python3.11", "python3.10"]
OLDEST, NEWEST = (3, 10), (3, 14)
FACTS = "import sys, json\ntry:\n import venv, ensurepip\n v = True\nexcept ImportError:\n v = False\n"
FACTS += "print(json.dumps([list(sys.version_info[:3]), v]))"


class SetupError(Exception):
    """A reason with the way out; it ends up at the user."""

    def __init__(self, message, hint):
        super().__init__(message)
        self.hint = hint


def find_base():
    """A Python that the pinned packages have wheels for, with venv."""
    seen, without = [], None
    for name in CANDIDATES:
        path = shutil.which(name)
        if path is None:
            continue
        asked = subprocess.run([path, "-I", "-c", FACTS], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        if asked.returncode != 0:
            continue
        version, has_venv = json.loads(asked.stdout)
        if not OLDEST <= tuple(version[:2]) <= NEWEST:
            seen.append("{} is {}.{}".format(name, *version))
        elif not has_venv:
            without = without or (path, version)
        else:
            return path, version
    if without:
        package = "python{}.{}-venv".format(*without[1])
        raise SetupError(
            f"{without[0]} cannot make virtual environments",
            f"Debian, Ubuntu: `sudo apt install {package}` there; conda and uv bring their own Python",
        )
    raise SetupError(
        "there is no Python from 3.10 to 3.14 on PATH" + (f" ({', '.join(seen)})" if seen else ""),
        "install one there, for example with conda or uv, so that `python3` is it",
    )


def say(text):
    print(f"· {text}", flush=True)


def command(argv, what):
    ended = subprocess.run(argv, stdin=subprocess.DEVNULL)
    if ended.returncode != 0:
        raise SetupError(f"{what} failed with exit code {ended.returncode}", "its last lines are in the log")


def pip(python, *arguments):
    command([python, "-I", "-m", "pip", "install", "--disable-pip-version-check", *arguments], "pip install")


def make(settings):
    base, version = find_base()
    name = "{}-py{}.{}-{}".format(settings["requirements_hash"], version[0], version[1], settings["variant"])
    folder = os.path.join(settings["root"], name)
    marker = os.path.join(folder, settings["marker"])
    if os.path.exists(marker) and not settings["force"]:
        return {"dir": folder, "made": False}
    say("Python {}.{}.{} ({}) → {}".format(*version, base, folder))
    # pip cannot tell a package that was cut short from a whole one.
    shutil.rmtree(folder, ignore_errors=True)
    command([base, "-I", "-m", "venv", folder], "python -m venv")
    python = os.path.join(folder, "bin", "python")
    if settings["torch"]:
        say("{}, build {} ({})".format(settings["torch"], settings["variant"], settings["why"]))
        install_torch(python, settings)
    say("the other packages")
    pip(python, "-r", settings["requirements"])
    facts = {
        "lorch": 1,
        "requirements": settings["requirements_hash"],
        "need": "trainer",
        "variant": settings["variant"],
        "python": ".".join(map(str, version)),
        "dev": None,
        "created_ms": int(time.time() * 1000),
    }
    write(marker, facts)
    return {"dir": folder, "made": True}


def install_torch(python, settings):
    """The build's own index first; if it cannot be reached, what pip is configured for."""
    if settings["index"]:
        wanted = "{}+{}".format(settings["torch"], settings["variant"])
        try:
            return pip(
                python, "--retries", "1", "--timeout", "20", "--extra-index-url", settings["index"], wanted
            )
        except SetupError:
            say("{} does not serve it; taking the default build".format(settings["index"]))
    return pip(python, settings["torch"])


def write(path, value):
    with open(path + ".tmp", "w") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".tmp", path)


def detach(log):
    """Goes on in a session of its own; the caller's process ends at once."""
    if os.fork() > 0:
        os._exit(0)
    os.setsid()
    if os.fork() > 0:
        os._exit(0)
    null = os.open(os.devnull, os.O_RDONLY)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for target, source in ((0, null), (1, out), (2, out)):
        os.dup2(source, target)


def main():
    with open(sys.argv[1]) as file:
        settings = json.load(file)
    os.makedirs(settings["root"], mode=0o700, exist_ok=True)
    detach(settings["log"])
    try:
        with open(os.path.join(settings["root"], "setup.lock"), "a") as lock:
            # The system frees it if its holder dies.
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("another setup is under way; its log follows here, and this one waits for it")
                fcntl.flock(lock, fcntl.LOCK_EX)
            end = make(settings)
    except SetupError as error:
        end = {"error": str(error), "hint": error.hint}
    except Exception as error:
        end = {"error": f"{type(error).__name__}: {error}", "hint": "its last lines are in the log"}
    write(settings["end"], end)


if __name__ == "__main__":
    main()
