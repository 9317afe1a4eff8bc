import type { ByteString } from "../../byte-string.ts";

/** A program that is installed under several names, and does what the name says. */
export interface SharedBinary {
  readonly names: readonly string[];
  /** C strings that this program contains, and no other program of the suite. */
  readonly marks: readonly ByteString[];
}

/** Programs by suite. A plugin that is not listed here contains its own name as a C string. */
export const SHARED_BINARIES: Readonly<Record<string, readonly SharedBinary[]>> = {
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
      // The file contains none of its names. It contains what it sends to servers, the last two only with
      // TLS.
      marks: ["a1 LOGOUT\r\n", "<?xml version='1.0'", "</stream:stream>\n"],
    },
    {
      names: ["check_icmp", "check_host", "check_rta_multi"],
      // The file contains the name check_ping, too, but it is not check_ping.
      marks: ["check_icmp", "check_host", "check_rta_multi"],
    },
  ],
};
