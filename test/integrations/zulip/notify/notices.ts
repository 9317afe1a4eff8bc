import type { MessageStyle } from "../../../../integrations/zulip/notify/message.ts";
import { PLACES } from "../../../../integrations/zulip/notify/message.ts";
import { type Macros, readNotice } from "../../../../integrations/zulip/notify/notice.ts";
import { type Route, readRoute } from "../../../../integrations/zulip/notify/routes.ts";
import { readTemplate, type Template } from "../../../../integrations/zulip/notify/template.ts";
import { TEXTS } from "../../../../integrations/zulip/notify/texts.ts";

export const TIME = Date.UTC(2026, 10, 26, 8, 0, 0);

/** The service of the slides. */
export const SERVICE_PROBLEM = {
  NOTIFICATIONTYPE: "PROBLEM",
  HOSTNAME: "dummy_fkt_tests",
  HOSTALIAS: "Funktionale Tests",
  SERVICEDESC: "Sakuli_Connections",
  SERVICESTATE: "CRITICAL",
  SERVICEOUTPUT: "CRITICAL - suite failed",
};

export const HOST_PROBLEM = {
  NOTIFICATIONTYPE: "PROBLEM",
  HOSTNAME: "web1",
  HOSTALIAS: "Web 1",
  HOSTSTATE: "DOWN",
  HOSTOUTPUT: "no answer",
};

export function notice(macros: Readonly<Record<string, string>>, time = TIME) {
  const read = readNotice(new Map(Object.entries(macros)) satisfies Macros, time);
  if (read === undefined) throw new Error("no notice");
  return read;
}

export function template(text: string): Template {
  const read = readTemplate(text, PLACES);
  if (!("lines" in read)) throw new Error(`no places: ${read.join(" ")}`);
  return read;
}

export function route(text: string): Route {
  const read = readRoute(text);
  if (typeof read === "string") throw new Error(read);
  return read;
}

export const STYLE: MessageStyle = {
  texts: TEXTS.en,
  template: template(TEXTS.en.template),
  serviceTopic: template("{service} - {alias}"),
  hostTopic: template("{alias}"),
  serviceLink: template("https://omd/prod/thruk/cgi-bin/extinfo.cgi?type=2&host={host}&service={service}"),
  hostLink: template("https://omd/prod/thruk/cgi-bin/extinfo.cgi?type=1&host={host}"),
  routes: [],
  routeTopics: new Map(),
  stream: "icinga",
  stage: "",
  maxOutput: 1_000,
  maxTopic: 60,
  botName: "Icinga API-Bot",
};
