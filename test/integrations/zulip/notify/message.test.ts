import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderNotice } from "../../../../integrations/zulip/notify/message.ts";
import { TEXTS } from "../../../../integrations/zulip/notify/texts.ts";
import { HOST_PROBLEM, notice, route, SERVICE_PROBLEM, STYLE, template } from "./notices.ts";

const FORM = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../fixtures/zulip/zform-example.json"), "utf8"),
);
const render = (macros: Readonly<Record<string, string>>, style = STYLE) =>
  renderNotice(notice(macros), style);

describe("the message of the team, byte for byte", () => {
  it("of a service", () => {
    const message = render(SERVICE_PROBLEM);
    expect(message?.content).toBe(
      [
        "Notification Type: **CRIT** - PROBLEM - CRITICAL",
        "Output: CRITICAL - suite failed",
        "More: [Sakuli_Connections - dummy_fkt_tests](https://omd/prod/thruk/cgi-bin/extinfo.cgi?type=2&host=dummy_fkt_tests&service=Sakuli_Connections)",
      ].join("\n"),
    );
    expect(message).toMatchObject({ stream: "icinga", topic: "Sakuli_Connections - Funktionale Tests" });
  });

  it("of a host", () => {
    expect(render(HOST_PROBLEM)).toMatchObject({
      topic: "Web 1",
      content:
        "Notification Type: **DOWN** - PROBLEM - DOWN\nOutput: no answer\nMore: [web1](https://omd/prod/thruk/cgi-bin/extinfo.cgi?type=1&host=web1)",
    });
  });

  it.each([
    ["CRITICAL", "CRIT"],
    ["WARNING", "WARN"],
    ["UNKNOWN", "UNK"],
    ["OK", "OK"],
  ])("a service that is %s is labelled %s", (SERVICESTATE, label) => {
    const message = render({ ...SERVICE_PROBLEM, SERVICESTATE });
    expect(message?.content).toMatch(`Notification Type: **${label}** - PROBLEM - ${SERVICESTATE}\n`);
  });

  it.each([
    ["service", "CRITICAL", ":crit:"],
    ["service", "WARNING", ":warn:"],
    ["service", "UNKNOWN", ":unk:"],
    ["service", "OK", ":ok:"],
    ["service", "PENDING", ""],
    ["host", "UP", ":ok:"],
    ["host", "DOWN", ":crit:"],
    ["host", "UNREACHABLE", ":crit:"],
  ])("has the custom emoji of a %s that is %s, if the template asks for it", (kind, state, emoji) => {
    const macros = kind === "host" ? HOST_PROBLEM : SERVICE_PROBLEM;
    const style = { ...STYLE, template: template("{emoji}\\nOutput: {output}") };
    const [first = ""] = (
      render({ ...macros, HOSTSTATE: state, SERVICESTATE: state }, style)?.content ?? ""
    ).split("\n");
    expect(first.startsWith("Output: ") ? "" : first).toBe(emoji);
  });

  it.each(["UP", "DOWN", "UNREACHABLE"])("a host that is %s is labelled so", (HOSTSTATE) => {
    expect(render({ ...HOST_PROBLEM, HOSTSTATE })?.content).toContain(
      `**${HOSTSTATE}** - PROBLEM - ${HOSTSTATE}`,
    );
  });

  it.each([
    ...["RECOVERY", "ACKNOWLEDGEMENT", "DOWNTIMESTART", "DOWNTIMEEND", "DOWNTIMECANCELLED"],
    ...["FLAPPINGSTART", "FLAPPINGSTOP", "FLAPPINGDISABLED", "CUSTOM"],
  ])("%s has its comment and no buttons", (NOTIFICATIONTYPE) => {
    const more = { NOTIFICATIONTYPE, NOTIFICATIONAUTHOR: "hamlet", NOTIFICATIONCOMMENT: "seen" };
    const message = render({ ...SERVICE_PROBLEM, ...more });
    expect(message?.content).toMatch(`**CRIT** - ${NOTIFICATIONTYPE} - CRITICAL\n`);
    expect(message?.content).toContain("\nComment: seen (hamlet)\nMore: ");
    expect(message?.widget).toBeUndefined();
  });

  it.each([
    ["service", { ...SERVICE_PROBLEM, SERVICEACKAUTHOR: "hamlet", SERVICEACKCOMMENT: "seen" }],
    ["host", { ...HOST_PROBLEM, HOSTACKAUTHOR: "hamlet", HOSTACKCOMMENT: "seen" }],
    [
      "service, as its name",
      { ...SERVICE_PROBLEM, SERVICEACKAUTHORNAME: "hamlet", SERVICEACKCOMMENT: "seen" },
    ],
  ])("an acknowledgement of a %s has the comment of the macros that cores strip", (_, macros) => {
    const message = render({ ...macros, NOTIFICATIONTYPE: "ACKNOWLEDGEMENT" });
    expect(message?.content).toContain("\nComment: seen (hamlet)\nMore: ");
  });

  it("other macros of an acknowledgement count less than those of the notification", () => {
    const more = { NOTIFICATIONAUTHOR: "hamlet", NOTIFICATIONCOMMENT: "seen", SERVICEACKCOMMENT: "old" };
    const message = render({ ...SERVICE_PROBLEM, ...more, NOTIFICATIONTYPE: "CUSTOM" });
    expect(message?.content).toContain("\nComment: seen (hamlet)\nMore: ");
  });

  it.each([
    ["DOWNTIMEREMOVED", "DOWNTIMECANCELLED"],
    ["FLAPPINGEND", "FLAPPINGSTOP"],
    ["problem", "PROBLEM"],
  ])("the word %s of Icinga 2 is %s", (NOTIFICATIONTYPE, word) => {
    expect(notice({ ...HOST_PROBLEM, NOTIFICATIONTYPE }).type).toBe(word);
  });

  it("has no link that would fill it", () => {
    const message = render({ ...SERVICE_PROBLEM, HOSTNAME: "ü".repeat(2_000) });
    expect(message?.content.split("\n")).toHaveLength(2);
    expect([...(message?.line ?? "")].length).toBeLessThan(1_000);
  });

  it.each([
    [
      "the link of a service",
      {},
      "More: ",
      "https://omd/prod/thruk/cgi-bin/extinfo.cgi?type=2&host=HOST&service=SERVICE)",
    ],
    [
      "the link of a host",
      { SERVICEDESC: "" },
      "More: ",
      "https://omd/prod/thruk/cgi-bin/extinfo.cgi?type=1&host=HOST)",
    ],
    ["a link of the template", {}, "[Graph]", "(https://grafana/d/a?host=HOST&service=SERVICE&x=HOST)"],
    [
      "a link of the template for a host",
      { SERVICEDESC: "" },
      "[Graph]",
      "(https://grafana/d/a?host=HOST&service=&x=HOST)",
    ],
    ["a bare address", {}, "Order: ", "https://order/new/HOST/SERVICE?for=HOST"],
  ])("%s has every name encoded", (_, macros, begins, address) => {
    const [host, service] = ["Büro 1 & #2 (a)", "Disk C:\\ 50%?ü"];
    const line = "\\n[Graph](https://grafana/d/a?host={host}&service={service}&x=$HOSTNAME$) {host}";
    const more = `${line}\\nOrder: https://order/new/{host}/{service}?for={alias}`;
    const style = { ...STYLE, template: template(`${TEXTS.en.template}${more}`) };
    const all = { ...SERVICE_PROBLEM, HOSTNAME: host, HOSTALIAS: host, SERVICEDESC: service, ...macros };
    const content = render(all, style)?.content ?? "";
    const found = content.split("\n").find((each) => each.startsWith(begins));
    const expected = address
      .replaceAll("HOST", "B%C3%BCro%201%20%26%20%232%20%28a%29")
      .replaceAll("SERVICE", "Disk%20C%3A%5C%2050%25%3F%C3%BC");
    expect(found).toContain(expected);
    expect(content).toContain(` ${host}\n`);
  });

  it("in German, with the stage", () => {
    const german = { ...STYLE, texts: TEXTS.de, template: template(TEXTS.de.template), stage: "dev" };
    const message = render(SERVICE_PROBLEM, german);
    expect(message?.content).toMatch(
      /^Benachrichtigung: \*\*CRIT\*\* - PROBLEM - CRITICAL\nAusgabe: .*\nMehr: .*\nStufe: dev$/,
    );
    expect(message?.widget).toContain("Downtime für Sakuli_Connections - Funktionale Tests:");
  });
});

