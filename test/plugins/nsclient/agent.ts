import type { Socket } from "node:net";
import type { Serve } from "../../support/servers/fake-servers.ts";

/** Answers the question with this number, whose details are given. */
export type Answers = Readonly<Record<string, string | ((details: readonly string[]) => string)>>;

/** What the agent of the transcripts said. */
export const RECORDED: Answers = {
  1: "NSClient++ 0.5.2.35 2018-01-28",
  2: "23",
  3: "123456",
  4: ([drive = ""]) =>
    ({ c: "21474836480&107374182400", z: "ERROR: no such drive" })[drive.toLowerCase().replaceAll(":", "")] ??
    "0&0",
  5: (details) => states(details, ["Started", "Stopped"], "All services are in their appropriate state."),
  6: (details) => states(details, ["Running", "not running"], "All processes are running."),
  7: "8589934592&2147483648",
  8: ([counter = ""]) => (counter.includes("bad") ? "ERROR: counter not found" : "42.5"),
  9: "12345&Date: 01/02/2024",
  10: "Core 0,Core 1,_Total",
};

function states(
  [shown, ...names]: readonly string[],
  [good, bad]: readonly [string, string],
  all: string,
): string {
  const isBad = (name: string) => name.startsWith("bad");
  const told = names.filter((name) => isBad(name) || shown === "ShowAll");
  const text = told.map((name) => `${name}: ${isBad(name) ? bad : good}`).join(" - ");
  return `${names.some(isBad) ? 2 : 0}&${text === "" ? all : text}`;
}

/** An agent that answers one question of each connection and then, unless told otherwise, hangs up. */
export function agent(
  answers: Answers,
  finish = (socket: Socket, text: string): unknown => socket.end(text, "latin1"),
): Serve {
  return (socket) => {
    socket.once("data", (data) => {
      const [password, number = "", ...details] = data.toString("latin1").split("&");
      const answer = answers[number] ?? "ERROR: unknown request";
      const text = typeof answer === "string" ? answer : answer(details);
      finish(socket, password === "wrong" ? "ERROR: Invalid password." : text);
    });
  };
}
