/** One line of `/proc/self/mountinfo`. */
export interface Mount {
  readonly folder: string;
  readonly type: string;
  /** The options of the mount and of its file system. */
  readonly options: string;
}

/** Reads `/proc/self/mountinfo`. Lines that cannot be read are left out. */
export function parseMountInfo(text: string): readonly Mount[] {
  return text.split("\n").flatMap((line) => {
    if (line === "") return [];
    const [mount = "", system = ""] = line.split(" - ");
    const [, , , , folder, options] = mount.split(" ");
    const [type, , superOptions = ""] = system.split(" ");
    if (folder === undefined || type === undefined) return [];
    return { folder: readEscapes(folder), type, options: `${options},${superOptions}` };
  });
}

/** `\040` is a blank: the kernel writes blanks, tabs, line breaks, backslashes and `#` as octal numbers. */
export function readEscapes(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** The mount that a path without symbolic links lies on: the one that was made last of the deepest. */
export function mountOf<Each extends Pick<Mount, "folder">>(
  path: string,
  mounts: readonly Each[],
): Each | undefined {
  const above = mounts.filter(({ folder }) => isInside(path, folder));
  const deepest = above.reduce((most, { folder }) => Math.max(most, folder.length), 0);
  return above.findLast(({ folder }) => folder.length === deepest);
}

/** Whether the path is the folder, or lies in it. */
export function isInside(path: string, folder: string): boolean {
  return folder === "/" || path === folder || path.startsWith(`${folder}/`);
}
