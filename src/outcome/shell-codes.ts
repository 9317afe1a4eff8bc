/** What a shell returns for a program that is there and cannot be executed. */
export const NOT_EXECUTABLE = 126;

/**
 * What setpriv and env say of a program that the kernel does not start because its user has too many
 * processes (`nproc`). The program may be as it should.
 */
export const TOO_MANY_OF_USER =
  /^(?:setpriv: failed to execute|\/usr\/bin\/env:) .*: Resource temporarily unavailable$/m;

/** What a shell returns for a program that is not there. */
export const NOT_FOUND = 127;
