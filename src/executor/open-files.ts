/**
 * How many files a plugin may have open, as nearly every system has it, in the words of a shell. Node raises its own limit to the
 * hard one when it starts, and does not say what it was; inherited, hundreds of thousands make programs slow that close all there
 * could be, and wrong that use `select`. A plugin that needs more may raise it: the hard limit stays. Where that is lower, nothing happens.
 */
export const LIMIT_OPEN_FILES = "ulimit -Sn 1024 2>/dev/null";
