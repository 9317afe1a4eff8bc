import { spawnSync } from "node:child_process";
import { missingCapabilities } from "./capabilities.ts";
import { type Confinement, confiningWords } from "./confinement.ts";

const NOTHING = "/bin/true";
const PATIENCE_MS = 10_000;

/**
 * Why nothing can be run so, found by running a program that does nothing. Undefined: it can. A kernel, a
 * container or a unit of systemd may forbid it for more reasons than can be asked for.
 */
export function whyNotConfinable(confinement: Confinement): string | undefined {
  const { account, limits } = confinement;
  const missing = account === undefined ? [] : missingCapabilities();
  if (missing.length > 0)
    return `this process may not change users: it must be root, or have CAP_SETUID, CAP_SETGID and CAP_KILL (without ${missing.join(", ")} now)`;
  // The processes that the user has already must not keep the worker from starting.
  const counted = limits.filter(({ name }) => name === "nproc");
  const others = limits.filter(({ name }) => name !== "nproc");
  return (
    tryWords(confiningWords({ account, limits: others })) ??
    tryWords(confiningWords({ account: undefined, limits: counted }))
  );
}

function tryWords([program, ...words]: readonly string[]): string | undefined {
  if (program === undefined) return undefined;
  const { status, error, signal, stderr } = spawnSync(program, [...words, NOTHING], {
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
    timeout: PATIENCE_MS,
  });
  if (status === 0) return undefined;
  if (error !== undefined)
    return "code" in error && error.code === "ENOENT" ? `there is no ${program} (util-linux)` : error.message;
  return stderr.trim() === "" ? `${program} ended with ${signal ?? status}` : stderr.trim();
}
