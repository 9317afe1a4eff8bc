// Shows one stream, and writes into it as the user of me.json. It speaks Zulip's API, as any client.

const MAX_MESSAGES = 400;
const AGAIN_MS = 1000;

const me = await (await fetch("me.json")).json();
const authorization = `Basic ${btoa(`${me.email}:${me.key}`)}`;
const byId = (id) => document.getElementById(id);
const messages = new Map();
const names = new Map([[me.id, "You"]]);
let botName = "";

async function ask(method, path, params = {}) {
  const fields = new URLSearchParams(params);
  const url = method === "GET" ? `api/v1/${path}?${fields}` : `api/v1/${path}`;
  const body = method === "GET" ? undefined : fields;
  const response = await fetch(url, { method, body, headers: { authorization } });
  const reply = await response.json();
  if (!response.ok) throw Object.assign(new Error(reply.msg), { code: reply.code });
  return reply;
}

function tellTrouble(text) {
  byId("trouble").hidden = text === "";
  byId("trouble").textContent = text;
}

const attempt = (run) =>
  run().then(
    () => tellTrouble(""),
    (error) => tellTrouble(`That failed: ${error.message}`),
  );

const say = (topic, content) =>
  attempt(() => ask("POST", "messages", { type: "stream", to: me.stream, topic, content }));

// A part of Zulip's Markdown: what the programs of the demo write.
const PIECES =
  /\*\*(?<bold>[^*\n]+)\*\*|@\*\*(?<mention>[^*\n]+)\*\*|\[(?<label>[^\]\n]+)\]\((?<link>https?:[^)\s]+)\)|`(?<code>[^`\n]+)`|(?<line>\n)/g;

function renderContent(text, into) {
  let at = 0;
  const add = (name, content, more = {}) =>
    into.append(Object.assign(document.createElement(name), { textContent: content }, more));
  for (const match of text.matchAll(PIECES)) {
    const { bold, mention, label, link, code, line } = match.groups;
    into.append(text.slice(at, match.index));
    at = match.index + match[0].length;
    if (line !== undefined) into.append(document.createElement("br"));
    else if (bold !== undefined) add("b", bold);
    else if (mention !== undefined) add("b", `@${mention.replace(/\|.*/, "")}`);
    else if (code !== undefined) add("code", code);
    else add("a", label, { href: link, rel: "noreferrer" });
  }
  into.append(text.slice(at));
}

function formOf({ submessages }) {
  const [widget] = submessages.filter(({ msg_type }) => msg_type === "widget");
  return widget && JSON.parse(widget.content).extra_data;
}

function renderForm(message, into) {
  const form = formOf(message);
  if (form === undefined) return;
  into.append(form.heading, document.createElement("br"));
  // As Zulip: the short name is the button, and the long one stands beside it.
  for (const { short_name, long_name, reply } of form.choices) {
    const choice = Object.assign(document.createElement("span"), { className: "choice" });
    const button = Object.assign(document.createElement("button"), { textContent: short_name });
    button.addEventListener("click", () => say(message.subject, reply));
    choice.append(button, long_name);
    into.append(choice);
  }
}

function renderReactions(message, into) {
  const isAlert = formOf(message) !== undefined;
  for (const name of me.emoji) {
    const who = message.reactions
      .filter(({ emoji_name }) => emoji_name === name)
      .map(({ user_id }) => user_id);
    if (who.length === 0 && !(isAlert && /^(?:ack|1h|8h|1d|7d)$/.test(name))) continue;
    const isMine = who.includes(me.id);
    const button = document.createElement("button");
    button.setAttribute("aria-pressed", String(isMine));
    button.title = who.map((id) => names.get(id) ?? `user ${id}`).join(", ");
    button.append(
      Object.assign(document.createElement("img"), { src: `emoji/${name}.png`, alt: `:${name}:` }),
    );
    if (who.length > 0) button.append(` ${who.length}`);
    const method = isMine ? "DELETE" : "POST";
    button.addEventListener("click", () =>
      attempt(() => ask(method, `messages/${message.id}/reactions`, { emoji_name: name })),
    );
    into.append(button);
  }
}

function render(message) {
  const article = byId("message").content.cloneNode(true).firstElementChild;
  article.dataset.id = message.id;
  article.dataset.topic = message.subject;
  const part = (name) => article.querySelector(name);
  part("h2").textContent = message.subject;
  part(".sender").textContent = message.sender_full_name;
  part("time").textContent = new Date(message.timestamp * 1000).toLocaleTimeString();
  renderContent(message.content, part(".content"));
  renderForm(message, part(".form"));
  renderReactions(message, part(".reactions"));
  return article;
}

function show(message) {
  const list = byId("messages");
  const isAtEnd = innerHeight + scrollY >= document.body.scrollHeight - 200;
  messages.set(message.id, message);
  names.set(message.sender_id, message.sender_id === me.id ? "You" : message.sender_full_name);
  if (formOf(message) !== undefined) botName = message.sender_full_name;
  const article = render(message);
  const before = list.querySelector(`[data-id="${message.id}"]`);
  if (before !== null) {
    article.querySelector("h2").hidden = before.querySelector("h2").hidden;
    before.replaceWith(article);
    return;
  }
  article.querySelector("h2").hidden = list.lastElementChild?.dataset.topic === message.subject;
  list.append(article);
  if (list.children.length > MAX_MESSAGES) list.firstElementChild.remove();
  offerTopic(message.subject);
  if (isAtEnd) article.scrollIntoView({ block: "end" });
}

function offerTopic(topic) {
  const select = byId("topic");
  if ([...select.options].some(({ value }) => value === topic)) return;
  select.append(new Option(topic, topic));
}

function react({ op, message_id, user_id, emoji_name }) {
  const message = messages.get(message_id);
  if (message === undefined) return;
  const others = message.reactions.filter((one) => one.user_id !== user_id || one.emoji_name !== emoji_name);
  show({ ...message, reactions: op === "add" ? [...others, { user_id, emoji_name }] : others });
}

async function follow() {
  const queue = await ask("POST", "register", {
    event_types: JSON.stringify(["message", "reaction"]),
    all_public_streams: "true",
  });
  const narrow = JSON.stringify([["stream", me.stream]]);
  const found = await ask("GET", "messages", {
    anchor: "newest",
    num_before: MAX_MESSAGES,
    num_after: 0,
    narrow,
    apply_markdown: "false",
  });
  for (const message of found.messages) show(message);
  tellTrouble("");
  for (let last = queue.last_event_id; ; ) {
    const { events } = await ask("GET", "events", { queue_id: queue.queue_id, last_event_id: last });
    for (const event of events) {
      last = Math.max(last, event.id);
      if (event.type === "message" && event.message.display_recipient === me.stream) show(event.message);
      if (event.type === "reaction") react(event);
    }
  }
}

byId("stream").textContent = me.stream;
byId("compose").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = byId("text").value.trim();
  if (text === "" || byId("topic").value === "") return;
  void say(byId("topic").value, `@**${botName}** ${text}`);
  byId("text").value = "";
});
for (;;) {
  await follow().catch((error) => tellTrouble(`The chat does not answer: ${error.message}`));
  await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
}
