import { expect, it } from "vitest";
import { parseConninfo } from "../../../../plugins/pgsql/libpq/conninfo.ts";
import { findPassword } from "../../../../plugins/pgsql/libpq/password-file.ts";

const parse = (text: string) => Object.fromEntries(parseConninfo(text, (name) => name !== "odd"));

it.each([
  ["host=a  port = 5", { host: "a", port: "5" }],
  ["host='a b' host=\\'c\\ d", { host: "'c d" }],
  ["a='it\\'s \\\\' b=", { a: "it's \\", b: "" }],
  ["a= b=c", { a: "b=c" }],
  ["", {}],
])("reads %j", (text, values) => {
  expect(parse(text)).toEqual(values);
});

it.each([
  ["host", 'missing "=" after "host" in connection info string\n'],
  ["dbname = 'bad'db'", `missing "=" after "db'" in connection info string\n`],
  ["a='x", "unterminated quoted string in connection info string\n"],
  ["odd=1 x", "a parameter that only libpq knows"],
])("refuses %j", (text, message) => {
  expect(() => parse(text)).toThrow(message);
});

const KEY = { host: "::1", port: "5432", database: "d:b", user: "u" };

it.each([
  ["*:*:*:*:p\\:w:rest", "p:w"],
  ["::1:5432:d\\:b:u:\\\\x", "\\x"],
  ["#*:*:*:*:no\n*:5433:*:*:no\n*:*:*:u:yes\r", "yes"],
  ["*:*:*:us:no", undefined],
  ["*:*:*", undefined],
])("finds in a password file %j", (text, password) => {
  expect(findPassword(text, KEY)).toBe(password);
});
