// Paths and settings in commands that a user may copy.

/** A word as a shell takes it. */
export function quotePath(path: string): string {
  return /^[\w./:=,@+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
