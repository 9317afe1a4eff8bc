"""Takes requests, and forks a child for each. Part of warm.py."""

import _signal
import os
import select

# A template survives these signals: a plugin may send them to its parent.
SURVIVED = (_signal.SIGHUP, _signal.SIGTERM, _signal.SIGINT)
TIMERS = (_signal.ITIMER_REAL, _signal.ITIMER_VIRTUAL, _signal.ITIMER_PROF)


class Template:
    """One process that has prepared one plugin."""

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
        """A child does not inherit timers, so it sets them again."""
        self._timers = {timer: _signal.setitimer(timer, 0) for timer in TIMERS}

    def report_ready(self):
        self.report(self._id + b" ready")

    def report_obstacle(self, obstacle):
        self.report(self._id + b" - " + str(obstacle).encode())

    def next_request(self, plugin):
        """Returns only in a child, with the fields of its request."""
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
            self.report(request_id + b" !")
            return False
        if pid == 0:
            return True
        try:
            os.setpgid(pid, pid)  # the child does the same, so that it is done as early as can be
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
        """To be called in the child: removes what the template has set."""
        _signal.set_wakeup_fd(self._old_wake)
        for number, handler in self._handlers.items():
            _signal.signal(number, handler)
        for timer, (delay, interval) in self._timers.items():
            _signal.setitimer(timer, delay, interval)
        for descriptor in (self._news, self._wake, self._requests, self._status):
            os.close(descriptor)


def open_descriptors():
    """Leaves out the descriptor with which the directory was read."""
    return {int(name) for name in os.listdir("/proc/self/fd") if os.path.exists("/proc/self/fd/" + name)}


def is_device(descriptor):
    """A device has no position that processes could share. The number 0o020000 is S_IFCHR."""
    return os.fstat(descriptor).st_mode & 0o170000 == 0o020000
