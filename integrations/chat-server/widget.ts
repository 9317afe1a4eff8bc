import { type ApiError, badRequest } from "./api-error.ts";

/** What Zulip checks of `widget_content`, with its words. Returns the content as it is stored. */
export function checkWidget(text: string): string {
  const widget = parse(text);
  if (!isObject(widget)) throw refuse("widget_content is not a dict");
  const type = widget["widget_type"];
  if (type === undefined) throw refuse("widget_type is not in widget_content");
  if (widget["extra_data"] === undefined) throw refuse("extra_data is not in widget_content");
  if (type !== "zform") throw refuse(`unknown widget type: ${String(type)}`);
  checkForm(widget["extra_data"]);
  return JSON.stringify(widget);
}

function checkForm(form: unknown): void {
  if (!isObject(form)) throw refuse("extra_data is not a dict");
  if (form["type"] === undefined) throw refuse("zform is missing type field");
  if (form["type"] !== "choices") throw refuse(`unknown zform type: ${String(form["type"])}`);
  if (form["heading"] === undefined) throw refuse("heading key is missing from extra_data");
  requireText(form["heading"], 'extra_data["heading"]');
  const { choices } = form;
  if (choices === undefined) throw refuse("choices key is missing from extra_data");
  if (!Array.isArray(choices)) throw refuse('extra_data["choices"] is not a list');
  for (const [at, choice] of choices.entries()) checkChoice(choice, `extra_data["choices"][${at}]`);
}

function checkChoice(choice: unknown, where: string): void {
  if (!isObject(choice)) throw refuse(`${where} is not a dict`);
  for (const key of ["short_name", "long_name", "reply"]) {
    if (choice[key] === undefined) throw refuse(`${key} key is missing from ${where}`);
    requireText(choice[key], `${where}["${key}"]`);
  }
}

function requireText(value: unknown, where: string): void {
  if (typeof value !== "string") throw refuse(`${where} is not a string`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse("API programmer sent invalid JSON content");
  }
}

function isObject(value: unknown): value is Record<string, unknown> & { readonly choices?: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refuse(message: string): ApiError {
  return badRequest(`Widgets: ${message}`);
}
