import { fromByteString } from "../../../src/byte-string.ts";
import { error, type Problem, warning } from "../../../src/config/problem.ts";
import type { Draft } from "../../../src/config/read/draft.ts";
import { systemReason } from "../../../src/config/read/read-file.ts";
import { Secret } from "../../../src/config/secret.ts";
import type { CompletionContext } from "../../../src/config/table.ts";
import { readZuliprc, type Zuliprc } from "../client/zuliprc.ts";
import type { ZulipValues } from "./options.ts";

/** A login to a Zulip server. */
export interface Connection {
  readonly site: string;
  readonly email: string;
  readonly key: KeySource;
  /** Certificates of authorities, as text. */
  readonly authorities: string | undefined;
  readonly timeoutMs: number;
}

type ConnectionValues = Pick<
  ZulipValues,
  "site" | "email" | "apiKey" | "apiKeyFile" | "zuliprc" | "caFile" | "timeout"
>;

/** A file is read again whenever the key is needed. */
export type KeySource =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "value"; readonly secret: Secret };

/** Whether Zulip is asked as the same user, with the same key. */
export function isSameLogin(one: Connection, other: Connection): boolean {
  return one.site === other.site && one.email === other.email && isSameKey(one.key, other.key);
}

function isSameKey(one: KeySource, other: KeySource): boolean {
  if (one.kind === "file") return other.kind === "file" && one.path === other.path;
  return other.kind === "value" && one.secret.equals(other.secret);
}

const NO_RC: Zuliprc = { isInsecure: false };
const MISSING = "a Zulip server needs it; or name the bot's zuliprc";

/** By option, then by Zulip's own variables, then by the zuliprc, as Zulip's programs do. */
export function completeConnection(
  values: ConnectionValues,
  { failed }: Draft,
  { machine, report }: CompletionContext,
): Connection {
  const { env } = machine;
  const given = (bytes: string | undefined) => (bytes === undefined ? undefined : fromByteString(bytes));
  const rcPath = values.zuliprc ?? env["ZULIP_CONFIG"];
  const read = (path: string) => {
    const text = readText(path, { machine, report });
    if (text !== undefined && isForAll(path, machine))
      report(warning(`${path} has a key and can be read by every user`, `chmod o= ${path}`));
    return text;
  };
  const rcText = rcPath === undefined ? undefined : read(rcPath);
  const rc = rcText === undefined ? NO_RC : readZuliprc(rcText);
  if (rc.isInsecure)
    report(error(`${rcPath} asks not to check certificates, which this program always does`, "ca_file=FILE"));
  const site = given(values.site) ?? env["ZULIP_SITE"] ?? rc.site;
  const email = given(values.email) ?? env["ZULIP_EMAIL"] ?? rc.email;
  const key = findKey(values, { env, rc, read, report });
  const isUnread = failed.size > 0 || (rcPath !== undefined && rcText === undefined);
  for (const [name, value] of Object.entries({ site, email, api_key_file: key }))
    if (value === undefined && !isUnread) report(error(`there is no ${name}`, MISSING));
  const caFile = values.caFile ?? env["ZULIP_CERT_BUNDLE"] ?? rc.certBundle;
  return {
    site: site === undefined ? "" : checkSite(site, report),
    email: email ?? "",
    key: key ?? { kind: "value", secret: new Secret(Buffer.alloc(0)) },
    authorities: caFile === undefined ? undefined : readAuthorities(caFile, { machine, report }),
    timeoutMs: values.timeout * 1_000,
  };
}

function findKey(
  { apiKeyFile, apiKey }: Pick<ConnectionValues, "apiKey" | "apiKeyFile">,
  {
    env,
    rc,
    read,
    report,
  }: {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly rc: Zuliprc;
    readonly read: (path: string) => string | undefined;
    readonly report: (problem: Problem) => void;
  },
): KeySource | undefined {
  if (apiKeyFile !== undefined) {
    if (read(apiKeyFile)?.trim() === "") report(error(`the key file is empty: ${apiKeyFile}`));
    return { kind: "file", path: apiKeyFile };
  }
  if (apiKey !== undefined) return { kind: "value", secret: apiKey };
  const text = env["ZULIP_API_KEY"] ?? rc.key;
  return text === undefined ? undefined : { kind: "value", secret: new Secret(Buffer.from(text, "utf8")) };
}

/** Without a slash at its end. A text without a scheme is taken as Zulip's programs take it. */
function checkSite(text: string, report: (problem: Problem) => void): string {
  const written = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  const isPlain = url !== undefined && url.username === "" && url.password === "" && url.search === "";
  if (!isPlain) report(error("site is no address of a server", "write https://chat.example.org"));
  else if (url.protocol === "http:" && !/^(?:localhost|127\..*|\[::1\])$/.test(url.hostname))
    report({
      ...error("site is http://: the key would be sent as it is", "write https://"),
      severity: "warning",
    });
  return isPlain ? `${url.origin}${url.pathname.replace(/\/(?:api\/?)?$/, "")}` : "";
}

function readAuthorities(
  path: string,
  context: Pick<CompletionContext, "machine" | "report">,
): string | undefined {
  const text = readText(path, context);
  if (text === undefined || text.includes("-----BEGIN CERTIFICATE-----")) return text;
  context.report(error(`ca_file: ${path} has no certificate`, "name a file in the PEM format"));
  return undefined;
}

const OTHERS_MAY_READ = 0o004;

function isForAll(path: string, { stat }: Pick<CompletionContext["machine"], "stat">): boolean {
  return ((stat(path).mode ?? 0) & OTHERS_MAY_READ) !== 0;
}

function readText(path: string, { machine, report }: Pick<CompletionContext, "machine" | "report">) {
  try {
    return machine.readFile(path).toString("utf8");
  } catch (cause) {
    report(error(`could not open file: ${path}: ${systemReason(cause)}`));
    return undefined;
  }
}
