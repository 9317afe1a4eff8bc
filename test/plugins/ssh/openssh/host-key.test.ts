import { afterAll, describe, expect, it } from "vitest";
import { chooseAlgorithms } from "../../../../plugins/ssh/client/algorithms.ts";
import type { SshDestination } from "../../../../plugins/ssh/openssh/destination.ts";
import { SshFailure } from "../../../../plugins/ssh/openssh/failure.ts";
import { FileCache } from "../../../../plugins/ssh/openssh/files.ts";
import { judgeHostKey, readKnownHost } from "../../../../plugins/ssh/openssh/host-key.ts";
import { createPlanner } from "../../../../plugins/ssh/openssh/plan.ts";
import { CheckDeclined } from "../../../../sdk/index.ts";
import { SshFolder } from "../../../support/servers/sshd.ts";

const folder = new SshFolder();
afterAll(() => folder[Symbol.dispose]());

/** The bytes of a key: its type, and a text that makes it different from other keys. */
function hostKey(type: string, name: string) {
  const lengths = [type, name].map((text) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return Buffer.concat([length, Buffer.from(text)]);
  });
  return { type, blob: Buffer.concat(lengths) };
}

const OWN = hostKey("ssh-ed25519", "own");
const OTHER = hostKey("ssh-ed25519", "other");
const RSA = hostKey("ssh-rsa", "rsa");
const line = (hosts: string, { type, blob }: typeof OWN) => `${hosts} ${type} ${blob.toString("base64")}\n`;

function createDestination(files: FileCache, strictness: string, knownHosts: string): SshDestination {
  const setting = (keyword: string, ...words: readonly string[]) => ({ keyword, words });
  const settings = [
    setting("port", "2222"),
    setting("stricthostkeychecking", strictness),
    setting("userknownhostsfile", knownHosts),
    setting("globalknownhostsfile", "none"),
  ];
  const account = { user: "me", home: folder.path, agent: undefined };
  const ssh = { host: "h", settings, identities: [], configFile: "none", family: undefined, isQuiet: false };
  return createPlanner(files, account, {})(ssh).destination;
}

async function judge(text: string, strictness = "yes", path = folder.file("known", text)): Promise<string> {
  const files = new FileCache();
  const destination = createDestination(files, strictness, path);
  try {
    const lines = judgeHostKey(OWN, await readKnownHost(destination, files), destination);
    return lines.map((each) => each.text).join("") || "trusted";
  } catch (error) {
    if (error instanceof SshFailure) return error.lines.map((each) => each.text).join("");
    return error instanceof CheckDeclined ? "declined" : String(error);
  }
}

describe("a host key", () => {
  it.each([
    ["that is known", line("[h]:2222", OWN), "trusted"],
    ["that is one of several known", line("[h]:2222", RSA) + line("[h]:2222", OWN), "trusted"],
    ["that is known without the port", line("h", OWN), "trusted"],
    ["that is another without the port", line("h", OTHER), /^No ED25519 host key is known for \[h\]:2222 /],
    ["of a host with another key", line("[h]:2222", OTHER), "declined"],
    ["of a host with a key of another type", line("[h]:2222", RSA), "declined"],
    ["that is revoked", line("[h]:2222", OWN) + line("@revoked *", OWN), "declined"],
    ["that is revoked without the port", line("h", OWN) + line("@revoked h", OWN), /^No ED25519/],
    ["of a host with an authority", line("@cert-authority *", RSA), "declined"],
    ["of an unknown host", line("g", OWN), /^No ED25519 .*\r\nHost key verification failed\.\r\n$/],
  ])("%s", async (_, text, verdict) => {
    expect(await judge(text)).toMatch(verdict);
  });

  it.each([
    ["yes", /^No ED25519/],
    ["ask", "declined"],
    ["no", "declined"],
    ["accept-new", "declined"],
  ])("of an unknown host, StrictHostKeyChecking %s", async (strictness, verdict) => {
    expect(await judge("", strictness)).toMatch(verdict);
  });

  it.each(["no", "accept-new"])(
    "of an unknown host that is not to be written down, StrictHostKeyChecking %s",
    async (strictness) => {
      const warning = "Warning: Permanently added '[h]:2222' (ED25519) to the list of known hosts.\r\n";
      expect(await judge("", strictness, "/dev/null")).toBe(warning);
    },
  );

  it("decides which algorithms are offered first, by its type", async () => {
    const files = new FileCache();
    const destination = createDestination(files, "yes", folder.file("known", line("[h]:2222", RSA)));
    const { serverHostKey } = chooseAlgorithms(destination, (await readKnownHost(destination, files)).keys);
    expect(serverHostKey.slice(0, 3)).toEqual(["rsa-sha2-512", "rsa-sha2-256", "ssh-ed25519"]);
  });
});
