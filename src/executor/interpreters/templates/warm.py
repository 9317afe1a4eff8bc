"""A template process: Python has compiled a plugin, and imported what it will import, but not run it.

For every check it forks a child that runs the plugin as if it had just been started.

    <python of the plugin> <its switches> warm.py <template id> <plugin>

stdin   a socket with requests, one line each; when it ends, the template ends after its children:
        id <tab> pipe for stdout <tab> pipe for stderr <tab> n <tab> n times NAME=value <tab> words of the plugin
stdout  the pipe all templates tell on, one line a write:
        <template id> ready           it takes requests
        <template id> - <reason>      it can't: the plugin must be started anew for each check
        <id> +<pid>                   the child, leader of its process group
        <id> <return code>            128 + n after signal n
        <id> -                        not run: the plugin, or a module of it, has changed

Works with Python 3.7 and later.

Nothing is imported ahead that the plugin itself has not imported when its first other statement runs, and nothing of
what the template itself needs is left where the plugin could see it. So it makes do with modules that are part of Python's
own start or, as `select`, have no state.
"""

import sys

LOADED_BY_START = set(sys.modules)

import _ast
import _signal
import _warnings
import _weakref
import atexit
import builtins
import gc
import io
import os
import posix
import select
import time

for name in set(sys.modules) - LOADED_BY_START:
    del sys.modules[name]
SourceFileLoader = sys.modules["_frozen_importlib_external"].SourceFileLoader

MARK_IN_LINES = 10
# A template outlives these: a plugin may send them to its parent.
SURVIVED = (_signal.SIGHUP, _signal.SIGTERM, _signal.SIGINT)
TIMERS = (_signal.ITIMER_REAL, _signal.ITIMER_VIRTUAL, _signal.ITIMER_PROF)
STANDARD_LIBRARY = os.path.dirname(os.__file__) + os.sep
STANDARD_STREAMS = (sys.stdout, sys.stderr)
WRITERS = (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom)
# Kinds of syntax that do nothing but name and hold values. Python before 3.8 has Num, Str, Bytes, NameConstant.
VALUES = "Constant Num Str Bytes NameConstant Name Load Store Tuple List Set Dict UnaryOp USub".split()


class Obstacle(Exception):
    """Why a plugin can't be run from a template."""


class Plugin:
    """Compiled, with all that is imported ahead."""

    def __init__(self, path):
        self.path = path
        self.watch = Watch()
        self.watch.add(path)
        with open(path, "rb") as file:
            source = file.read()
        tree, self.code, self.warnings = compile_quietly(source, path)
        self.watch.missed = import_ahead(tree, is_marked=has_mark(source))
        self.loaded = set(sys.modules)
        for module in list(sys.modules.values()):
            self.watch.add(getattr(module, "__file__", None))
        self.watch.look_for_modules(self.loaded - LOADED_BY_START)

    def make_main(self):
        """Made in each child: what is made before is never freed there, see gc.freeze."""
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
        if name.strip() == b"omd-worker" and word[:4] == b"warm" and not (word[4:5].isalnum() or word[4:5] == b"_"):
            return True
    return False


class Watch:
    """Notices that a file has changed, or that a module has appeared; looks at most once a second."""

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
        """A module that was not found may appear, and one that was found elsewhere, in a place that comes before."""
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


def compile_quietly(source, path):
    """What Python says meanwhile belongs to the output of each check."""
    stderr, sys.stderr = sys.stderr, io.StringIO()
    try:
        tree = compile(source, path, "exec", _ast.PyCF_ONLY_AST, dont_inherit=True)
        code = compile(tree, path, "exec", dont_inherit=True)
        return tree, code, sys.stderr.getvalue()
    except (SyntaxError, ValueError) as error:
        raise Obstacle("it does not compile") from error
    finally:
        sys.stderr = stderr


class Missed:
    """The last of the finders: it is asked for what no other one has found."""

    def __init__(self):
        self.modules = []

    def find_spec(self, name, path=None, target=None):
        self.modules.append((name, path and list(path)))


def import_ahead(tree, is_marked):
    """Imports what the plugin's first statements import, in their order, until one is left to the plugin.

    Left are an import that fails or has Python warn the plugin, and modules outside the standard library without the mark:
    what comes after them may depend on what they do. Returns what was looked for and not found.
    """
    no_warning = ("error", None, Warning, "__main__", 0)
    missed = Missed()
    sys.meta_path.append(missed)
    change_filters(lambda filters: filters.insert(0, no_warning))
    try:
        for module, names in first_imports(tree.body):
            if not (is_marked or is_standard(module)):
                break
            __import__(module, fromlist=names)
    except BaseException:  # whatever a module may raise
        pass
    finally:
        change_filters(lambda filters: filters.remove(no_warning))
        sys.meta_path.remove(missed)
    return missed.modules


def change_filters(change):
    """As the module `warnings` does it, which may not be loaded."""
    mutated = getattr(_warnings, "_filters_mutated_lock_held", None) or getattr(_warnings, "_filters_mutated", int)
    lock, unlock = getattr(_warnings, "_acquire_lock", int), getattr(_warnings, "_release_lock", int)
    lock()
    try:
        change(_warnings.filters)
        mutated()
    finally:
        unlock()


