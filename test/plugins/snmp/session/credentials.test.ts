import { expect, it } from "vitest";
import { type CredentialOptions, readCredentials } from "../../../../plugins/snmp/session/credentials.ts";

const NOTHING: CredentialOptions = {
  protocol: "1",
  community: "public",
  context: undefined,
  secname: undefined,
  seclevel: "noAuthNoPriv",
  authproto: "MD5",
  authpasswd: undefined,
  privproto: "DES",
  privpasswd: undefined,
};
const USER = { protocol: "3", secname: "user" };
const KEYS = { ...USER, authpasswd: "authpass", privpasswd: "privpass" };
const AES = { ...KEYS, seclevel: "authPriv", privproto: "AES" };

it.each<readonly [Partial<CredentialOptions>, object | undefined]>([
  [{}, { version: "1", community: "public" }],
  [
    { protocol: "2c", community: "caf\xc3\xa9" },
    { version: "2c", community: "caf\u00e9" },
  ],
  [{ community: "\xc3" }, undefined],
  [{ community: "" }, undefined],
  [{ protocol: "2" }, undefined],
  [USER, { version: "3", user: "user", level: "noAuthNoPriv", context: "" }],
  [
    { ...USER, context: "ctx" },
    { version: "3", user: "user", level: "noAuthNoPriv", context: "ctx" },
  ],
  [{ protocol: "3" }, undefined],
  [{ ...USER, secname: "u".repeat(33) }, undefined],
  [{ ...USER, seclevel: "authnopriv" }, undefined],
  [{ ...USER, seclevel: "authNoPriv" }, undefined],
  [{ ...KEYS, seclevel: "authNoPriv" }, { authentication: { protocol: "md5", password: "authpass" } }],
  [{ ...KEYS, seclevel: "authNoPriv", authpasswd: "1234567" }, undefined],
  [{ ...KEYS, seclevel: "authNoPriv", authproto: "sha" }, { authentication: { protocol: "sha" } }],
  [{ ...KEYS, seclevel: "authNoPriv", authproto: "Sha-256" }, { authentication: { protocol: "sha256" } }],
  [{ ...KEYS, seclevel: "authNoPriv", authproto: "sha-1024" }, undefined],
  [{ ...KEYS, seclevel: "authPriv" }, { privacy: { protocol: "des" } }],
  [{ ...AES, privproto: "3DES" }, undefined],
  [{ ...AES, privproto: "aes" }, { privacy: { protocol: "aes" } }],
  [{ ...AES, privproto: "AES-192" }, { privacy: { protocol: "aes192b" } }],
  [{ ...AES, privproto: "aes192c" }, { privacy: { protocol: "aes192r" } }],
  [{ ...AES, privpasswd: "short" }, undefined],
  [{ ...AES, seclevel: "other" }, undefined],
  [
    { ...AES, authproto: "SHA-512" },
    { authentication: { protocol: "sha512" }, privacy: { protocol: "aes" } },
  ],
  [{ ...AES, privproto: "AES256" }, { privacy: { protocol: "aes256b", password: "privpass" } }],
  [{ ...AES, privproto: "AES-256-C" }, { privacy: { protocol: "aes256r" } }],
])("%j gives %j", (given, credentials) => {
  const read = readCredentials({ ...NOTHING, ...given });
  if (credentials === undefined) expect(read).toBeUndefined();
  else expect(read).toMatchObject(credentials);
});
