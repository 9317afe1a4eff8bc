import type { CheckContext } from "../check.ts";
import type { Http, HttpOptions } from "./http.ts";

/** Loads the client when a check asks for the first time. */
export function createHttp(context: CheckContext): Http {
  const ask = async (url: string | URL, options: HttpOptions = {}) => {
    const { askServer } = await import("./ask-server.ts");
    return askServer(url, options, context);
  };
  return {
    get: ask,
    text: async (url, options) => (await ask(url, options)).text,
    json: async (url, options) => {
      const response = await ask(url, options);
      const { readJson } = await import("./ask-server.ts");
      return readJson(response, options);
    },
  };
}
