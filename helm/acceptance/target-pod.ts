import { json, text } from "./cluster.ts";
import type { Stage } from "./stage.ts";
import { poolOf } from "./stage.ts";

const NAME = "target";
const TCP = [22, 23, 80, 443, 1433, 1521, 3306, 5432, 5666, 8443];
const UDP = [161, 162];

const LISTEN = `
const net = require("node:net"), dgram = require("node:dgram");
for (const port of ${JSON.stringify(TCP)}) net.createServer((c) => { c.on("error", () => {}); c.end("hello"); }).listen(port);
for (const port of ${JSON.stringify(UDP)}) {
  const socket = dgram.createSocket("udp4");
  socket.on("message", (_, peer) => socket.send("hello", peer.port, peer.address)).bind(port);
}`;

/**
 * Prints the ports that answer, as ["TCP 22"]. What is closed by a policy gets no answer, or a refusal.
 */
const ASK = `
const net = require("node:net"), dgram = require("node:dgram");
const [host, tcp, udp] = JSON.parse(process.env.ASK);
const connect = (port) => new Promise((done) => {
  const socket = net.connect({ host, port, timeout: 3000 });
  const end = (isOpen) => { socket.destroy(); done(isOpen); };
  socket.on("connect", () => end(true)).on("timeout", () => end(false)).on("error", () => end(false));
});
const send = (port) => new Promise((done) => {
  const socket = dgram.createSocket("udp4");
  const end = (isOpen) => { clearTimeout(timer); socket.close(); done(isOpen); };
  const timer = setTimeout(end, 3000, false);
  socket.on("message", () => end(true)).on("error", () => {}).send("hello", port, host);
});
const all = [...tcp.map((port) => ["TCP", port, connect(port)]), ...udp.map((port) => ["UDP", port, send(port)])];
Promise.all(all.map(async ([protocol, port, open]) => (await open) ? [protocol + " " + port] : []))
  .then((found) => console.log(JSON.stringify(found.flat().sort())));`;

/** A pod that answers at many ports, and is the target of all pools by its label. No policy is about it. */
export class TargetPod {
  readonly #stage: Stage;
  readonly #address: string;

  private constructor(stage: Stage, address: string) {
    this.#stage = stage;
    this.#address = address;
  }

  /** Of the image of a pool. */
  static async start(stage: Stage, pool: string): Promise<TargetPod> {
    const own = (await stage.pods()).find((pod) => poolOf(pod) === pool);
    if (own === undefined) throw new Error(`no pod of ${pool}`);
    const [worker] = own.spec.containers;
    const sysctls = [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }];
    await text(
      stage.create({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: NAME, labels: { app: NAME } },
        spec: {
          restartPolicy: "Never",
          terminationGracePeriodSeconds: 0,
          automountServiceAccountToken: false,
          securityContext: { ...own.spec.securityContext, sysctls },
          containers: [
            {
              name: NAME,
              image: worker.image,
              imagePullPolicy: worker.imagePullPolicy,
              command: ["node", "-e", LISTEN],
              resources: worker.resources,
              securityContext: worker.securityContext,
            },
          ],
        },
      }),
    );
    await text(stage.kubectl(["wait", `pod/${NAME}`, "--for=condition=Ready", "--timeout=120s"]));
    const address = ["get", "pod", NAME, "--output", "jsonpath={.status.podIP}"];
    return new TargetPod(stage, await text(stage.kubectl(address)));
  }

  /** The ports at which a pod of a pool reaches it. */
  async reachedFrom(pool: string): Promise<readonly string[]> {
    const own = (await this.#stage.pods()).find((pod) => poolOf(pod) === pool);
    return this.#ask(own?.metadata.name ?? "", [this.#address, TCP, UDP]);
  }

  /** Whether it reaches a pod of a pool at a port. */
  async reaches(pool: string, port: number): Promise<boolean> {
    const own = (await this.#stage.pods()).find((pod) => poolOf(pod) === pool);
    return (await this.#ask(NAME, [own?.status.podIP, [port], []])).length > 0;
  }

  #ask(pod: string, question: readonly unknown[]): Promise<readonly string[]> {
    const ask = ["exec", pod, "--", "env", `ASK=${JSON.stringify(question)}`, "node", "-e", ASK];
    return json(this.#stage.kubectl(ask));
  }
}
