import { type ByteString, fromByteString } from "../../../src/byte-string.ts";
import { error, type Remark } from "../../../src/config/problem.ts";
import { quote } from "../../../src/config/quote.ts";
import type { Draft } from "../../../src/config/read/draft.ts";
import type { CompletionContext } from "../../../src/config/table.ts";
import { type MessageStyle, PLACES } from "../notify/message.ts";
import { ROUTE_EXAMPLE, type Route, readRoute } from "../notify/routes.ts";
import { readTemplate, type Template } from "../notify/template.ts";
import { TEXTS } from "../notify/texts.ts";
import { MAX_RESOLVABLE, MAX_TOPIC } from "../notify/topic.ts";
import type { ZulipValues } from "./options.ts";

/** How messages look, without the bot's name, which the server may have to tell. */
export interface MessageSettings {
  readonly style: Omit<MessageStyle, "botName">;
  readonly hasButtons: boolean;
  readonly botName: string | undefined;
  readonly digestTopic: string;
}

const NO_TEMPLATE: Template = { lines: [] };

export function completeMessages(
  values: ZulipValues,
  draft: Draft,
  { report }: Pick<CompletionContext, "report">,
): MessageSettings {
  const reportAt = (name: string, remark: Remark, line = -1) =>
    report({ ...remark, ...draft.origins.get(name)?.at(line) });
  const template = (name: string, bytes: ByteString | undefined): Template => {
    if (bytes === undefined) return NO_TEMPLATE;
    return findTemplate(fromByteString(bytes), (remark) => reportAt(name, remark));
  };
  const { stream } = values;
  if (stream === undefined) report(error("there is no stream", "stream=icinga"));
  const routes = values.route.flatMap((line, at): readonly Route[] => {
    const text = fromByteString(line);
    const route = readRoute(text);
    if (typeof route !== "string") return [route];
    reportAt("route", error(`route: ${quote(text)}: ${route}`, `write ${ROUTE_EXAMPLE}`), at);
    return [];
  });
  const texts = TEXTS[values.language];
  const { botName, digestTopic } = values;
  return {
    style: {
      texts,
      routes,
      routeTopics: routeTopics(routes, (remark) => reportAt("route", remark)),
      template:
        values.template === undefined ? ownTemplate(texts.template) : template("template", values.template),
      serviceTopic: template("topic", values.topic),
      hostTopic: template("host_topic", values.hostTopic),
      serviceLink: template("service_link", values.serviceLink),
      hostLink: template("host_link", values.hostLink),
      stream: fromByteString(stream ?? ""),
      stage: fromByteString(values.stage),
      maxOutput: values.maxOutput,
      maxTopic: values.resolvedTopics === "resolve" ? MAX_RESOLVABLE : MAX_TOPIC,
    },
    hasButtons: values.buttons,
    botName: botName === undefined ? undefined : fromByteString(botName),
    digestTopic: digestTopic === undefined ? texts.digestTopic : fromByteString(digestTopic),
  };
}

function routeTopics(
  routes: readonly Route[],
  report: (remark: Remark) => void,
): ReadonlyMap<string, Template> {
  const topics = routes.flatMap(({ target }) => (target.kind === "stream" ? (target.topic ?? []) : []));
  return new Map(topics.map((text) => [text, findTemplate(text, report)]));
}

function findTemplate(text: string, report: (remark: Remark) => void): Template {
  const template = readTemplate(text, PLACES);
  if ("lines" in template) return template;
  const known = PLACES.map((name) => `{${name}}`).join(", ");
  report(error(`there is no {${template[0]}} in messages`, `use ${known}`));
  return NO_TEMPLATE;
}

function ownTemplate(text: string): Template {
  return findTemplate(text, ({ message }) => {
    throw new Error(message);
  });
}