def first_imports(statements):
    for statement in statements:
        if isinstance(statement, _ast.Import):
            for alias in statement.names:
                yield alias.name, []
        elif isinstance(statement, _ast.ImportFrom) and statement.level == 0:
            if statement.module != "__future__":
                yield statement.module, [alias.name for alias in statement.names if alias.name != "*"]
        elif isinstance(statement, _ast.Try) and are_imports(statement.body + statement.orelse + statement.finalbody):
            yield from first_imports(statement.body)
        elif not is_passive(statement):
            return


def are_imports(statements):
    return all(isinstance(statement, (_ast.Import, _ast.ImportFrom)) for statement in statements)


def is_passive(statement):
    """Defines a function, or gives a name to a value that is written there."""
    if isinstance(statement, (_ast.FunctionDef, _ast.AsyncFunctionDef)):
        arguments = statement.args
        defaults = [default for default in arguments.defaults + arguments.kw_defaults if default is not None]
        return not statement.decorator_list and not has_annotation(statement) and all(map(is_value, defaults))
    if isinstance(statement, _ast.Assign):
        return all(isinstance(target, _ast.Name) for target in statement.targets) and is_value(statement.value)
    return isinstance(statement, _ast.Pass) or (isinstance(statement, _ast.Expr) and is_value(statement.value))


