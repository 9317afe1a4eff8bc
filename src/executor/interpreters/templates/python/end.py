"""Ends the child as Python ends a process. Part of warm.py."""

import gc
import io
import os
import sys

STANDARD_STREAMS = (sys.stdout, sys.stderr)
WRITERS = (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom)


def hide_our_frame():
    """Leaves warm.py out of the traceback of an error that ends the plugin."""
    hook = sys.excepthook

    def call(kind, error, traceback):
        sys.excepthook = hook
        hook(kind, error.with_traceback(traceback.tb_next), traceback.tb_next)

    sys.excepthook = call


def leave_early():
    """Ends the process after the plugin's own exit functions, but does not free the template's objects.

    To free them would copy nearly all memory that is shared with the template. What the plugin has made is
    freed, as Python does it: files are written, and finalizers are called. If something still holds the
    plugin's objects, Python ends the process itself.
    """
    if return_code is None or not can_flush(open_files()):
        return
    for name in ("last_exc", "last_traceback", "last_type", "last_value"):
        vars(sys).pop(name, None)
    for name in set(sys.modules) - plugin.loaded | {"__main__"}:
        sys.modules.pop(name, None)
    gc.collect()
    if plugin.loader() is None and can_flush(STANDARD_STREAMS):
        os._exit(return_code)


def open_files():
    """Text files come before the files of bytes to which they write."""
    files = [thing for thing in gc.get_objects() if type(thing) in WRITERS]
    return [*sorted(files, key=lambda file: WRITERS.index(type(file))), *STANDARD_STREAMS]


def can_flush(streams):
    """If a file can't be written, Python itself says so when it ends the process."""
    try:
        for stream in (sys.stdout, sys.stderr, *streams):
            if stream is not None and not stream.closed:
                stream.flush()
        return True
    except Exception:
        return False


def return_code_of(code):
    """The return code for what was given to sys.exit. None: Python knows it."""
    if code is None:
        return 0
    return code & 0xFF if isinstance(code, int) and abs(code) < 2**31 else None
