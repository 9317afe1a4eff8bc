import { closeSync, openSync } from "node:fs";
import { CheckDeclined } from "../../sdk/index.ts";
import { errnoName } from "../libc/errno.ts";

/** Errors of a socket that say nothing about the server, by what is missing here. */
const SHORTAGES: ReadonlyMap<string, string> = new Map([
  ["EMFILE", "no file descriptors are left"],
  ["ENFILE", "no file descriptors are left"],
  ["ENOBUFS", "no memory for sockets is left"],
  ["ENOMEM", "no memory for sockets is left"],
  ["EADDRNOTAVAIL", "no local address or port is free"],
]);

/**
 * Declines if a socket could not be used because this process or this machine is short of something: a plugin
 * has its own descriptors, and says itself what it cannot do.
 */
export function declineIfShort(error: unknown): void {
  const shortage = SHORTAGES.get(errnoName(error));
  if (shortage !== undefined) throw new CheckDeclined(shortage, { cause: error });
}

/** The same if not even a name can be looked up: the resolver does not tell that it could open no file. */
export function declineIfOutOfFiles(): void {
  try {
    closeSync(openSync("/dev/null", "r"));
  } catch (error) {
    declineIfShort(error);
  }
}
