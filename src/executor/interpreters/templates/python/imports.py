"""Imports ahead what the plugin's first statements import. Part of warm.py."""

import _ast
import _warnings
import os
import sys

STANDARD_LIBRARY = os.path.dirname(os.__file__) + os.sep
NO_WARNING = ("error", None, Warning, "__main__", 0)


class Obstacle(Exception):
    """The reason why a plugin can't be run from a template."""


def import_ahead(tree, is_marked):
    """Imports what the plugin's first statements import, in their order, until one is left to the plugin.

    It stops at an import that fails, or for which Python warns the plugin. It stops at a module outside the
    standard library, unless the plugin has the mark. What comes after such an import may depend on what the
    import does. Returns which modules were looked for and not found.
    """
    missed = Missed()
    sys.meta_path.append(missed)
    change_filters(lambda filters: filters.insert(0, NO_WARNING))
    try:
        for module, names in first_imports(tree.body):
            if not (is_marked or is_standard(module)):
                break
            __import__(module, fromlist=names)
    except BaseException:  # a module may raise anything
        pass
    finally:
        change_filters(lambda filters: filters.remove(NO_WARNING))
        sys.meta_path.remove(missed)
    return missed.modules


def load_ahead(modules):
    """Imports modules that the operator or the plugin's author has named."""
    change_filters(lambda filters: filters.insert(0, NO_WARNING))
    try:
        for module in modules:
            __import__(module)
    except BaseException as error:  # a module may raise anything
        line = f"{module} cannot be loaded ahead: {type(error).__name__}: {error}".partition("\n")[0]
        raise Obstacle(line[:300]) from error
    finally:
        change_filters(lambda filters: filters.remove(NO_WARNING))


class Missed:
    """The last of the finders: Python asks it for a module that no other finder has found."""

    def __init__(self):
        self.modules = []

    def find_spec(self, name, path=None, target=None):
        self.modules.append((name, path and list(path)))


def change_filters(change):
    """Does what the module `warnings` does, which must not be loaded here."""
    mutated = getattr(_warnings, "_filters_mutated", int)
    mutated = getattr(_warnings, "_filters_mutated_lock_held", mutated)
    lock, unlock = getattr(_warnings, "_acquire_lock", int), getattr(_warnings, "_release_lock", int)
    lock()
    try:
        change(_warnings.filters)
        mutated()
    finally:
        unlock()


def is_standard(module):
    """A file next to the plugin may have the name of a standard module."""
    name = module.partition(".")[0]
    loaded = sys.modules.get(name)
    spec = find_module(name) if loaded is None else getattr(loaded, "__spec__", None)
    if spec is None or spec.origin in ("built-in", "frozen"):
        return spec is not None
    origin = os.path.realpath(spec.origin or "")
    return origin.startswith(os.path.realpath(STANDARD_LIBRARY) + os.sep) and "-packages" not in origin
