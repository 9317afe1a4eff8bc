/**
 * A shell command that limits how many files a plugin may have open, to the number that nearly every system
 * has. When Node starts, it raises its own limit to the hard limit, and does not tell the number before.
 * Plugins would inherit hundreds of thousands: programs that close every possible file become slow, and
 * programs that use `select` fail. A plugin that needs more may raise its limit, because the hard limit
 * stays. If the hard limit is lower, the command does nothing.
 */
export const LIMIT_OPEN_FILES = "ulimit -Sn 1024 2>/dev/null";
