"""A template process. Python has compiled a plugin, and has imported its modules, but has not run it.

For every check it forks a child that runs the plugin, as if Python had just been started.

    <python of the plugin> <its switches> warm.py <template id> <plugin>

stdin   a socket with requests, a line for each. When it is closed, the template exits after its children:
        id <tab> pipe for stdout <tab> pipe for stderr <tab> n <tab> n times NAME=value <tab> words
stdout  the pipe to which all templates write, a line with each write:
        <template id> ready           it takes requests
        <template id> - <reason>      it takes none: the plugin must be started for each check
        <id> +<pid>                   the child runs, and is the leader of its process group
        <id> <return code>            the child has ended; 128 + n after signal n
        <id> -                        the plugin was not run: it, or one of its modules, has changed

It works with Python 3.7 and later.
"""

import ast
import atexit
import builtins
import gc
import importlib.machinery
import importlib.util
import io
import os
import re
import select
import signal
import sys
import time
import warnings
import weakref

MARKED = re.compile(rb"#\s*omd-worker:\s*warm\b")
MARK_IN_LINES = 10
# Signals that do not end a template: a plugin may send them to its parent.
SURVIVED = {signal.SIGHUP: signal.SIG_DFL, signal.SIGTERM: signal.SIG_DFL, signal.SIGINT: signal.default_int_handler}
STANDARD_LIBRARY = os.path.dirname(os.__file__) + os.sep
# Modules that standard modules import only when they are used.
IMPORTED_LATE = {
    "argparse": ("gettext", "locale", "shutil"),
    "datetime": ("_strptime",),
    "socket": ("encodings.idna",),
}
STANDARD_STREAMS = (sys.stdout, sys.stderr)
WRITERS = (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom)
ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
CHARACTERS = {b"t": b"\t", b"n": b"\n", b"r": b"\r"}


class Obstacle(Exception):
    """Tells why a plugin cannot be run from a template."""


class Plugin:
    """A plugin that is compiled, and whose modules are imported."""

    def __init__(self, path):
        self.path = path
        self.watch = Watch()
        self.watch.add(path)
        with open(path, "rb") as file:
            source = file.read()
        tree, self.code, self.warnings = compile_quietly(source, path)
        head = b"\n".join(source.split(b"\n")[:MARK_IN_LINES])
        import_ahead(tree, is_marked=MARKED.search(head) is not None)
        self.loaded = set(sys.modules)
        for module in list(sys.modules.values()):
            self.watch.add(getattr(module, "__file__", None))

    def make_main(self):
        """Called in each child: objects that were made before the fork are never freed there, see gc.freeze."""
        main = sys.modules["__main__"] = type(sys)("__main__")
        loader = importlib.machinery.SourceFileLoader("__main__", self.path)
        self.loader = weakref.ref(loader)
        vars(main).update(
            __annotations__={},
            __builtins__=builtins,
            __cached__=None,
            __file__=os.path.abspath(self.path),
            __loader__=loader,
        )
        return vars(main)


class Watch:
    """Notices that a file has changed. It looks at the files at most once a second."""

    def __init__(self):
        self._states = {}
        self._looked_at = time.monotonic()
        self._has_changed = False

    def add(self, path):
        if isinstance(path, str):
            self._states[path] = state_of(path)

    def has_changed(self):
        now = time.monotonic()
        if not self._has_changed and now - self._looked_at >= 1:
            self._looked_at = now
            self._has_changed = any(state_of(path) != state for path, state in self._states.items())
        return self._has_changed


