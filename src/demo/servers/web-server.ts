import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Server } from "node:net";
import { createCertificate } from "./certificate.ts";

/** What a path of a web server answers. */
export interface Page {
  /** 200 unless said otherwise. */
  readonly status?: number;
  readonly body: string;
  readonly location?: string;
  /** How long the answer takes. */
  readonly afterMs?: number;
}

export type Pages = Readonly<Record<string, Page>>;

const NOT_FOUND: Page = { status: 404, body: "not found\n" };
const DAY_MS = 86_400_000;

export function createWebServer(pages: Pages): Server {
  return createServer((request, response) => answer(request, response, pages));
}

/** With a certificate of its own that runs out after so many days. */
export function createSecureServer(pages: Pages, name: string, validDays: number): Server {
  const notAfter = new Date(Date.now() + validDays * DAY_MS);
  const certificate = createCertificate({ commonNames: [name], altNames: [name], notAfter });
  return createTlsServer(certificate, (request, response) => answer(request, response, pages));
}

function answer({ url = "/" }: IncomingMessage, response: ServerResponse, pages: Pages): void {
  const {
    status = 200,
    body,
    location,
    afterMs = 0,
  } = (Object.hasOwn(pages, url) && pages[url]) || NOT_FOUND;
  const headers = {
    "Content-Type": "text/html",
    "Content-Length": Buffer.byteLength(body),
    ...(location !== undefined && { Location: location }),
  };
  const timer = setTimeout(() => response.writeHead(status, headers).end(body), afterMs);
  response.once("close", () => clearTimeout(timer));
}
