/** The file that Zulip offers for download, and that its own programs read. */
export interface Zuliprc {
  readonly email?: string;
  readonly key?: string;
  readonly site?: string;
  /** A file of certificates. */
  readonly certBundle?: string;
  /** The file asks not to look at certificates. */
  readonly isInsecure: boolean;
}

/** Reads the section `[api]`. Python's configparser takes `:` for `=`, too. */
export function readZuliprc(text: string): Zuliprc {
  const values = new Map<string, string>();
  let section = "";
  for (const line of text.split(/\r?\n/)) {
    const [, name] = /^\s*\[([^\]]*)\]\s*$/.exec(line) ?? [];
    if (name !== undefined) section = name;
    const [, key, value] = /^\s*([^#;=:\s][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (section === "api" && key !== undefined && value !== undefined && value !== "")
      values.set(key.toLowerCase(), value);
  }
  const [email, key, site] = ["email", "key", "site"].map((name) => values.get(name));
  const certBundle = values.get("cert_bundle");
  return {
    ...(email !== undefined && { email }),
    ...(key !== undefined && { key }),
    ...(site !== undefined && { site }),
    ...(certBundle !== undefined && { certBundle }),
    isInsecure: /^(?:1|true|yes|on)$/i.test(values.get("insecure") ?? ""),
  };
}