describe("the buttons", () => {
  const widget = (macros: Readonly<Record<string, string>>) => JSON.parse(render(macros)?.widget ?? "null");
  const replies = (macros: Readonly<Record<string, string>>) =>
    widget(macros).extra_data.choices.map(({ reply }: { reply: string }) => reply);

  it("are those that a real server has taken", () => {
    const made = widget(SERVICE_PROBLEM);
    const [oneHour, , , , acknowledge] = made.extra_data.choices;
    const { choices: _, ...head } = made.extra_data;
    expect({ ...made, extra_data: { ...head, choices: [oneHour, acknowledge] } }).toEqual(FORM);
  });

  it("are five, and a host has its name only", () => {
    expect(replies(HOST_PROBLEM)).toEqual([
      ...["1h", "8h", "1d", "7d"].map((time) => `@**Icinga API-Bot** downtime###web1###${time}###`),
      "@**Icinga API-Bot** acknowledge###web1###",
    ]);
    expect(widget(HOST_PROBLEM).extra_data.heading).toBe("Downtime for Web 1:");
  });

  it("carry names that have the separator, a line break or a backtick in a code", () => {
    const [first] = replies({ ...SERVICE_PROBLEM, HOSTNAME: "a###b", SERVICEDESC: "50% `x`\ny" });
    expect(first).toBe("@**Icinga API-Bot** downtime###a%23%23%23b###50%25 %60x%60%0ay###1h###");
  });

  it("are left out where nobody obeys them", () => {
    expect(render(SERVICE_PROBLEM, { ...STYLE, botName: undefined })?.widget).toBeUndefined();
  });
});

