// `--ndjson`: each finding as soon as it is found. The last line has the totals and begins with "lorch": a stream without it is
// incomplete.
import { type CheckReport, summarise } from './report.ts';

/** A report that goes line by line to `write`. */
export function createNdjsonReport(write: (text: string) => void): CheckReport {
  return {
    add(finding) {
      write(`${JSON.stringify(finding)}\n`);
    },
    async end(checked) {
      const { before, after } = summarise(checked);
      write(`${JSON.stringify({ lorch: 1, ...before, ...after })}\n`);
    },
    dispose: async () => undefined,
  };
}
