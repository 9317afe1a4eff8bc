import { execFileSync } from "node:child_process";

/** A user of this machine, as far as a plugin that runs as this user needs it. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** All groups, by number. */
  readonly groups: readonly number[];
  readonly home: string;
  readonly shell: string;
}

/** Looks a user up by name or number, wherever the machine has its users from. Undefined: there is none. */
export function readAccount(user: string): Account | undefined {
  const entry = ask("getent", ["passwd", "--", user]);
  const [name = "", , uid, gid, , home = "/", shell = "/bin/sh"] = entry?.trimEnd().split(":") ?? [];
  if (entry === undefined || name === "") return undefined;
  const groups = ask("id", ["-G", "--", name])?.trim().split(" ").map(Number) ?? [Number(gid)];
  return { name, uid: Number(uid), gid: Number(gid), groups, home, shell: shell === "" ? "/bin/sh" : shell };
}

function ask(program: string, words: readonly string[]): string | undefined {
  try {
    return execFileSync(program, words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return undefined;
  }
}
