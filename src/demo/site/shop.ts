import type { Server } from "node:net";
import { createDatabaseServer } from "../servers/database-server.ts";
import {
  CLAMD_SERVER,
  IMAP_SERVER,
  POP_SERVER,
  SILENT_SERVER,
  SMTP_SERVER,
  SSH_SERVER,
} from "../servers/text-server.ts";
import { createSecureServer, createWebServer, type Pages } from "../servers/web-server.ts";
import { type DemoService, PLUGINS, plugin, service } from "./demo-object.ts";
import { HOSTS, type HostName } from "./hosts.ts";

/** A server of a host, and what the core checks of it. */
export interface ShopServer {
  readonly host: HostName;
  readonly port: number;
  /** `find` gives the port of another server, by its host and usual port. */
  readonly create: (find: FindPort) => Server;
  /** `at` are the options that name the server: `-H ADDRESS -p PORT`. */
  readonly services: (at: string, port: number) => readonly DemoService[];
}

export type FindPort = (host: HostName, usualPort: number) => number;

const HTTP = 8080;
const HTTPS = 8443;
const SSH = 2222;
const ORDERS = 1_284;
const CARTS = 57;
const LASTS_DAYS = 200.5;
const RUNS_OUT_DAYS = 9.5;

/** In the order in which they start: a server that sends visitors to another one comes after it. */
export const SHOP_SERVERS: readonly ShopServer[] = [
  {
    host: "lb1",
    port: HTTPS,
    create: () => createSecureServer(shopPages("lb1"), "shop.example", RUNS_OUT_DAYS),
    services: (_, port) => [
      service("https shop", plugin(`http -I ${HOSTS.lb1} -p ${port} -S -H shop.example -s Shop`)),
      service("certificate", plugin(`http -I ${HOSTS.lb1} -p ${port} -S -C 30,3`)),
    ],
  },
  {
    host: "lb1",
    port: HTTP,
    create: (find) => {
      const location = `https://${HOSTS.lb1}:${find("lb1", HTTPS)}/`;
      return createWebServer({ "/": { status: 301, body: "", location } });
    },
    services: (_, port) => [
      service("http to https", plugin(`http -I ${HOSTS.lb1} -p ${port} -f follow -s Shop`)),
      service("http redirect", plugin(`http -I ${HOSTS.lb1} -p ${port} -e 'HTTP/1.1 301' -d Location:`)),
    ],
  },
  ...(["web1", "web2"] as const).flatMap(webServers),
  {
    host: "app1",
    port: HTTP,
    create: () => createWebServer(APP_PAGES),
    services: appServices,
  },
  ...(["db1", "db2"] as const).map(database),
  tcp("db1", 3306, "mariadb", SILENT_SERVER),
  {
    host: "mail1",
    port: 2525,
    create: SMTP_SERVER,
    services: (at) => [
      service("smtp", plugin(`smtp ${at}`)),
      service("smtp takes mail", plugin(`smtp ${at} -f shop@shop.example`)),
    ],
  },
  named("mail1", 1143, "imap", IMAP_SERVER),
  named("mail1", 1110, "pop", POP_SERVER),
  named("mail1", 3310, "clamd", CLAMD_SERVER),
  ...(["lb1", "web1", "web2", "app1", "db1", "db2", "cache1", "mail1", "files1", "switch1"] as const).map(
    (host) => named(host, SSH, "ssh", SSH_SERVER),
  ),
];

function shopPages(host: HostName): Pages {
  return {
    "/": { body: `<title>Shop</title><h1>Shop</h1> served by ${host}\n` },
    "/health": { body: '{"status":"up"}\n' },
  };
}

function webServers(host: "web1" | "web2"): readonly ShopServer[] {
  const address = HOSTS[host];
  return [
    {
      host,
      port: HTTP,
      create: () => createWebServer(shopPages(host)),
      services: (_, port) => [
        service("http", plugin(`http -I ${address} -p ${port} -H shop.example -w 2 -c 8`)),
        service("http content", plugin(`http -I ${address} -p ${port} -s 'served by ${host}'`)),
        service("http health", plugin(`http -I ${address} -p ${port} -u /health -s '"status":"up"'`)),
      ],
    },
    {
      host,
      port: HTTPS,
      create: () => createSecureServer(shopPages(host), `${host}.shop.example`, LASTS_DAYS),
      services: (_, port) => [
        service("https", plugin(`http -I ${address} -p ${port} -S -s Shop`)),
        service("certificate", plugin(`http -I ${address} -p ${port} -S -C 30,14`)),
      ],
    },
  ];
}

const APP_PAGES: Pages = {
  "/health": { body: '{"status":"up"}\n' },
  "/orders": { body: "waiting 17\n" },
  "/stock": { body: "articles 240\nlow 3\n" },
  "/search": { body: "42 articles\n", afterMs: 1_200 },
  "/checkout": { status: 500, body: "no connection to the payment service\n" },
};

function appServices(at: string, port: number): readonly DemoService[] {
  const http = (words: string) => plugin(`http -I ${HOSTS.app1} -p ${port} ${words}`);
  return [
    service("app health", http(`-u /health -s '"status":"up"'`)),
    service("checkout", http("-u /checkout")),
    service("search", http("-u /search -w 1 -c 5")),
    service("port", plugin(`tcp ${at}`)),
    service("telnet is closed", `${PLUGINS}/negate -s ${plugin(`tcp -H ${HOSTS.app1} -p 2323`)}`),
  ];
}

function database(host: "db1" | "db2"): ShopServer {
  return {
    host,
    port: 5432,
    create: () => createDatabaseServer((query) => (query.includes("carts") ? CARTS : ORDERS)),
    services: (at, port) => {
      const login = `-H ${HOSTS[host]} -P ${port} -d shop -l monitor`;
      return [
        service("postgresql", plugin(`pgsql ${login}`)),
        service("orders today", plugin(`pgsql ${login} -q 'SELECT count(*) FROM orders' -W 5000 -C 9000`)),
        service("open carts", plugin(`pgsql ${login} -q 'SELECT count(*) FROM carts' -W 500 -C 900`)),
        service("postgresql port", plugin(`tcp ${at} -w 2 -c 8`)),
      ];
    },
  };
}

function tcp(host: HostName, port: number, name: string, create: () => Server): ShopServer {
  return { host, port, create, services: (at) => [service(name, plugin(`tcp ${at} -w 2 -c 8`))] };
}

/** A check that has the name of what it asks. */
function named(host: HostName, port: number, name: string, create: () => Server): ShopServer {
  return { host, port, create, services: (at) => [service(name, plugin(`${name} ${at}`))] };
}
