"""Prepares the plugin: compiles it, and imports what it will import. Part of warm.py."""

import _ast
import _weakref
import builtins
import io
import os
import sys

SourceFileLoader = sys.modules["_frozen_importlib_external"].SourceFileLoader
MARK_IN_LINES = 10


class Plugin:
    """A plugin that is compiled, with what is imported ahead for it."""

    def __init__(self, path, load):
        self.path = path
        self.watch = Watch()
        self.watch.add(path)
        with open(path, "rb") as file:
            source = file.read()
        tree, self.code, self.warnings = compile_quietly(source, path)
        self.watch.missed = import_ahead(tree, is_marked=has_mark(source))
        load_ahead(load)
        self.loaded = set(sys.modules)
        for module in list(sys.modules.values()):
            self.watch.add(getattr(module, "__file__", None))
        self.watch.look_for_modules(self.loaded - LOADED_BY_START)

    def make_main(self):
        """To be called in each child: after gc.freeze, a child never frees what the template has made."""
        main = sys.modules["__main__"] = type(sys)("__main__")
        loader = SourceFileLoader("__main__", self.path)
        self.loader = _weakref.ref(loader)
        vars(main).update(
            __annotations__={},
            __builtins__=builtins,
            __cached__=None,
            __file__=os.path.abspath(self.path),
            __loader__=loader,
        )
        return vars(main)


def has_mark(source):
    head = b"\n".join(source.split(b"\n")[:MARK_IN_LINES])
    for comment in head.split(b"#")[1:]:
        name, _, mark = comment.partition(b":")
        word = mark.strip()
        is_longer_word = word[4:5].isalnum() or word[4:5] == b"_"
        if name.strip() == b"omd-worker" and word[:4] == b"warm" and not is_longer_word:
            return True
    return False


def compile_quietly(source, path):
    """Returns the syntax tree, the code, and Python's warnings, which belong to the output of each check."""
    stderr, sys.stderr = sys.stderr, io.StringIO()
    try:
        tree = compile(source, path, "exec", _ast.PyCF_ONLY_AST, dont_inherit=True)
        code = compile(tree, path, "exec", dont_inherit=True)
        return tree, code, sys.stderr.getvalue()
    except (SyntaxError, ValueError) as error:
        raise Obstacle("it does not compile") from error
    finally:
        sys.stderr = stderr


def look_next_to(path):
    """Has Python search for modules next to the plugin first, as if it were started with the plugin."""
    if getattr(sys.flags, "safe_path", sys.flags.isolated):
        return
    sys.path_importer_cache.pop(sys.path[0], None)
    sys.path[0] = os.path.dirname(os.path.realpath(path))
