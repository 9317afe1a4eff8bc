import type { Socket } from "node:dgram";
import { loadNetSnmp } from "./session.ts";

type NetSnmp = Awaited<ReturnType<typeof loadNetSnmp>>;
type CreateAgent = NetSnmp["createAgent"];
type Agent = ReturnType<CreateAgent>;
type AgentSocket = ReturnType<Parameters<CreateAgent>[0]["dgramModule"]["createSocket"]>;

type ObjectKind = "Integer" | "OctetString" | "Gauge" | "TimeTicks";

/** What an agent tells of its device. Object identifiers are numbers with dots. */
export interface AgentDevice {
  /** Objects of which there is one. The names are without the last `.0`. */
  readonly scalars: Readonly<Record<string, readonly [kind: ObjectKind, read: () => number | string]>>;
  /** By the name of their entry. */
  readonly tables: Readonly<Record<string, AgentTable>>;
  /** Without one the agent answers the community `public`. Both passwords have eight characters at least. */
  readonly user?: { readonly name: string; readonly authPassword: string; readonly privPassword: string };
}

export interface AgentTable {
  readonly columns: Readonly<Record<number, ObjectKind>>;
  /** Values in the order of the columns, by their index, such as `7` or `1.1`. */
  readonly rows: Readonly<Record<string, readonly (number | string)[]>>;
}

/** Answers SNMP at a socket that receives already. Who has opened the socket closes it. */
export async function startSnmpAgent(socket: Socket, device: AgentDevice): Promise<void> {
  const netSnmp = await loadNetSnmp();
  const dgramModule = { createSocket: () => asAgentSocket(socket) };
  const agent = netSnmp.createAgent({ dgramModule, accessControlModelType: NO_ACCESS_MODEL }, () => {});
  const authorizer = agent.getAuthorizer();
  if (device.user === undefined) authorizer.addCommunity("public");
  else authorizer.addUser(createAgentUser(netSnmp, device.user));
  for (const [oid, [kind, read]] of Object.entries(device.scalars))
    addScalar(netSnmp, agent, { oid, kind, read });
  for (const [oid, table] of Object.entries(device.tables)) addTable(netSnmp, agent, { oid, ...table });
}

const NO_ACCESS_MODEL = 0;

/** net-snmp would open a socket itself, and could not tell which port it has got. */
function asAgentSocket(socket: Socket): AgentSocket {
  return {
    on: (event, listener) => void socket.on(event, listener),
    bind() {},
    send: (message, offset, length, port, address, sent) =>
      socket.send(message, offset, length, port, address, sent),
    close() {},
  };
}

function createAgentUser(
  { SecurityLevel, AuthProtocols, PrivProtocols }: NetSnmp,
  { name, authPassword, privPassword }: NonNullable<AgentDevice["user"]>,
) {
  return {
    name,
    level: SecurityLevel["authPriv"] ?? 3,
    authProtocol: AuthProtocols["sha"] ?? 0,
    authKey: authPassword,
    privProtocol: PrivProtocols["aes"] ?? 0,
    privKey: privPassword,
  };
}

interface Scalar {
  readonly oid: string;
  readonly kind: ObjectKind;
  readonly read: () => number | string;
}

function addScalar(netSnmp: NetSnmp, agent: Agent, { oid, kind, read }: Scalar): void {
  const mib = agent.getMib();
  mib.registerProvider({
    name: oid,
    oid,
    type: netSnmp.MibProviderType["Scalar"] ?? 1,
    scalarType: netSnmp.ObjectType[kind] ?? 0,
    maxAccess: netSnmp.MaxAccess["read-only"] ?? 2,
    handler: (request) => {
      mib.setScalarValue(oid, read());
      request.done();
    },
  });
  mib.setScalarValue(oid, read());
}

/** Numbers for the parts of an index, above those of all columns. */
const INDEX_COLUMNS = 1_000;

function addTable(
  netSnmp: NetSnmp,
  agent: Agent,
  { oid, columns, rows }: AgentTable & { readonly oid: string },
): void {
  const mib = agent.getMib();
  const [first = ""] = Object.keys(rows);
  const parts = first.split(".").map((_, at) => INDEX_COLUMNS + at);
  const { MaxAccess, ObjectType } = netSnmp;
  const column = (number: number, kind: ObjectKind, access: string) => ({
    number,
    name: `column ${number}`,
    type: ObjectType[kind] ?? 0,
    maxAccess: MaxAccess[access] ?? 0,
  });
  mib.registerProvider({
    name: oid,
    oid,
    type: netSnmp.MibProviderType["Table"] ?? 2,
    tableColumns: [
      ...parts.map((number) => column(number, "Integer", "not-accessible")),
      ...Object.entries(columns).map(([number, kind]) => column(Number(number), kind, "read-only")),
    ],
    tableIndex: parts.map((columnNumber) => ({ columnNumber })),
  });
  for (const [index, values] of Object.entries(rows))
    mib.addTableRow(oid, [...index.split(".").map(Number), ...values]);
}
