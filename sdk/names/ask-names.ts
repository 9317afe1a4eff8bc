/**
 * The program of a lookup-process.ts. It reads lines `ID FAMILY NAME`, asks getaddrinfo for all of them side
 * by side, and answers `ID MILLISECONDS ADDRESS…` or `ID MILLISECONDS EAI_…`.
 */
import { type Family, ResolveError } from "./address.ts";
import { askGetaddrinfo } from "./getaddrinfo.ts";

if (import.meta.main) await serve();

async function serve(): Promise<void> {
  process.title = "omd-worker names";
  // The worker decides when its checks end. A signal for the whole process group is not for this process.
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => {});
  process.stdin.on("end", end);
  process.stdout.on("error", end);
  // libuv makes its threads for the first lookup. This one needs no name server.
  await describe("127.1", 4);
  process.stdout.write("ready\n");
  let rest = "";
  process.stdin.setEncoding("latin1").on("data", (text: string) => {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) void answer(line);
  });
}

/** An exit would wait for every getaddrinfo that is under way. */
function end(): void {
  process.kill(process.pid, "SIGKILL");
}

async function answer(line: string): Promise<void> {
  const [id = "", family = "", host = ""] = line.split(" ");
  const begin = performance.now();
  const found = await describe(decodeURIComponent(host), Number(family) as Family);
  process.stdout.write(`${id} ${(performance.now() - begin).toFixed(3)} ${found}\n`);
}

async function describe(host: string, family: Family): Promise<string> {
  try {
    return (await askGetaddrinfo(host, family)).map(({ address }) => address).join(" ");
  } catch (error) {
    return error instanceof ResolveError ? error.code : "EAI_FAIL";
  }
}
