import { fromByteString } from "../../../src/byte-string.ts";
import { type Kind, TEXT_SCHEMA } from "../../../src/config/kinds/kind.ts";
import { error, type Remark } from "../../../src/config/problem.ts";
import { quote } from "../../../src/config/quote.ts";
import type { GitLabOptions } from "../issues/gitlab.ts";
import { whyNoUrl } from "./monitoring-kind.ts";

const EXAMPLE =
  "gitlab=https://gitlab.example.org project=operation/orders token_file=/etc/omd-worker/gitlab.token";
const WORDS = ["project", "token_file", "labels", "ca_file"] as const;
type Word = (typeof WORDS)[number];

/** `URL project=PATH token_file=FILE [labels=A,B] [ca_file=FILE]`. The token is in its file alone. */
export const gitlab: Kind<GitLabOptions | undefined> = {
  name: "URL WORD=VALUE…",
  isText: true,
  schema: TEXT_SCHEMA,
  read({ key, text }) {
    const read = readGitLab(fromByteString(text));
    if ("url" in read) return { value: read, remarks: [] };
    return { value: undefined, remarks: [{ ...read, message: `${key}: ${read.message}` }] };
  },
  render: (value) => (value === undefined ? "" : `${value.url} project=${value.project}`),
};

function readGitLab(text: string): GitLabOptions | Remark {
  const [url = "", ...rest] = text.split(/\s+/);
  const why = whyNoUrl(url, "token");
  if (why !== undefined) return error(`${quote(url)} ${why}`, EXAMPLE);
  const words: Partial<Record<Word, string>> = {};
  for (const each of rest) {
    const [, name = "", value = ""] = /^(\w+)=(.+)$/.exec(each) ?? [];
    if (name === "token")
      return error("token= would be seen by others", "put it into a file: token_file=FILE");
    const word = WORDS.find((known) => known === name);
    if (word === undefined) return error(`${quote(each)} is unknown`, `it has ${WORDS.join("=, ")}=`);
    words[word] = value;
  }
  const { project, token_file: tokenFile, labels = "", ca_file: caFile } = words;
  if (project === undefined || tokenFile === undefined)
    return error("it needs project= and token_file=", EXAMPLE);
  return { url, project, tokenFile, caFile, labels: labels.split(",").filter((label) => label !== "") };
}
