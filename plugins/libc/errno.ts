import { getSystemErrorName } from "node:util";

/**
 * The texts of glibc's `strerror` and `gai_strerror` in the C locale, by the names that Node gives to the
 * errors.
 */
const TEXTS: Readonly<Record<string, string>> = {
  EACCES: "Permission denied",
  EADDRINUSE: "Address already in use",
  EADDRNOTAVAIL: "Cannot assign requested address",
  EAFNOSUPPORT: "Address family not supported by protocol",
  ECONNABORTED: "Software caused connection abort",
  ECONNREFUSED: "Connection refused",
  ECONNRESET: "Connection reset by peer",
  EHOSTDOWN: "Host is down",
  EHOSTUNREACH: "No route to host",
  EINVAL: "Invalid argument",
  ELOOP: "Too many levels of symbolic links",
  EMFILE: "Too many open files",
  ENETDOWN: "Network is down",
  ENETUNREACH: "Network is unreachable",
  ENFILE: "Too many open files in system",
  ENOBUFS: "No buffer space available",
  ENOENT: "No such file or directory",
  ENOTDIR: "Not a directory",
  ENOTSOCK: "Socket operation on non-socket",
  EPERM: "Operation not permitted",
  EPIPE: "Broken pipe",
  EPROTOTYPE: "Protocol wrong type for socket",
  ETIMEDOUT: "Connection timed out",
  EAI_ADDRFAMILY: "Address family for hostname not supported",
  EAI_AGAIN: "Temporary failure in name resolution",
  EAI_FAIL: "Non-recoverable failure in name resolution",
  EAI_FAMILY: "ai_family not supported",
  EAI_MEMORY: "Memory allocation failure",
  EAI_NODATA: "No address associated with hostname",
  EAI_NONAME: "Name or service not known",
  EAI_SYSTEM: "System error",
};

/**
 * Gives the text that the plugins print: `ECONNREFUSED` → `Connection refused`. A name without a text stays
 * as it is.
 */
export function errnoText(code: string): string {
  return TEXTS[code] ?? code;
}

/**
 * Gives the name of an error of Node, such as `ECONNREFUSED`. It is read from the number of the error,
 * because the `code` is ENOTFOUND for both `EAI_NODATA` and `EAI_NONAME`. An error without a number gives its
 * code or message, and any other value that was thrown gives its text.
 */
export function errnoName(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("errno" in error && typeof error.errno === "number") return getSystemErrorName(error.errno);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