def state_of(path):
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def compile_quietly(source, path):
    """Keeps the warnings of the compiler, which every check prints."""
    stderr, sys.stderr = sys.stderr, io.StringIO()
    try:
        tree = compile(source, path, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
        code = compile(tree, path, "exec", dont_inherit=True)
        return tree, code, sys.stderr.getvalue()
    except (SyntaxError, ValueError) as error:
        raise Obstacle("it does not compile") from error
    finally:
        sys.stderr = stderr


def import_ahead(tree, is_marked):
    """Imports modules before the fork. An import that fails, or causes a warning, is left to the plugin."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", module="__main__$")
        for module, names in imports_of(tree.body):
            try:
                if is_marked or is_standard(module):
                    __import__(module, fromlist=names)
                    for late in IMPORTED_LATE.get(module, ()):
                        __import__(late)
            except BaseException:  # whatever a module may raise
                pass


def imports_of(statements):
    for statement in statements:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                yield alias.name, []
        elif isinstance(statement, ast.ImportFrom) and statement.level == 0 and statement.module != "__future__":
            yield statement.module, [alias.name for alias in statement.names if alias.name != "*"]
        elif isinstance(statement, ast.Try):
            yield from imports_of(statement.body)


def is_standard(module):
    """Looks at the file of the module: a file next to the plugin may have the name of a standard module."""
    spec = importlib.util.find_spec(module.partition(".")[0])
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
        self._news, self._wake = os.pipe()
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        os.close(nothing)

    def report(self, line):
        line = line + b"\n"
        while True:
            try:
                os.write(self._status, line)
                return
            except BlockingIOError:
                select.select([], [self._status], [], 0.02)

    def report_ready(self):
        self.report(self._id + b" ready")

    def report_obstacle(self, obstacle):
        self.report(self._id + b" - " + str(obstacle).encode())

    def next_request(self, plugin):
        """Returns in a child, with the fields of its request. Never returns in the template."""
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
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        for number in (signal.SIGCHLD, *SURVIVED):
            signal.signal(number, lambda *_: None)

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
            os.setpgid(pid, pid)  # the child does the same, and one of both is first
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
        """Called in the child: removes what belongs to the template."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number, handler in SURVIVED.items():
            signal.signal(number, handler)
        for descriptor in (self._news, self._wake, self._requests, self._status):
            os.close(descriptor)


def start(template_id, path):
    """Returns in a child, when everything is as the plugin expects it."""
    template = Template(os.fsencode(template_id), os.dup(1))
    sys.argv = [path]
    try:
        look_next_to(path)
        plugin = Plugin(path)
        if len(os.listdir("/proc/self/task")) > 1:
            raise Obstacle("it has threads")
    except (Obstacle, OSError) as obstacle:
        template.report_obstacle(obstacle)
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
        name, value = addition.split(b"=", 1)
        os.environb[name] = value
    sys.argv += [os.fsdecode(word) for word in words[int(additions) :]]
    if hasattr(sys, "orig_argv"):
        sys.orig_argv = [*sys.orig_argv[:-3], *sys.argv]
    sys.stderr.write(plugin.warnings)
    return plugin


def look_next_to(path):
    """Lets Python search modules next to the plugin first. Modules that are loaded already stay."""
    if getattr(sys.flags, "safe_path", sys.flags.isolated):
        return
    sys.path[0] = os.path.dirname(os.path.realpath(path))
    neighbours = {entry.name.partition(".")[0] for entry in os.scandir(sys.path[0]) if may_be_module(entry)}
    hidden = neighbours.intersection(sys.modules)
    if hidden:
        raise Obstacle(f"a file next to it has the name of a standard module, {hidden.pop()}")


def may_be_module(entry):
    return entry.name.endswith((".py", ".pyc", ".so")) or entry.is_dir()


def direct(descriptor, path):
    try:
        opened = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:  # no process reads the pipe: without a kill the child would wait without end
        os.kill(os.getpid(), signal.SIGKILL)
    os.set_blocking(opened, True)
    os.dup2(opened, descriptor)
    os.close(opened)


def unescape(word):
    return ESCAPED.sub(lambda found: CHARACTERS.get(found[1], found[1]), word) if b"\\" in word else word


def hide_our_frame():
    """Removes this file's frame, the outermost one, from the traceback of an error that ends the plugin."""
    hook = sys.excepthook

    def call(kind, error, traceback):
        sys.excepthook = hook
        hook(kind, error.with_traceback(traceback.tb_next), traceback.tb_next)

    sys.excepthook = call


def leave_early():
    """Ends the process after the plugin's own exit functions, but does not free the template's objects.

    To free them, nearly all memory that is shared with the template would be written, and so copied. Objects
    of the plugin are freed: files are written, and finalizers are called. If this fails, Python ends the process.
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
    """Gives files of text before files of bytes, because text is written through a file of bytes."""
    files = [thing for thing in gc.get_objects() if type(thing) in WRITERS]
    return [*sorted(files, key=lambda file: WRITERS.index(type(file))), *STANDARD_STREAMS]


def can_flush(streams):
    """Flushes the streams. False: it failed, and Python prints the error when it ends."""
    try:
        for stream in (sys.stdout, sys.stderr, *streams):
            if stream is not None and not stream.closed:
                stream.flush()
        return True
    except Exception:
        return False


def return_code_of(code):
    """The return code for the argument of sys.exit."""
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
