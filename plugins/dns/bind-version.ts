import { readdirSync } from "node:fs";
import { CheckDeclined, type Shared } from "../../sdk/index.ts";

const KEPT_MS = 60_000;
const LIBRARIES = "/usr/lib";
const LIBRARY = /^libisc-[0-9]/;
/** The version of BIND whose nslookup this family stands in for. */
const KNOWN = /^libisc-9\.18\./;

/** Which nslookup the plugin would run: its library has the version in its name. */
export class BindVersion implements Disposable {
  readonly #list: (folder: string) => readonly string[];
  #known: { readonly until: number; readonly isKnown: boolean } | undefined;

  constructor(list: (folder: string) => readonly string[] = listFolder) {
    this.#list = list;
  }

  /** Declines if it is another version. Where there is none at all, no plugin can say anything else. */
  require(): void {
    if (this.#known === undefined || performance.now() >= this.#known.until)
      this.#known = { until: performance.now() + KEPT_MS, isKnown: this.#look() };
    if (!this.#known.isKnown) throw new CheckDeclined("another version of nslookup");
  }

  [Symbol.dispose](): void {
    this.#known = undefined;
  }

  #look(): boolean {
    const folders = this.#list(LIBRARIES).filter((name) => name.endsWith("-linux-gnu"));
    const places = [LIBRARIES, "/usr/lib64", ...folders.map((name) => `${LIBRARIES}/${name}`)];
    const found = places.flatMap(this.#list).filter((name) => LIBRARY.test(name));
    return found.every((name) => KNOWN.test(name));
  }
}

export const BIND_VERSION: Shared<BindVersion> = {
  name: "version of nslookup",
  create: () => new BindVersion(),
};

function listFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
