import type { ByteString } from "../byte-string.ts";

/** A program of a suite that is installed under several names, and takes its work from the one it is called by. */
export interface Program {
  readonly names: readonly string[];
  /** C strings it carries, and no other program of the suite. */
  readonly marks: readonly ByteString[];
}

/** By suite. A plugin that is not in here carries its own name as a C string. */
export const PROGRAMS: Readonly<Record<string, readonly Program[]>> = {
  "monitoring-plugins": [
    {
      names: [
        "check_tcp",
        "check_udp",
        "check_clamd",
        "check_ftp",
        "check_imap",
        "check_jabber",
        "check_nntp",
        "check_nntps",
        "check_pop",
        "check_simap",
        "check_spop",
        "check_ssmtp",
      ],
      // None of its names is in the file; what it says to servers is, and the last two only where it can TLS.
      marks: ["a1 LOGOUT\r\n", "<?xml version='1.0'", "</stream:stream>\n"],
    },
    {
      names: ["check_icmp", "check_host", "check_rta_multi"],
      // It would also take itself for check_ping.
      marks: ["check_icmp", "check_host", "check_rta_multi"],
    },
  ],
};
