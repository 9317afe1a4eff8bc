/** How docs/configuration.md begins. */
export const INTRODUCTION = `# Configuration

<!-- Rendered from the table of options: omd-worker config docs > docs/configuration.md -->

The worker reads the \`worker.conf\` of the C and of the Go mod_gearman worker as it is, and files shared with the core module.

    omd-worker --config=/etc/mod-gearman/worker.conf
    omd-worker config check /etc/mod-gearman/worker.conf
    omd-worker config show --config=/etc/mod-gearman/worker.conf

## Rules

- A line is \`key=value\`; a key alone means yes. Upper and lower case, and \`-\` and \`_\`, make no difference in keys.
- A \`#\` starts a comment anywhere in a line, so a key with \`#\` in it belongs into a \`keyfile\`.
- On the command line every argument is such a line, with or without dashes (\`--key=value\`, \`key=value\`); there \`#\` is a character like
  any other. \`--\` ends the options.
- Files and arguments count in the order in which they are written. A later value replaces an earlier one; lists add up.
- Every option can be set in the environment: \`max-worker\` is \`OMD_WORKER_MAX_WORKER\`, see [below](#the-environment).
- \`config=\` reads a file, or all \`*.cfg\` and \`*.conf\` files of a directory, in its place.
- A file has at most 1 MiB, all files together 8 MiB, a list 1,000 lines. Devices, named pipes and files with NUL bytes are refused; \`/dev/stdin\` may be a pipe.
- yes, on, true and 1 mean yes; no, off, false and 0 mean no. Another word means yes, with a warning, save for
  options marked *strict*: there it is an error.
- Numbers are read as far as they are numbers (\`60s\` is 60), with a warning; \`5m\`, \`1h\` and \`1d\` are understood where seconds are meant. A text without a number is ignored, with a warning.
- An unknown key is a warning and does not stop the start.
- If no queue option is given at all, hosts, services, eventhandler and notifications are served.
- HUP reads everything again (the environment of a process cannot change). *live*: the new value counts from then on. *reconnect*: connections to the job servers are made
  anew, running jobs go on. *restart*: counts after the next start.

## The environment

No file is needed: every option of the tables below, by any of its names, is a variable with \`OMD_WORKER_\` in front, in capitals, with \`_\` for \`-\`.

    OMD_WORKER_SERVER=gearmand-a,gearmand-b OMD_WORKER_KEYFILE=/run/secrets/gearman.key OMD_WORKER_HOSTGROUPS=snmp omd-worker

- **Order: files, environment, command line.** A later one replaces an earlier one; lists add up. Arguments in front of \`config=\` count before
  the file, as ever. \`omd-worker config show\` tells where each value comes from.
- \`OMD_WORKER_CONFIG\` names a file or a directory, for a command line that names none.
- **Lists**: several lines are several values, for options that are repeated in a file. Where the table says *comma-separated*, a comma does as well.
- An empty variable is as one that is not set.
- A name that is no option is a warning, with the name that was probably meant. What Kubernetes sets for a Service (\`OMD_WORKER_SERVICE_HOST\`) is ignored, and so are the options
  of \`omd-worker run-and-send\`, which has the same variables.
- Plugins inherit the worker's environment, but for \`OMD_WORKER_KEY\`, \`OMD_WORKER_PASSWORD\`, \`OMD_WORKER_ACCEPTED_KEY\`, \`OMD_WORKER_SERVER_KEY\`, \`OMD_WORKER_DUPSERVER_KEY\` and \`OMD_WORKER_STATUS_PAGE_AUTH\`. A process of the worker's own user can still read them in
  \`/proc\`, as it can read a key file of this user. The variables of a pod are also seen by everybody who may read pods: mount the key as a file and set \`OMD_WORKER_KEYFILE\`.
- \`GEARMAN_SERVERS\` adds job servers, too.
- \`omd-worker config check\` without a file checks what the environment says.
`;
