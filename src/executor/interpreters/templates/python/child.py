"""Gives the child what belongs to its check: pipes, variables and words. Part of warm.py."""

import _signal
import os
import posix
import sys
import time


def begin_check(fields):
    """`fields` are those of the request, after its id."""
    stdout, stderr, additions, *words = fields
    os.setpgid(0, 0)
    direct(2, stderr)
    direct(1, stdout)
    words = [unescape(word) for word in words]
    for addition in words[: int(additions)]:
        set_variable(*addition.split(b"=", 1))
    sys.argv += [os.fsdecode(word) for word in words[int(additions) :]]
    if hasattr(sys, "orig_argv"):
        sys.orig_argv = [*sys.orig_argv[:-3], *sys.argv]
    restart_clock()


def direct(descriptor, path):
    try:
        opened = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:  # no process reads the pipe: to end is better than to wait for ever
        os.kill(os.getpid(), _signal.SIGKILL)
    os.set_blocking(opened, True)
    os.dup2(opened, descriptor)
    os.close(opened)


def unescape(word):
    pieces = word.split(b"\\\\")
    return b"\\".join(p.replace(b"\\t", b"\t").replace(b"\\n", b"\n").replace(b"\\r", b"\r") for p in pieces)


def set_variable(name, value):
    """The plugin's module `os` may be another one than ours, or not yet loaded: without `site` it is."""
    posix.environ[name] = value
    os.environb[name] = value
    loaded = sys.modules.get("os")
    if loaded is not None:
        loaded.environb[name] = value


def restart_clock():
    """The module `logging` counts time from when it was loaded."""
    logging = sys.modules.get("logging")
    started = getattr(logging, "_startTime", None)
    if started is not None:
        logging._startTime = time.time() if isinstance(started, float) else time.time_ns()
