// What the system tells about one process number, without starting a program to ask.

export interface ProcStat {
  state: string;
  group: number;
  /** When the process was started, in ticks since the boot. */
  start: string;
}

/** The text of /proc/PID/stat. */
export function parseProcStat(text: string): ProcStat {
  // The command name before the last ')' may hold spaces and ')' itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', group: Number(fields[2]), start: fields[19] ?? '' };
}

/** Whether a process of this number lives on this machine. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Of another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
