import { renderServerAddress } from "../../gearman/server-address.ts";
import type { Config } from "../config.ts";
import { isLoopback, type ListenAddress } from "../kinds/addresses.ts";
import { type Remark, warning } from "../problem.ts";
import { Secret } from "../secret.ts";
import type { WorkerOption } from "./options.ts";

export interface Unsafe {
  readonly name: WorkerOption["name"];
  readonly remark: Remark;
}

type WrittenKeys = Pick<Config, "acceptedKey" | "serverKey">;

/** What lets others in. The C worker starts with it, so this one does, too, and says so. */
export function findUnsafe(config: Config, written: WrittenKeys): readonly Unsafe[] {
  return [...findOpenServers(config), ...findSampleKeys(config, written), ...findOpenPage(config)];
}

function findOpenServers({ encryption, server }: Config): readonly Unsafe[] {
  const open = server.filter(({ host, tls }) => tls === undefined && !isLoopback(host));
  if (encryption || open.length === 0) return [];
  const [first = "", ...others] = open.map(renderServerAddress);
  const servers = others.length === 0 ? first : `${first} and ${others.length} more`;
  const message = `without encryption and TLS to ${servers}, whoever reaches gearmand or the network before it can run commands here`;
  return [{ name: "encryption", remark: warning(message, "encryption=yes") }];
}

/** The key of the C worker's sample file. */
const SAMPLE_KEY = new Secret(Buffer.from("should_be_changed"));

function findSampleKeys(config: Config, written: WrittenKeys): readonly Unsafe[] {
  if (!config.encryption) return [];
  const { key, keyfile, acceptedKey, serverKey, dupserverKey, dupserverKeyfile } = config;
  const ofServer = serverKey.find((each) => isSample(each.key));
  // Keys of files stand behind those of the option.
  const accepted = acceptedKey.findIndex(isSample);
  const isOfOption = accepted < written.acceptedKey.length;
  return [
    ...(isSample(key) ? [sampleKey(keyfile === undefined ? "key" : "keyfile")] : []),
    ...(accepted >= 0 ? [sampleKey(isOfOption ? "accepted_key" : "accepted_keyfile")] : []),
    ...(ofServer ? [sampleKey(written.serverKey.includes(ofServer) ? "server_key" : "server_keyfile")] : []),
    ...(isSample(dupserverKey)
      ? [sampleKey(dupserverKeyfile === undefined ? "dupserver_key" : "dupserver_keyfile")]
      : []),
  ];
}

function isSample(key: Secret | undefined): boolean {
  return key?.equals(SAMPLE_KEY) === true;
}

function sampleKey(name: WorkerOption["name"]): Unsafe {
  const message = `${name}: this is the key of the sample file, which everybody knows`;
  return { name, remark: warning(message, "choose another") };
}

type PageOptions = Pick<Config, "prometheusServer" | "statusPage" | "statusPageAuth">;

/** `auto` serves no page at such an address. */
function findOpenPage({ prometheusServer, statusPage, statusPageAuth }: PageOptions): readonly Unsafe[] {
  if (prometheusServer === undefined || statusPage !== "on" || statusPageAuth !== undefined) return [];
  if (listensHere(prometheusServer)) return [];
  const message =
    "status_page=on shows names of hosts and services, the configuration and the log to whoever reaches prometheus_server";
  return [{ name: "status_page", remark: warning(message, "set status_page_auth, or status_page=auto") }];
}

/** Only programs of this machine reach the address. */
export function listensHere({ host }: ListenAddress): boolean {
  return host !== undefined && isLoopback(host);
}
