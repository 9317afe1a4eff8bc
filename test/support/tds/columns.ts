/** A column of a result, with a type of SQL Server. */
export interface Column {
  readonly name: string;
  readonly type: keyof typeof TYPES;
  readonly precision?: number;
  readonly scale?: number;
}

/** Numbers as text where a JavaScript number cannot hold them. */
export type Value = string | number | boolean | null;

interface ColumnType {
  readonly info: (column: Column) => Buffer;
  readonly value: (value: NonNullable<Value>, column: Column) => Buffer;
  /** What stands for NULL. */
  readonly nothing: Buffer;
}

const COLLATION = Buffer.from("0904d00034", "hex");

/** The types that the fixtures use, in their nullable forms. */
const TYPES = {
  int: integer(4),
  bigint: integer(8),
  smallint: integer(2),
  tinyint: integer(1),
  bit: short([0x68, 1], (value) => Buffer.from([value === true || value === 1 ? 1 : 0])),
  float: short([0x6d, 8], (value) => write(8, (to) => to.writeDoubleLE(Number(value)))),
  real: short([0x6d, 4], (value) => write(4, (to) => to.writeFloatLE(Number(value)))),
  numeric: decimal(0x6c),
  decimal: decimal(0x6a),
  money: short([0x6e, 8], (value) => {
    const units = BigInt(Math.round(Number(value) * 10_000));
    return write(8, (to) => {
      to.writeInt32LE(Number(units >> 32n), 0);
      to.writeUInt32LE(Number(units & 0xffffffffn), 4);
    });
  }),
  datetime: short([0x6f, 8], (value) => {
    const ms = Date.parse(`${value}Z`) - Date.UTC(1900, 0, 1);
    const days = Math.floor(ms / 86_400_000);
    return write(8, (to) => {
      to.writeInt32LE(days, 0);
      to.writeUInt32LE(Math.round(((ms - days * 86_400_000) * 3) / 10), 4);
    });
  }),
  date: {
    info: () => Buffer.from([0x28]),
    value: (value) => {
      const days = (Date.parse(`${value}T00:00:00Z`) - Date.UTC(1, 0, 1) + YEAR_ONE) / 86_400_000;
      return Buffer.concat([Buffer.from([3]), write(3, (to) => to.writeUIntLE(days, 0, 3))]);
    },
    nothing: Buffer.from([0]),
  },
  uniqueidentifier: short([0x24, 16], (value) => {
    const bytes = Buffer.from(String(value).replaceAll("-", ""), "hex");
    const turned = [bytes.subarray(0, 4), bytes.subarray(4, 6), bytes.subarray(6, 8)].map((part) =>
      Buffer.from(part).reverse(),
    );
    return Buffer.concat([...turned, bytes.subarray(8)]);
  }),
  varbinary: {
    info: () => Buffer.from([0xa5, 0x40, 0x1f]),
    value: (value) => counted(Buffer.from(String(value), "hex")),
    nothing: Buffer.from([0xff, 0xff]),
  },
  varchar: {
    info: () => Buffer.concat([Buffer.from([0xa7, 0x40, 0x1f]), COLLATION]),
    value: (value) => counted(Buffer.from(String(value), "latin1")),
    nothing: Buffer.from([0xff, 0xff]),
  },
  nvarchar: {
    info: () => Buffer.concat([Buffer.from([0xe7, 0x40, 0x1f]), COLLATION]),
    value: (value) => counted(Buffer.from(String(value), "utf16le")),
    nothing: Buffer.from([0xff, 0xff]),
  },
  /** nvarchar(max), which is sent in pieces. */
  ntext: {
    info: () => Buffer.concat([Buffer.from([0xe7, 0xff, 0xff]), COLLATION]),
    value: (value) => pieces(Buffer.from(String(value), "utf16le")),
    nothing: Buffer.alloc(8, 0xff),
  },
} as const satisfies Record<string, ColumnType>;

/** JavaScript reads the years 0 to 99 as those of the last century. */
const YEAR_ONE = Date.UTC(1, 0, 1) - new Date("0001-01-01T00:00:00Z").getTime();

export function encodeColumns(columns: readonly Column[]): Buffer {
  const each = columns.map((column) => {
    const flags = Buffer.from([0, 0, 0, 0, 0x09, 0]);
    const name = Buffer.from(column.name, "utf16le");
    const length = Buffer.from([column.name.length]);
    return Buffer.concat([flags, TYPES[column.type].info(column), length, name]);
  });
  return Buffer.concat([Buffer.from([0x81]), write(2, (to) => to.writeUInt16LE(columns.length)), ...each]);
}

export function encodeRow(columns: readonly Column[], row: readonly Value[]): Buffer {
  const values = columns.map((column, at) => {
    const type = TYPES[column.type];
    const value = row[at] ?? null;
    return value === null ? type.nothing : type.value(value, column);
  });
  return Buffer.concat([Buffer.from([0xd1]), ...values]);
}

function integer(size: 1 | 2 | 4 | 8): ColumnType {
  return short([0x26, size], (value) =>
    write(size, (to) =>
      size === 8
        ? to.writeBigInt64LE(BigInt(value))
        : size === 1
          ? to.writeUInt8(Number(value))
          : to.writeIntLE(Number(value), 0, size),
    ),
  );
}

function short(info: readonly number[], value: ColumnType["value"]): ColumnType {
  return {
    info: () => Buffer.from(info),
    value: (given, column) => {
      const bytes = value(given, column);
      return Buffer.concat([Buffer.from([bytes.length]), bytes]);
    },
    nothing: Buffer.from([0]),
  };
}

function decimal(id: number): ColumnType {
  return {
    info: ({ precision = 18, scale = 0 }) => Buffer.from([id, 17, precision, scale]),
    value: (given, { scale = 0 }) => {
      const [whole = "0", part = ""] = String(given).replace("-", "").split(".");
      let units = BigInt(whole + part.padEnd(scale, "0").slice(0, scale));
      const bytes = Buffer.alloc(18);
      bytes.writeUInt8(17, 0);
      bytes.writeUInt8(String(given).startsWith("-") ? 0 : 1, 1);
      for (let at = 2; at < 18; at += 1, units >>= 8n) bytes.writeUInt8(Number(units & 0xffn), at);
      return bytes;
    },
    nothing: Buffer.from([0]),
  };
}

function counted(bytes: Buffer): Buffer {
  return Buffer.concat([write(2, (to) => to.writeUInt16LE(bytes.length)), bytes]);
}

function pieces(bytes: Buffer): Buffer {
  const whole = write(8, (to) => to.writeBigUInt64LE(BigInt(bytes.length)));
  const piece = write(4, (to) => to.writeUInt32LE(bytes.length));
  const end = Buffer.alloc(4);
  return Buffer.concat(bytes.length === 0 ? [whole, end] : [whole, piece, bytes, end]);
}

function write(size: number, fill: (to: Buffer) => unknown): Buffer {
  const bytes = Buffer.alloc(size);
  fill(bytes);
  return bytes;
}
