import { fromByteString } from "../../../src/byte-string.ts";
import { type Kind, listSchema, TEXT_SCHEMA } from "../../../src/config/kinds/kind.ts";
import { error, type Remark } from "../../../src/config/problem.ts";
import { quote } from "../../../src/config/quote.ts";

/** Whose HTTP interface a target has. */
export type Api = "v1" | "v2" | "v3" | "victoriametrics";

/** A database that lines are written to, as it stands in the configuration. */
export interface WrittenTarget {
  readonly name: string;
  readonly url: URL;
  readonly api: Api;
  readonly database: string | undefined;
  readonly retention: string | undefined;
  readonly org: string | undefined;
  readonly bucket: string | undefined;
  readonly user: string | undefined;
  readonly passwordFile: string | undefined;
  readonly tokenFile: string | undefined;
  readonly caFile: string | undefined;
}

const APIS: readonly Api[] = ["v1", "v2", "v3", "victoriametrics"];
const WORDS = [
  "api",
  "database",
  "retention",
  "org",
  "bucket",
  "user",
  "password_file",
  "token_file",
  "ca_file",
] as const;
type Word = (typeof WORDS)[number];
type Given = Readonly<Partial<Record<Word, string>>>;

const EXAMPLE = "target=main http://influxdb:8086 database=nagflux";
/** It names a folder of the spool, and a label of metrics. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** `NAME URL [WORD=VALUE…]`, one a line. Secrets are in files alone, so a target can be shown. */
export const targets: Kind<readonly WrittenTarget[]> = {
  name: "NAME URL [WORD=VALUE…], one a line",
  isList: true,
  isText: true,
  schema: listSchema(TEXT_SCHEMA),
  read({ key, text }, before = []) {
    const read = readTarget(fromByteString(text));
    if (!("name" in read))
      return { value: before, remarks: [{ ...read, message: `${key}: ${read.message}` }] };
    if (before.some(({ name }) => name === read.name))
      return {
        value: before,
        remarks: [error(`${key}: there are two called ${read.name}`, "name one of them otherwise")],
      };
    return { value: [...before, read], remarks: [] };
  },
  render: (value) => value.map(renderTarget).join(", "),
};

export function renderTarget({ name, url, api }: WrittenTarget): string {
  return `${name} ${url.href} api=${api}`;
}

function readTarget(text: string): WrittenTarget | Remark {
  const [name = "", address = "", ...words] = text.split(/\s+/);
  if (!NAME.test(name)) return error(`${quote(name)} is no name of letters and digits`, EXAMPLE);
  const url = readUrl(address);
  if ("message" in url) return url;
  const given = readWords(words);
  if ("message" in given) return given as Remark;
  const { api = "v1", database, bucket, org } = given;
  if (!isApi(api)) return error(`${quote(api)} is no api`, `api is one of ${APIS.join(", ")}`);
  const missing = findMissing(api, given);
  if (missing !== undefined) return error(`${name} needs ${missing}=`, EXAMPLE);
  return {
    name,
    url,
    api,
    database,
    bucket,
    org,
    retention: given.retention,
    user: given.user,
    passwordFile: given.password_file,
    tokenFile: given.token_file,
    caFile: given.ca_file,
  };
}

function readUrl(text: string): URL | Remark {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text))
    return error(`${quote(text)} is no URL of a database`, EXAMPLE);
  const url = new URL(text);
  if (url.username !== "" || url.password !== "")
    return error("there is a login in the URL", "write user=NAME password_file=FILE");
  if (url.search !== "" || url.hash !== "")
    return error("the URL has more than a path", "write database=NAME behind it");
  return url;
}

function readWords(words: readonly string[]): Given | Remark {
  const given: Partial<Record<Word, string>> = {};
  for (const word of words) {
    const [, name = "", value = ""] = /^(\w+)=(.+)$/.exec(word) ?? [];
    if (/^(?:password|token)$/.test(name))
      return error(`${name}= would be seen by others`, `put it into a file: ${name}_file=FILE`);
    if (!isWord(name)) return error(`${quote(word)} is unknown`, `there are ${WORDS.join(", ")}`);
    given[name] = value;
  }
  return given;
}

function isWord(name: string): name is Word {
  return (WORDS as readonly string[]).includes(name);
}

function isApi(word: string): word is Api {
  return (APIS as readonly string[]).includes(word);
}

function findMissing(
  api: Api,
  { database, bucket, user, password_file, token_file }: Given,
): string | undefined {
  if (user !== undefined && password_file === undefined) return "password_file";
  if (user === undefined && password_file !== undefined) return "user";
  switch (api) {
    case "v1":
    case "v3":
      return database === undefined ? "database" : undefined;
    case "v2":
      if (bucket === undefined) return "bucket";
      return token_file === undefined ? "token_file" : undefined;
    case "victoriametrics":
      return undefined;
  }
}
