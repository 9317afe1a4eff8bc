import { accessSync, constants } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

/** Debian's Chromium without a screen. The tests are of pages of their own, so root needs no sandbox. */
export function startBrowser(): Promise<Browser> {
  const executablePath = "/usr/bin/chromium";
  accessSync(executablePath, constants.X_OK);
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/** Everything that a page complains about from now on: its console, errors and requests that failed. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("requestfailed", (request) => {
    // A page that is left ends its stream of events.
    if (request.failure()?.errorText !== "net::ERR_ABORTED") complaints.push(request.url());
  });
  return complaints;
}
