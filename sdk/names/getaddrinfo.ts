import { promises } from "node:dns";
import { errnoName } from "../../plugins/libc/errno.ts";
import { type Address, type Family, ResolveError } from "./address.ts";

/**
 * Asks getaddrinfo, on one of libuv's threads. Nothing can take a question back: the thread is busy until
 * getaddrinfo returns, and a process does not exit before. Rejects with a ResolveError.
 */
export async function askGetaddrinfo(host: string, family: Family): Promise<readonly Address[]> {
  try {
    return await promises.lookup(host, { all: true, family, order: "verbatim" });
  } catch (error) {
    throw new ResolveError(readCode(errnoName(error)));
  }
}

/** libuv refuses names that are longer than DNS allows, and gives errno for EAI_SYSTEM. */
function readCode(name: string): string {
  if (name === "EINVAL") return "EAI_NONAME";
  return name.startsWith("EAI_") ? name : "EAI_SYSTEM";
}

/** libuv gives getaddrinfo no more than half of its threads. */
export const LOOKUPS_AT_ONCE = Math.floor((Number(process.env["UV_THREADPOOL_SIZE"]) || 4) / 2);
