import { CheckDeclined } from "../../../sdk/index.ts";
import { type Questions, required, type ServerFacts } from "./context.ts";

const FACTS = "SELECT @@VERSION, @@SERVICENAME, CAST(COALESCE(SERVERPROPERTY('IsHadrEnabled'), 0) AS int)";

/** SQL Server 2005. Older ones, and other products, are asked in another way. */
const OLDEST = 9;

export async function askServer(questions: Questions): Promise<ServerFacts> {
  const [version, service, hasGroups] = await questions.row(FACTS);
  const text = required(version);
  const number = Number.parseInt(/SQL Server.*-\s*([\d.]+)/.exec(text)?.[1] ?? "", 10);
  if (!(number >= OLDEST) || /Adaptive Server|Parallel Data Warehouse/.test(text))
    throw new CheckDeclined("a server that is no SQL Server from 2005 on");
  const instance = required(service);
  return {
    version: number,
    counters: instance.toLowerCase() === "mssqlserver" ? "SQLServer" : `MSSQL$${instance}`,
    hasGroups: (hasGroups ?? "0") !== "0",
  };
}
