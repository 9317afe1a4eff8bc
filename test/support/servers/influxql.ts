export type Row = Readonly<Record<string, string | number | boolean | null>>;

interface Answer {
  readonly results?: readonly { readonly series?: readonly Series[]; readonly error?: string }[];
  readonly error?: string;
}

interface Series {
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly (string | number | boolean | null)[])[];
}

/** Rows as objects, the tags of their series among the columns. Times are milliseconds. */
export async function queryRows(
  url: string,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly Row[]> {
  const body = new URLSearchParams({ q: text });
  const response = await fetch(`${url}&epoch=ms`, { method: "POST", body, headers });
  return readRows((await response.json()) as Answer);
}

function readRows({ results = [], error }: Answer): readonly Row[] {
  const fault = error ?? results.find((result) => result.error !== undefined)?.error;
  if (fault !== undefined) throw new Error(fault);
  return results
    .flatMap(({ series = [] }) => series)
    .flatMap(({ tags, columns, values }) =>
      values.map((value) => ({
        ...tags,
        ...Object.fromEntries(columns.map((column, at) => [column, value[at] ?? null])),
      })),
    );
}