def has_annotation(function):
    arguments = function.args
    every = [*arguments.args, *arguments.kwonlyargs, *getattr(arguments, "posonlyargs", ())]
    every += [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
    return function.returns is not None or any(argument.annotation is not None for argument in every)


def is_value(node):
    if type(node).__name__ not in VALUES:
        return False
    return all(is_value(part) for part in parts_of(node))


def parts_of(node):
    for field in node._fields:
        value = getattr(node, field, None)
        yield from (part for part in (value if isinstance(value, list) else [value]) if isinstance(part, _ast.AST))


def is_standard(module):
    """A file next to the plugin may have the name of a standard module."""
    name = module.partition(".")[0]
    loaded = sys.modules.get(name)
    spec = find_module(name) if loaded is None else getattr(loaded, "__spec__", None)
    if spec is None or spec.origin in ("built-in", "frozen"):
        return spec is not None
    origin = os.path.realpath(spec.origin or "")
    return origin.startswith(os.path.realpath(STANDARD_LIBRARY) + os.sep) and "-packages" not in origin


class Template:
    """Takes requests and forks a child for each."""

    def __init__(self, template_id, status):
        self._id = template_id
        self._status = status
        self._requests = os.dup(0)
        self._id_of = {}
        self._handlers = {}
        self._timers = {}
        self._old_wake = -1
        self._news, self._wake = os.pipe()
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        os.close(nothing)
        self._open = open_descriptors()

    def report(self, line):
        line = line + b"\n"
        while True:
            try:
                os.write(self._status, line)
                return
            except BlockingIOError:
                select.select([], [self._status], [], 0.02)

    def find_obstacle(self):
        if any(not is_device(descriptor) for descriptor in open_descriptors() - self._open):
            return "it keeps a file open that it has opened while it was imported"
        if len(os.listdir("/proc/self/task")) > 1:
            return "it has threads"
        try:
            os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return None
        return "it has started other processes while it was imported"

    def stop_timers(self):
        """A fork does not inherit them."""
        self._timers = {timer: _signal.setitimer(timer, 0) for timer in TIMERS}

    def report_ready(self):
        self.report(self._id + b" ready")

    def report_obstacle(self, obstacle):
        self.report(self._id + b" - " + str(obstacle).encode())

    def next_request(self, plugin):
        """Returns in a child, with the fields of the request it is for; in the template never."""
        self._catch_signals()
        poll = select.poll()
        poll.register(self._requests, select.POLLIN)
        poll.register(self._news, select.POLLIN)
        text = b""
        while True:
            events = {fd for fd, _ in poll.poll()}
            if self._news in events:
                os.read(self._news, 4096)
                self._reap(os.WNOHANG)
            if self._requests not in events:
                continue
            chunk = os.read(self._requests, 65536)
            if not chunk:
                break
            *lines, text = (text + chunk).split(b"\n")
            for line in lines:
                request_id, fields = line.split(b"\t", 1)
                if self._is_child_for(request_id, plugin):
                    self._leave()
                    return fields.split(b"\t")
        self._reap(0)
        os._exit(0)

    def _catch_signals(self):
        os.set_blocking(self._wake, False)
        self._old_wake = _signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        for number in (_signal.SIGCHLD, *SURVIVED):
            self._handlers[number] = _signal.signal(number, lambda *_: None)

    def _is_child_for(self, request_id, plugin):
        if plugin.watch.has_changed():
            self.report(request_id + b" -")
            return False
        try:
            pid = os.fork()
        except OSError:
            self.report(request_id + b" -")
            return False
        if pid == 0:
            return True
        try:
            os.setpgid(pid, pid)  # the child does the same: whoever comes first
        except OSError:
            pass
        self._id_of[pid] = request_id
        self.report(b"%s +%d" % (request_id, pid))
        return False

    def _reap(self, flags):
        while self._id_of:
            pid, status = os.waitpid(-1, flags)
            if pid == 0:
                return
            return_code = 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
            request_id = self._id_of.pop(pid, None)
            if request_id is not None:
                self.report(b"%s %d" % (request_id, return_code))

    def _leave(self):
        """In the child: nothing of the template is left."""
        _signal.set_wakeup_fd(self._old_wake)
        for number, handler in self._handlers.items():
            _signal.signal(number, handler)
        for timer, (delay, interval) in self._timers.items():
            _signal.setitimer(timer, delay, interval)
        for descriptor in (self._news, self._wake, self._requests, self._status):
            os.close(descriptor)


def start(template_id, path):
    """Returns in a child, when all is as the plugin must find it."""
    template = Template(os.fsencode(template_id), os.dup(1))
    sys.argv = [path]
    sys.path_importer_cache[path] = sys.path_importer_cache.pop(__file__, None)
    try:
        look_next_to(path)
        plugin = Plugin(path)
        template.stop_timers()
        obstacle = template.find_obstacle()
        if obstacle is not None:
            raise Obstacle(obstacle)
    except (Obstacle, OSError) as obstacle:
        template.report_obstacle(obstacle)
        if os.getpgrp() == os.getpid():
            os.killpg(0, _signal.SIGKILL)  # and what it has started: it will be started again
        os._exit(0)
    gc.collect()
    gc.freeze()
    template.report_ready()
    stdout, stderr, additions, *words = template.next_request(plugin)
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
    sys.stderr.write(plugin.warnings)
    return plugin


def look_next_to(path):
    """Modules next to the plugin come first, as Python has it for the program it is started with."""
    if getattr(sys.flags, "safe_path", sys.flags.isolated):
        return
    sys.path_importer_cache.pop(sys.path[0], None)
    sys.path[0] = os.path.dirname(os.path.realpath(path))


def open_descriptors():
    """One of those listed was that of the list."""
    return {int(name) for name in os.listdir("/proc/self/fd") if os.path.exists("/proc/self/fd/" + name)}


def is_device(descriptor):
    """A device has no position that processes could share. 0o020000 is S_IFCHR."""
    return os.fstat(descriptor).st_mode & 0o170000 == 0o020000


def set_variable(name, value):
    """Also for a module `os` that is not loaded yet, or was loaded a second time (without `site`)."""
    posix.environ[name] = value
    os.environb[name] = value
    loaded = sys.modules.get("os")
    if loaded is not None:
        loaded.environb[name] = value


def restart_clock():
    """The module `logging` tells times from when it was loaded."""
    logging = sys.modules.get("logging")
    started = getattr(logging, "_startTime", None)
    if started is not None:
        logging._startTime = time.time() if isinstance(started, float) else time.time_ns()


def direct(descriptor, path):
    try:
        opened = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:  # nobody reads it: better than to wait for ever
        os.kill(os.getpid(), _signal.SIGKILL)
    os.set_blocking(opened, True)
    os.dup2(opened, descriptor)
    os.close(opened)


def unescape(word):
    pieces = word.split(b"\\\\")
    return b"\\".join(p.replace(b"\\t", b"\t").replace(b"\\n", b"\n").replace(b"\\r", b"\r") for p in pieces)


def hide_our_frame():
    """It is the outermost one in the traceback of an error that ends the plugin."""
    hook = sys.excepthook

    def call(kind, error, traceback):
        sys.excepthook = hook
        hook(kind, error.with_traceback(traceback.tb_next), traceback.tb_next)

    sys.excepthook = call


def leave_early():
    """Ends the process after the plugin's own exit functions, as Python would, but spares the template's objects.

    To free them means to write to, so to copy, nearly all memory shared with the template. What the plugin has made
    is freed: files are written, finalizers called. Should something still hold it, Python ends the process itself.
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
    """Text comes before the bytes it becomes."""
    files = [thing for thing in gc.get_objects() if type(thing) in WRITERS]
    return [*sorted(files, key=lambda file: WRITERS.index(type(file))), *STANDARD_STREAMS]


def can_flush(streams):
    """Where not, Python is left to say so."""
    try:
        for stream in (sys.stdout, sys.stderr, *streams):
            if stream is not None and not stream.closed:
                stream.flush()
        return True
    except Exception:
        return False


def return_code_of(code):
    """Of what sys.exit was given."""
    if code is None:
        return 0
    return code & 0xFF if isinstance(code, int) and abs(code) < 2**31 else None


return_code = None
atexit.register(leave_early)
plugin = start(*sys.argv[1:])
try:
    exec(plugin.code, plugin.make_main())
    return_code = 0
except SystemExit as end:
    return_code = return_code_of(end.code)
    end.__context__ = end.__cause__ = None
    raise end.with_traceback(None)
except Exception:
    return_code = 1
    hide_our_frame()
    raise
except BaseException:
    hide_our_frame()
    raise