describe("routes", () => {
  const macros = {
    ...SERVICE_PROBLEM,
    HOSTGROUPNAMES: "linux,db-servers",
    CONTACTNAME: "helpdesk",
    _HOSTTEAM: "dba",
  };
  const goesTo = (...lines: readonly string[]) => {
    const routes = lines.map(route);
    const message = render(macros, {
      ...STYLE,
      routes,
      stage: "prod",
      routeTopics: new Map([["{host}", template("{host}")]]),
    });
    return message && [message.stream, message.topic];
  };

  it.each([
    ["a host group", "hostgroup=db* => db"],
    ["one of several", "hostgroup=windows|linux => db"],
    ["none of a group", "hostgroup!=windows => db"],
    ["a contact and a state", "contact=helpdesk state=CRIT => db"],
    ["the stage", "stage=prod => db"],
    ["a pattern with a blank", 'service="Sakuli*" host="Funktionale Tests" => db'],
    ["what it is about", "about=service => db"],
    ["a macro of the site", "_HOSTTEAM=dba => db"],
    ["everything", "=> db"],
    ["a stream with a blank", '=> "db"'],
  ])("by %s", (_, line) => expect(goesTo(line)?.[0]).toBe("db"));

  it.each([
    ["another group", "hostgroup=windows => db"],
    ["one of two conditions", "contact=helpdesk state=WARN => db"],
    ["a negation", "type!=PROBLEM => db"],
  ])("do not fit by %s", (_, line) => expect(goesTo(line)?.[0]).toBe("icinga"));

  it("count in their order, and name a topic", () => {
    expect(goesTo("state=OK => ok", "type=PROBLEM => db > {host}", "=> rest")).toEqual([
      "db",
      "dummy_fkt_tests",
    ]);
  });

  it("drop what nobody wants", () => expect(goesTo("host=dummy* => drop")).toBeUndefined());

  it.each([
    ["host=a", "there is no => with blanks around it"],
    ["host=a =>", "there is no stream after =>"],
    ["nonsense => a", '"nonsense" is no condition'],
    ["hots=a => b", '"hots" is none of host, service'],
  ])("that are wrong say so: %s", (line, text) => expect(() => route(line)).toThrow(text));
});
