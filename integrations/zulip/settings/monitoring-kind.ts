import { fromByteString } from "../../../src/byte-string.ts";
import { type Kind, TEXT_SCHEMA } from "../../../src/config/kinds/kind.ts";
import { error, type Remark } from "../../../src/config/problem.ts";
import { quote } from "../../../src/config/quote.ts";
import { readLivestatusAddress } from "../../backends/livestatus/read-address.ts";

/** A monitoring as it stands in the configuration. Secrets are in files alone, so it can be shown. */
export interface WrittenMonitoring {
  readonly kind: MonitoringKind;
  /** A URL, the path of a pipe, or an address of livestatus. */
  readonly place: string;
  readonly words: Readonly<Partial<Record<Word, string>>>;
}

export type MonitoringKind = "icinga2" | "thruk" | "livestatus" | "pipe";
type Word = "user" | "password_file" | "key_file" | "ca_file" | "livestatus" | "expiring";

const WORDS: Readonly<
  Record<MonitoringKind, { readonly must: readonly Word[]; readonly may: readonly Word[] }>
> = {
  icinga2: { must: ["user", "password_file"], may: ["ca_file"] },
  thruk: { must: ["key_file"], may: ["ca_file"] },
  livestatus: { must: [], may: ["expiring"] },
  pipe: { must: [], may: ["livestatus", "expiring"] },
};

export const MONITORING_EXAMPLE =
  "monitoring=icinga2 https://icinga.example.org:5665 user=zulip-bot password_file=/etc/omd-worker/icinga.password";

/** `KIND PLACE [WORD=VALUE…]` */
export const monitoring: Kind<WrittenMonitoring | undefined> = {
  name: "KIND PLACE [WORD=VALUE…]",
  isText: true,
  schema: TEXT_SCHEMA,
  read({ key, text }) {
    const read = readMonitoring(fromByteString(text));
    if ("kind" in read) return { value: read, remarks: [] };
    return { value: undefined, remarks: [{ ...read, message: `${key}: ${read.message}` }] };
  },
  render: (value) => (value === undefined ? "" : `${value.kind} ${value.place}`),
};

function readMonitoring(text: string): WrittenMonitoring | Remark {
  const [kind = "", place = "", ...rest] = text.split(/\s+/);
  if (!isKind(kind))
    return error(`${quote(kind)} is none of ${Object.keys(WORDS).join(", ")}`, MONITORING_EXAMPLE);
  const why = whyNoPlace(kind, place);
  if (why !== undefined) return error(`${quote(place)} ${why}`, MONITORING_EXAMPLE);
  const { must, may } = WORDS[kind];
  const words: Partial<Record<Word, string>> = {};
  for (const each of rest) {
    const [, name = "", value = ""] = /^(\w+)=(.+)$/.exec(each) ?? [];
    if (/^(?:password|key)$/.test(name))
      return error(`${name}= would be seen by others`, `put it into a file: ${name}_file=FILE`);
    const word = [...must, ...may].find((known) => known === name);
    if (word === undefined)
      return error(`${quote(each)} is unknown`, `${kind} has ${[...must, ...may].join("=, ")}=`);
    words[word] = value;
  }
  const missing = must.find((word) => words[word] === undefined);
  if (missing !== undefined) return error(`${kind} needs ${missing}=`, MONITORING_EXAMPLE);
  if (words.livestatus !== undefined && readLivestatusAddress(words.livestatus) === undefined)
    return error(`${quote(words.livestatus)} is no address of livestatus`, "write /PATH or HOST:PORT");
  if (words.expiring !== undefined && !/^(?:yes|no)$/.test(words.expiring))
    return error("expiring is yes or no");
  return { kind, place, words };
}

function isKind(word: string): word is MonitoringKind {
  return Object.hasOwn(WORDS, word);
}

function whyNoPlace(kind: MonitoringKind, place: string): string | undefined {
  switch (kind) {
    case "icinga2":
    case "thruk":
      return whyNoUrl(place);
    case "livestatus":
      return readLivestatusAddress(place) === undefined ? "is no address of livestatus" : undefined;
    case "pipe":
      return place.startsWith("/") ? undefined : "is no absolute path of a command pipe";
  }
}

/** `secret` is what is sent there. */
export function whyNoUrl(text: string, secret = "password"): string | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return "is no URL";
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  if (username !== "" || password !== "") return "has a login: name it behind the URL";
  if (search !== "" || hash !== "") return "has more than a path";
  const isNear = /^(?:localhost|127\..*|\[::1\])$/.test(hostname);
  return protocol === "http:" && !isNear ? `is http://: the ${secret} would be sent as it is` : undefined;
}
