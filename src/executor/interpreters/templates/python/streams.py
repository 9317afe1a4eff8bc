"""Notices what modules print while they are imported ahead. Part of warm.py."""

import os
import select
import sys


class Streams:
    """stdout and stderr lead into pipes until `end`."""

    def __init__(self):
        self._stderr = os.dup(2)
        self._pipes = {descriptor: lead_into_pipe(descriptor) for descriptor in (1, 2)}

    def find_obstacle(self):
        """What is printed belongs to the output of each check, so the plugin must be started anew."""
        if any(not leads_to(descriptor, pipe) for descriptor, pipe in self._pipes.items()):
            return "it redirects its output while it is imported"
        if not can_flush((sys.stdout, sys.stderr)) or any(map(can_read, self._pipes.values())):
            return "it prints while it is imported"
        return None

    def end(self):
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 1)
        os.dup2(self._stderr, 2)
        for descriptor in (nothing, self._stderr, *self._pipes.values()):
            os.close(descriptor)


def lead_into_pipe(descriptor):
    """Nothing reads the pipe meanwhile, so to write more than it holds is an error."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    os.dup2(writer, descriptor)
    os.close(writer)
    return reader


def can_read(pipe):
    return bool(select.select([pipe], [], [], 0)[0])


def leads_to(descriptor, pipe):
    return os.path.samestat(os.fstat(descriptor), os.fstat(pipe))
