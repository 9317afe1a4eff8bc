"""Notices that the plugin or one of its modules has changed. Part of warm.py."""

import os
import sys
import time


class Watch:
    """Tells that a file has changed, or that a module has appeared. It looks at most once a second."""

    def __init__(self):
        self._states = {}
        self._directories = {}
        self._origins = {}
        self._looked_at = time.monotonic()
        self._has_changed = False
        self.missed = []

    def add(self, path):
        if isinstance(path, str):
            self._states[path] = state_of(path)

    def look_for_modules(self, loaded):
        """Remembers where modules were found, and where they may appear.

        A module that was not found may appear. A module that was found may appear again, in a directory that
        Python searches earlier.
        """
        names = [name for name in loaded if "." not in name]
        self._origins = {name: origin_of(find_module(name)) for name in names}
        self.missed = [(name, path) for name, path in self.missed if name not in loaded]
        places = [*sys.path, *(place for _, path in self.missed for place in path or ())]
        self._directories = {place: state_of(place or ".") for place in places}

    def has_changed(self):
        now = time.monotonic()
        if not self._has_changed and now - self._looked_at >= 1:
            self._looked_at = now
            is_changed = any(state_of(path) != state for path, state in self._states.items())
            self._has_changed = is_changed or self._has_appeared()
        return self._has_changed

    def _has_appeared(self):
        states = {place: state_of(place or ".") for place in self._directories}
        if states == self._directories:
            return False
        self._directories = states
        if any(find_module(name, path) for name, path in self.missed):
            return True
        return any(origin_of(find_module(name)) != origin for name, origin in self._origins.items())


def find_module(name, path=None):
    for finder in sys.meta_path:
        spec = finder.find_spec(name, path)
        if spec is not None:
            return spec
    return None


def origin_of(spec):
    return spec and spec.origin


def state_of(path):
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
