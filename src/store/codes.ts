// Codes of the database (E030–E039, E050–E052) and of naming a run (U101, U102).
import type { CodeDoc } from '../diagnostics/finding.ts';

export const storeCodes: CodeDoc[] = [
  {
    code: 'E030',
    name: 'newer-database',
    severity: 'error',
    title: 'The database was written by a newer lorch.',
    prose:
      'This program does not know its schema, so it neither reads nor changes it. Update lorch. The database is only an index of the run folders: move it away, and `lorch db rebuild` makes one for this version.',
  },
  {
    code: 'E031',
    name: 'unsafe-sqlite',
    severity: 'error',
    title: 'The SQLite inside better-sqlite3 is too old.',
    prose:
      'SQLite 3.7.0 to 3.51.2 can corrupt a database when a write-ahead log is reset while another process writes. lorch has several writers by design and wants 3.51.3 or newer.',
  },
  {
    code: 'E032',
    name: 'database-not-usable',
    severity: 'error',
    title: 'The database cannot be opened or written.',
    prose:
      'The folder is missing, read-only or full, or it is on a network file system that cannot lock files. Write-ahead logging needs shared memory, and NFS and Lustre have none. lorch tries it on a throw-away file; if that fails, it uses the rollback journal, which is slower and needs working locks.',
  },
  {
    code: 'E033',
    name: 'database-damaged',
    severity: 'error',
    title: 'The database file is damaged.',
    prose:
      'It is not a sound SQLite file, for instance after a disk fault or a copy made while it was in use. Nothing is lost: run folders hold everything, and `lorch db rebuild` puts the damaged file aside and makes the index again.',
  },
  {
    code: 'E050',
    name: 'database-locked',
    severity: 'error',
    title: 'Another process keeps the database locked.',
    prose:
      'Commands that write wait for a minute and say so. Then they end and change nothing. `lorch db rebuild` lets others in between; a backup program, a database browser or a process that was stopped (Ctrl-Z) does not.',
  },
  {
    code: 'E051',
    name: 'database-disk-full',
    severity: 'error',
    title: 'No space is left for the database.',
    prose:
      'A run that is under way goes on and keeps its events in its folder; the next command that can write records them. `lorch rm RUN` works on a full disk.',
  },
  {
    code: 'E052',
    name: 'database-not-writable',
    severity: 'error',
    title: 'The database cannot be written.',
    prose:
      'Its folder or disk is read-only, belongs to another user, or fails. Commands that only read show the last recorded state. Commands that change something end with this error before they start.',
  },
  {
    code: 'U101',
    name: 'no-such-run',
    severity: 'error',
    title: 'No run has this id or name.',
    prose:
      'A run is named by its id, a unique beginning of it, its name (the latest run of that name), or `@last`.',
  },
  {
    code: 'U102',
    name: 'ambiguous-run',
    severity: 'error',
    title: 'Several runs could be meant.',
    prose:
      'Several ids begin like this, or, for `stop`, `logs` and `attach`, several runs of this name are under way. Type more characters of the id. `lorch runs` lists them.',
  },
];
