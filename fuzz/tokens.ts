/** Words of MySQL's protocol: beginnings of packets, kinds of login, lengths of more than one byte. */
export const MYSQL_TOKENS = [
  "\0\0\0",
  "\xff",
  "\xfe",
  "\x01\0\0\x01",
  "mysql_native_password\0",
  "caching_sha2_password\0",
  "\xfb",
  "\xfc\xff\xff",
  "\xfd",
  "\xfe\xff\xff\xff\xff\xff\xff\xff\xff",
] as const;

/** Words of PostgreSQL's protocol: beginnings of messages, a login by SCRAM, the length of NULL. */
export const PGSQL_TOKENS = [
  "E\0\0\0",
  "R\0\0\0\x08\0\0\0\0",
  "Z\0\0\0\x05I",
  "\0",
  "T\0\0\0",
  "D\0\0\0",
  "\xff\xff\xff\xff",
  "S\0\0\0",
  "r=,s=,i=1",
  "N",
] as const;
