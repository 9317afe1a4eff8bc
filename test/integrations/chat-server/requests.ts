import type { FakeUser } from "../../../integrations/chat-server/world.ts";

/** One request, as curl would make it. */
export async function ask(
  site: string,
  {
    method,
    path,
    user,
    params = {},
  }: {
    readonly method: string;
    readonly path: string;
    readonly user?: Pick<FakeUser, "email" | "key">;
    readonly params?: Readonly<Record<string, string>>;
  },
) {
  const url = new URL(`api/v1/${path}`, `${site}/`);
  const fields = new URLSearchParams(params);
  if (method === "GET") url.search = fields.toString();
  const coded = user && Buffer.from(`${user.email}:${user.key}`).toString("base64");
  const response = await fetch(url, {
    method,
    headers: {
      "User-Agent": "curl/7.88",
      Connection: "close",
      ...(coded && { Authorization: `Basic ${coded}` }),
    },
    ...(method !== "GET" && { body: fields }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Reply };
}

export type Reply = Readonly<Record<string, unknown>>;
