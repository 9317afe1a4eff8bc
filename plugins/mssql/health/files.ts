import { type ModeContext, type Row, required } from "./context.ts";

/** Bytes that are used, that the files have, and that they may grow to. */
export interface Space {
  readonly used: number;
  readonly size: number;
  readonly most: number;
}

/** The files of a database that belong together, or all its files of a kind. */
export interface FileGroup extends Space {
  readonly name: string;
  readonly isLog: boolean;
  /** Drives on whose free space the limit counts. */
  readonly drives: ReadonlySet<string>;
}

/** Free bytes of the drives of a server. */
export type Drives = ReadonlyMap<string, number>;

const MIB = 1_048_576;
const PAGE = 8192;

export async function readDrives({ questions }: ModeContext): Promise<Drives> {
  const rows = await questions.rows("EXEC master.dbo.xp_fixeddrives");
  return new Map(rows.map(([drive, free]) => [required(drive).toUpperCase(), MIB * Number(required(free))]));
}

interface DataFile extends Space {
  readonly group: string;
  readonly type: string;
  /** The drive that it may grow on without a limit of its own. */
  readonly drive: string | undefined;
}

const COLUMNS = [
  "DB_NAME(), ISNULL(fg.name, 'TLOGS'), f.name, f.is_media_read_only, f.is_read_only, f.is_sparse, f.size, f.max_size",
  "f.growth, f.is_percent_growth, FILEPROPERTY(f.name, 'SpaceUsed'), f.type_desc, f.state_desc",
  "UPPER(SUBSTRING(f.physical_name, 1, 1)), f.physical_name",
].join(", ");

/** The groups of a database in the order of its files. */
export async function readFileGroups(
  database: string,
  drives: Drives,
  { questions }: ModeContext,
): Promise<readonly FileGroup[]> {
  const rows = await questions.rows(
    `USE [${database.replaceAll("]", "]]")}] SELECT ${COLUMNS} FROM sys.database_files AS f LEFT JOIN sys.filegroups AS fg ON fg.data_space_id = f.data_space_id WHERE f.type_desc <> 'FILESTREAM'`,
  );
  const groups = Map.groupBy(
    rows.map((row) => readFile(row, drives)),
    ({ group }) => group,
  );
  return [...groups].map(([name, files]) => {
    const isLog = files.at(-1)?.type === "LOG";
    const used = new Set(files.flatMap(({ drive }) => drive ?? []));
    return {
      name,
      isLog,
      drives: used,
      ...sumSpace(
        files,
        files.flatMap(({ drive }) => drive ?? []),
        drives,
      ),
    };
  });
}

/** All that is no log counts as data. Undefined: there are no such files. */
export function sumGroups(groups: readonly FileGroup[], isLog: boolean, drives: Drives): Space | undefined {
  const mine = groups.filter((group) => group.isLog === isLog);
  if (mine.length === 0) return undefined;
  return sumSpace(
    mine,
    mine.flatMap((group) => [...group.drives]),
    drives,
  );
}

/** The free space of a drive counts once, however many files may grow into it. */
function sumSpace(parts: readonly Space[], growing: readonly string[], drives: Drives): Space {
  const sum = (key: keyof Space) => parts.reduce((all, part) => all + part[key], 0);
  const counted = [...Map.groupBy(growing, (drive) => drive)].map(
    ([drive, all]) => (all.length - 1) * (drives.get(drive) ?? 0),
  );
  return {
    used: sum("used"),
    size: sum("size"),
    most: sum("most") - counted.reduce((all, one) => all + one, 0),
  };
}

/** SQL Server's own limits of a file: as large as the drive, and 2 TiB. */
const UNLIMITED = -1;
const TWO_TIB = 268_435_456;

function readFile(row: Row, drives: Drives): DataFile {
  const [, group, , , , , size, limit, growth, , used, type, , drive] = row;
  const letter = required(drive);
  const bytes = Number(required(size)) * PAGE;
  const pages = Number(required(limit));
  const isGrowing = Number(required(growth)) !== 0;
  const isUnlimited = isGrowing && pages === UNLIMITED;
  const limited = pages === TWO_TIB ? 2 * 1024 * 1024 * MIB : pages * PAGE;
  const most = !isGrowing ? bytes : isUnlimited ? bytes + (drives.get(letter) ?? 0) : limited;
  return {
    group: required(group),
    type: required(type),
    drive: isUnlimited ? letter : undefined,
    size: bytes,
    most,
    used: Number(used ?? 0) * PAGE,
  };
}
