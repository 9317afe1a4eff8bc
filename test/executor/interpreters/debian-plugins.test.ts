import { closeSync, openSync, readdirSync, readSync, realpathSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, describe, expect, it } from "vitest";
import { hasServer } from "../../support/servers/installed.ts";
import { type Ended, openTemplate } from "./template-driver.ts";

const FOLDERS = ["/usr/lib/nagios/plugins", "/usr/bin"];
const PACKAGES = [
  "check_mysql_health",
  "check_logfiles",
  "check_systemd",
  "check_snmp_load",
  "check_rabbitmq",
  "check_multi",
  "check_pgactivity",
  "gettext",
] as const;
const hasPlugins = PACKAGES.every((name) => hasServer(name)) && hasServer("perl") && hasServer("python3");

/** So many of the plugins must have been warm, and so many of those that say -epn. */
const LEAST_WARM = 60;
const LEAST_INCLUDED = 12;

const REMOTE = ["-H", "127.0.0.1", "-p", "1", "-w", "5", "-c", "10", "-t", "2"];
const TOLD: readonly (readonly string[])[] = [["--help"], ["--version"]];
/** They wait for a time-out of their own, or take seconds for their work. */
const SLOW = ["check_wave", "check_graphite", "check_entropy"];
/** Command lines as sites have them, with servers that are not there. */
const REAL: Readonly<Record<string, readonly (readonly string[])[]>> = {
  check_file_age: [
    ["-f", "/etc/passwd", "-w", "1", "-c", "999999999"],
    ["-f", "/nowhere", "-i"],
  ],
  check_logfiles: [["--logfile", "/etc/debian_version", "--criticalpattern", "no such line", "--tag", "t"]],
  check_mysql_health: [["--hostname", "127.0.0.1", "--port", "1", "--mode", "connection-time"]],
  check_hpasm: [["--hostname", "127.0.0.1", "--community", "public", "-t", "3"]],
  "check_snmp_load.pl": [["-H", "127.0.0.1", "-C", "public", "-w", "1,1,1", "-c", "2,2,2", "-t", "1"]],
  check_rabbitmq_overview: [["-H", "127.0.0.1", "--port", "1", "-w", "1,2,3", "-c", "4,5,6"]],
  check_postgres: [["--action=version", "--warning=14", "--host=127.0.0.1"]],
  check_multi: [["-x", "command [ one ] = echo OK", "-x", "state [ CRITICAL ] = COUNT(CRITICAL) > 0"]],
  check_pgactivity: [["-s", "connection", "-h", "127.0.0.1", "-p", "1"]],
  check_statusfile: [["/nowhere"]],
};
/** They change the system, or ask servers on the internet. */
const LEFT_OUT = [
  "check_packages",
  "check_libs",
  "check_libs_ng",
  "check_whois",
  "check_smtp_send",
  "check_email_delivery",
];

const warm: string[] = [];
const included: string[] = [];
const refused: string[] = [];

// Many wait for a server that is not there.
describe.skipIf(!hasPlugins)("Debian's plugins answer warm as executed", { concurrent: true }, () => {
  it.each(hasPlugins ? findPlugins() : [])("$name", async ({ name, file, saysNo }) => {
    await using template = await openTemplate(file);
    const begun = await template.begun().catch(() => "");
    if (begun !== "ready") {
      refused.push(`${name}: ${begun || "does not compile"}`);
      return;
    }
    warm.push(name);
    if (saysNo) included.push(name);
    const calls = SLOW.includes(name) ? TOLD : [...TOLD, [], REMOTE, ...(REAL[name] ?? [])];
    for (const words of calls) {
      const { answered, executed } = await answerBoth(
        () => template.run(words),
        () => execute(file, words),
      );
      expect(answered, words.join(" ")).toEqual(executed);
    }
  });

  afterAll(() => {
    expect(warm.length, refused.join("\n")).toBeGreaterThanOrEqual(LEAST_WARM);
    expect(included.length, refused.join("\n")).toBeGreaterThanOrEqual(LEAST_INCLUDED);
  });
});

const MAX_TRIES = 3;

/**
 * Runs a plugin warm and executed until both give the same answer, some times at most: a clock may go on
 * between the two. Where two executed runs differ too, as with process ids, numbers are forgiven.
 */
async function answerBoth(
  runWarm: () => Promise<Ended>,
  runExecuted: () => Promise<Ended>,
): Promise<{ answered: Ended; executed: Ended }> {
  const executions: Ended[] = [];
  for (;;) {
    const answered = await runWarm();
    const executed = await runExecuted();
    executions.push(executed);
    if (JSON.stringify(executed) === JSON.stringify(answered)) return { answered, executed };
    if (executions.length < MAX_TRIES) continue;
    const differs = new Set(executions.map((each) => JSON.stringify(each))).size > 1;
    const isForgiven = differs && withoutNumbers(executed) === withoutNumbers(answered);
    return { answered, executed: isForgiven ? answered : executed };
  }
}

/** Does not hold up the plugins beside it. */
async function execute(file: string, words: readonly string[]): Promise<Ended> {
  const { exitCode, signal, stdout, stderr } = await execa(file, words, {
    stdin: "ignore",
    encoding: "latin1",
    stripFinalNewline: false,
    reject: false,
  });
  const returnCode = exitCode ?? 128 + (signal === undefined ? 0 : constants.signals[signal]);
  return { returnCode, stdout, stderr };
}

function withoutNumbers(ended: Ended): string {
  return JSON.stringify(ended).replace(/\d+/g, "0");
}

function findPlugins() {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /^(?:check|pmp-check|imap)_?/.test(name) && !LEFT_OUT.includes(name))
      .map((name) => ({ name, file: join(folder, name) })),
  );
  // Debian names one file of check_postgres by each of its checks.
  const known = new Set<string>();
  return files
    .filter(({ file }) => !known.has(realpathSync(file)) && known.add(realpathSync(file)))
    .map((plugin) => ({ ...plugin, start: readStart(plugin.file) }))
    .filter(({ start }) => /^#!.*(?:perl|python3)/.test(start))
    .map(({ start, ...plugin }) => ({ ...plugin, saysNo: /# *(?:nagios|icinga|naemon): *-epn/.test(start) }));
}

function readStart(file: string): string {
  const fd = openSync(file, "r");
  try {
    const buffer = Buffer.alloc(4096);
    return buffer.toString("latin1", 0, readSync(fd, buffer));
  } finally {
    closeSync(fd);
  }
}
