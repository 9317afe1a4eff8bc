/** An error or information that the server has sent. */
export interface ServerMessage {
  readonly number: number;
  /** From 11 it is an error. */
  readonly severity: number;
  readonly state: number;
  readonly line: number;
  readonly server: string;
  readonly text: string;
}

/** A value as FreeTDS gives it to Perl. Null is NULL; `unsure` has a form that depends on the machine. */
export type Cell = string | number | null | { readonly unsure: string };

/** The answer to one batch. */
export interface Answer {
  readonly sets: readonly (readonly (readonly Cell[])[])[];
  readonly errors: readonly ServerMessage[];
  readonly informations: readonly ServerMessage[];
}

/** A column's type, by its name in SQL. */
export interface ColumnType {
  readonly name: string;
  readonly scale: number;
}

/** Digits that a JavaScript number holds in any case. */
const EXACT = 15;

/** The text of a value that the driver has read. */
export function renderCell(value: unknown, { name, scale }: ColumnType): Cell {
  if (value === null || value === undefined) return null;
  switch (name) {
    case "tinyint":
    case "smallint":
    case "int":
    case "bigint":
      return String(value);
    case "bit":
      return value === true ? "1" : "0";
    case "float":
    case "real":
      return typeof value === "number" ? value : { unsure: name };
    case "numeric":
    case "decimal":
      return renderFixed(value, name, scale);
    case "money":
    case "smallmoney":
      return renderFixed(value, name, 4);
    case "char":
    case "varchar":
    case "nchar":
    case "nvarchar":
      return typeof value === "string" ? value : { unsure: name };
    case "uniqueidentifier":
      return String(value).toUpperCase();
    default:
      return { unsure: name };
  }
}

function renderFixed(value: unknown, name: string, scale: number): Cell {
  if (typeof value !== "number") return { unsure: name };
  const text = value.toFixed(scale);
  const isExact = Number.isSafeInteger(value) || text.replace(/[-.]/g, "").length <= EXACT;
  return isExact ? text : { unsure: name };
}

/** As Perl prints a number: with 15 significant digits. */
export function renderNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value < 0 ? "-Inf" : "Inf";
  if (value === 0) return "0";
  const [digits = "", exponent = "0"] = value.toExponential(EXACT - 1).split("e");
  const power = Number(exponent);
  if (power >= -4 && power < EXACT)
    return withoutZeros(Number(value).toFixed(Math.max(0, EXACT - 1 - power)));
  const sign = power < 0 ? "-" : "+";
  return `${withoutZeros(digits)}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
}

function withoutZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
