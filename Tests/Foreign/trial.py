"""What trials of the service among others have in common: checks, waits, processes."""

import contextlib
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time


class Failure(Exception):
    """A check that failed, with what was seen."""


def check(holds, what, seen=""):
    if not holds:
        raise Failure(f"{what}: {seen}" if seen != "" else what)
    return True


def passed(text):
    print(f"ok: {text}", flush=True)


def until(what, seconds, condition, seen=lambda: ""):
    """Asks again and again until the condition gives something, which is returned."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise Failure(f"{what} within {seconds} s did not happen: {seen()}")
        time.sleep(0.1)


def free_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


@contextlib.contextmanager
def process(command, log, **more):
    """A process that is ended with the block, whatever happens in it."""
    running = subprocess.Popen([str(word) for word in command], stderr=log, stdin=subprocess.DEVNULL, **more)
    try:
        yield running
    finally:
        end(running)


def end(running):
    if running.poll() is None:
        running.terminate()
        try:
            running.wait(15)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
    return running.returncode


def conduct(name, what, limit, run):
    """Runs a trial in a folder of its own, within so many seconds; a check that fails ends it with status 1."""

    def out_of_time(*_):
        raise Failure(f"it took more than {limit} s")

    signal.signal(signal.SIGALRM, out_of_time)
    signal.alarm(limit)
    started = time.monotonic()
    try:
        with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
            run(pathlib.Path(folder), stack)
    except Failure as failure:
        sys.exit(f"{name}: {failure}")
    print(f"{what}, in {time.monotonic() - started:.0f} s")
