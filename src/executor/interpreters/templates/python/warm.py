"""A template process: Python has compiled a plugin, and imported what it will import, but not run it.

For every check it forks a child that runs the plugin as if it had just been started.

    <python of the plugin> <its switches> warm.py <template id>[,<module>...] <plugin>

stdin   a socket with requests, one line each; when it ends, the template ends after its children:
        id <tab> pipe for stdout <tab> pipe for stderr <tab> n <tab> n times NAME=value <tab> words
stdout  the status pipe, which all templates share, one line a write:
        <template id> ready           it takes requests
        <template id> - <reason>      it can't: the plugin must be started anew for each check
        <id> +<pid>                   the child, leader of its process group
        <id> <return code>            128 + n after signal n
        <id> -                        not run: the plugin, or a module of it, has changed
        <id> !                        not run: there could be no child

It works with Python 3.7 and later.

A plugin must not notice the template. So, unless it is told to, the template imports nothing ahead that the
plugin itself has not imported when its first other statement runs. For itself the template uses only modules
that Python's own start has loaded, and modules without state, such as `select`. It takes these out of
sys.modules again.

The other files in this directory are parts of this program. They are executed here, in one namespace. They
are not imported: an import would leave traces in Python's state, and with the switch -I Python does not
search for modules here.
"""

import sys

LOADED_BY_START = set(sys.modules)

import _signal
import atexit
import gc
import os

for part in ("syntax.py", "imports.py", "streams.py", "watch.py", "plugin.py", "template.py", "child.py", "end.py"):
    part_path = os.path.join(os.path.dirname(__file__), part)
    with open(part_path, "rb") as part_file:
        exec(compile(part_file.read(), part_path, "exec", dont_inherit=True))

for name in set(sys.modules) - LOADED_BY_START:
    del sys.modules[name]


def start(order, path):
    """Returns in a child, when all is as the plugin must find it."""
    template_id, *load = order.split(",")
    template = Template(os.fsencode(template_id), os.dup(1))
    plugin = prepare(template, path, load)
    gc.collect()
    gc.freeze()
    template.report_ready()
    begin_check(template.next_request(plugin))
    sys.stderr.write(plugin.warnings)
    return plugin


def prepare(template, path, load):
    """Returns the plugin, or ends the process if the plugin can't be run from a template."""
    sys.argv = [path]
    sys.path_importer_cache[path] = sys.path_importer_cache.pop(__file__, None)
    try:
        look_next_to(path)
        plugin = import_quietly(path, load)
        template.stop_timers()
        obstacle = template.find_obstacle()
        if obstacle is not None:
            raise Obstacle(obstacle)
        return plugin
    except (Obstacle, OSError) as obstacle:
        template.report_obstacle(obstacle)
        if os.getpgrp() == os.getpid():
            os.killpg(0, _signal.SIGKILL)  # also what the plugin has started: it will be started again
        os._exit(0)


def import_quietly(path, load):
    streams = Streams()
    try:
        plugin = Plugin(path, load)
        obstacle = streams.find_obstacle()
    finally:
        streams.end()
    if obstacle is not None:
        raise Obstacle(obstacle)
    return plugin


return_code = None  # of the plugin, for leave_early
atexit.register(leave_early)
plugin = start(*sys.argv[1:])
# The plugin runs from here, so that this frame is the only one above its own.
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
