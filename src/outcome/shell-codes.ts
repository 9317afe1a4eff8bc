/** What a shell returns for a program that is there and cannot be executed. */
export const NOT_EXECUTABLE = 126;

/** What a shell returns for a program that is not there. */
export const NOT_FOUND = 127;
