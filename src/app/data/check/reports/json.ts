// `--json`: one object in the shape that scripts rely on, written piece by piece once everything is known.
import { createFindingSpool } from './finding-spool.ts';
import { type CheckReport, summarise } from './report.ts';

export interface JsonOptions {
  /** Findings of each code that are written; null writes them all. */
  max: number | null;
  write(text: string): void;
}

/** A JSON report. It is written at the end, so that stdout never gets half an object. */
export function createJsonReport({ max, write }: JsonOptions): CheckReport {
  const spool = createFindingSpool();
  const counts = new Map<string, number>();
  return {
    add(finding) {
      const count = (counts.get(finding.code) ?? 0) + 1;
      counts.set(finding.code, count);
      if (max === null || count <= max) return spool.add(finding.code, JSON.stringify(finding));
    },
    async end(checked) {
      const { before, after } = summarise(checked);
      write(`{\n${members({ lorch: 1, ...before })},\n  "findings": [`);
      let separator = '\n    ';
      for (const { code } of checked.codes)
        for await (const line of spool.read(code)) {
          write(`${separator}${line}`);
          separator = ',\n    ';
        }
      write(`${separator.startsWith(',') ? '\n  ' : ''}],\n${members(after)}\n}\n`);
    },
    dispose: () => spool.dispose(),
  };
}

function members(object: Record<string, unknown>): string {
  return JSON.stringify(object, null, 2).slice(2, -2);
}
