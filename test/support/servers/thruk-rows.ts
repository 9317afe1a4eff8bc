/** Rows of cores behind Thruk: what its REST API tells of them. */
export class ThrukRows {
  readonly comments: Row[] = [];
  readonly downtimes: Row[] = [];
  readonly services: Row[] = [];
  readonly hosts: Row[] = [];
  /** What was asked for. */
  readonly asked: string[] = [];

  /**
   * As Thruk does: of the rows that `column=value` selects, the columns that are asked for. A path of an
   * object gives its row. Undefined: there is no such path.
   */
  answer(url: string): unknown {
    const { pathname, searchParams } = new URL(url, "http://thruk");
    this.asked.push(url);
    const [table = "", ...names] = pathname.split("/").slice(1).map(decodeURIComponent);
    const columns = searchParams.get("columns")?.split(",") ?? [];
    const wanted = [...searchParams].filter(([name]) => name !== "columns");
    const rows = this.#rowsOf(table, names)?.filter((row) =>
      wanted.every(([name, value]) => String(row[name]) === value),
    );
    return rows?.map((row) => Object.fromEntries(columns.map((name) => [name, row[name] ?? null])));
  }

  /** The host or the service of a command. */
  find({ host, service }: Row): Row | undefined {
    const isService = service !== undefined;
    const [row] = this.#rowsOf(isService ? "services" : "hosts", [String(host), String(service)]) ?? [];
    return row;
  }

  #rowsOf(table: string, [host, service]: readonly string[]): readonly Row[] | undefined {
    switch (table) {
      case "comments":
        return this.comments;
      case "downtimes":
        return this.downtimes;
      case "services":
        return this.services.filter((row) => row["host_name"] === host && row["description"] === service);
      case "hosts":
        return this.hosts.filter((row) => row["name"] === host);
      default:
        return undefined;
    }
  }
}

export type Row = Record<string, unknown>;
