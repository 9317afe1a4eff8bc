import { describe, expect, it } from "vitest";
import { renderForLog } from "../../../src/config/problem.ts";
import { load, warningsOf } from "../../support/config/load-memory.ts";

const KEY = "key=a_key_of_this_test";
const FILES = { "/sample.key": "should_be_changed\n", "/own.key": "quite another key\n" };

function warningsFor(...argv: readonly string[]) {
  return warningsOf(load(argv, { files: FILES })).map((each) => each.replace("command line: warning: ", ""));
}

describe("a server that is asked without encryption", () => {
  const says = (servers: string) => [
    `without encryption and TLS to ${servers}, whoever reaches gearmand or the network before it can run commands here (encryption=yes)`,
  ];

  it.each<[server: string, warnings: readonly string[]]>([
    ["gearmand.example", says("gearmand.example:4730")],
    ["192.0.2.1:4731,[2001:db8::1]:4730", says("192.0.2.1:4731 and 1 more")],
    ["localhost,gearmand.example", says("gearmand.example:4730")],
    ["127.example.org", says("127.example.org:4730")],
    ["localhost", []],
    ["127.0.0.1,[::1]:4731,127.1.2.3:4730", []],
  ])("is warned of if it is elsewhere: %s", (server, warnings) => {
    expect(warningsFor(`server=${server}`, "encryption=no")).toEqual(warnings);
    expect(warningsFor(`server=${server}`, KEY)).toEqual([]);
  });

  it("and has no TLS", () => {
    expect(warningsFor("server=gearmand.example", "encryption=no", "tls=no")).toHaveLength(1);
  });
});

describe("the key of the sample file is warned of", () => {
  it.each<[option: string, ...others: string[]]>([
    ["key=should_be_changed"],
    ["keyfile=/sample.key"],
    ["accepted_key=should_be_changed", KEY],
    ["accepted_keyfile=/sample.key", KEY, "accepted_key=quite another key"],
    ["server_key=localhost:4730=should_be_changed", KEY],
    ["server_keyfile=localhost:4730=/sample.key", KEY],
    ["dupserver_key=should_be_changed", KEY],
    ["dupserver_keyfile=/sample.key", KEY],
  ])("in %s", (option, ...others) => {
    const [name] = option.split("=");
    const says = `${name}: this is the key of the sample file, which everybody knows (choose another)`;
    expect(warningsFor("server=localhost", option, ...others)).toEqual([says]);
    const own = option.replace("should_be_changed", "quite another key").replace("/sample", "/own");
    expect(warningsFor("server=localhost", own, ...others)).toEqual([]);
    expect(warningsFor("server=localhost", option, ...others, "encryption=no")).toEqual([]);
  });

  it("with the line it stands in, and not itself, in the log", () => {
    const files = { "/w.conf": "server=localhost\nkey=should_be_changed\n" };
    expect(load(["config=/w.conf"], { files }).warnings.map(renderForLog)).toEqual([
      "/w.conf:2: key: this is the key of the sample file, which everybody knows (choose another)",
    ]);
  });
});

describe("the status page", () => {
  const says = [
    "status_page=on shows names of hosts and services, the configuration and the log to whoever reaches prometheus_server (set status_page_auth, or status_page=auto)",
  ];
  const LOGIN = "status_page_auth=ada:$2y$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e";

  it.each<[address: string, options: readonly string[], warnings: readonly string[]]>([
    ["0.0.0.0:9050", ["status_page=on"], says],
    [":9050", ["status_page=on"], says],
    ["9050", ["status_page=yes"], says],
    ["[::]:9050", ["status_page=on"], says],
    ["192.0.2.1:9050", ["status_page=on"], says],
    ["0.0.0.0:9050", ["status_page=on", LOGIN], []],
    ["0.0.0.0:9050", [LOGIN], []],
    ["0.0.0.0:9050", ["status_page=auto"], []],
    ["0.0.0.0:9050", ["status_page=off"], []],
    ["0.0.0.0:9050", [], []],
    ["127.0.0.1:9050", ["status_page=on"], []],
    ["[::1]:9050", ["status_page=on"], []],
    ["localhost:9050", ["status_page=on"], []],
  ])("at prometheus_server=%s with %j", (address, options, warnings) => {
    expect(warningsFor("server=localhost", KEY, `prometheus_server=${address}`, ...options)).toEqual(
      warnings,
    );
  });

  it("is not served without prometheus_server", () => {
    expect(warningsFor("server=localhost", KEY, "status_page=on")).toEqual([]);
  });
});
