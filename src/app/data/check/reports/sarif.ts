// `--sarif`: SARIF 2.1.0, which code review tools read to show findings at the lines of a change.
import { isAbsolute, relative } from 'node:path';
import type { Log, ReportingDescriptor, Result } from 'sarif';
import type { FoundRow } from '../../../../dataset/scan/scan-types.ts';
import type { Finding, Severity } from '../../../../diagnostics/finding.ts';
import { streamToFile } from '../../../files/stream-to-file.ts';
import { rowDigits } from '../baseline.ts';
import type { CheckedDataset } from '../check-dataset.ts';
import type { CheckReport } from './report.ts';

export interface SarifOptions {
  path: string;
  /** Artifacts are named relative to this folder. */
  cwd: string;
  version: string;
  /** Results of each code; tools that read SARIF refuse many thousands. */
  max: number;
}

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** A SARIF report; results of a code beyond `max` are counted in the run's notifications. */
export function createSarifReport({ path, cwd, version, max }: SarifOptions): CheckReport {
  const results = new Map<string, Result[]>();
  return {
    add(finding, row) {
      const list = results.get(finding.code) ?? [];
      results.set(finding.code, list);
      if (list.length < max) list.push(resultOf(finding, row, cwd));
    },
    async end(checked) {
      const log = logOf(checked, results, version);
      await streamToFile(path, (write) => write(`${JSON.stringify(log, null, 2)}\n`));
    },
    dispose: async () => undefined,
  };
}

const levels: Record<Severity, 'error' | 'warning' | 'note'> = {
  error: 'error',
  warning: 'warning',
  note: 'note',
};

function resultOf(finding: Finding, row: FoundRow | null, cwd: string): Result {
  const { code, severity, message, hint, at } = finding;
  return {
    ruleId: code,
    level: levels[severity],
    message: { text: hint ? `${message} Hint: ${hint}` : message },
    ...(at && {
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: uriOf(at.file, cwd) },
            ...(at.line !== undefined && {
              region: {
                startLine: at.line,
                ...(at.column !== undefined && { startColumn: at.column }),
                ...(at.excerpt && { snippet: { text: at.excerpt.text } }),
              },
            }),
          },
          ...(at.pointer && { logicalLocations: [{ fullyQualifiedName: at.pointer, kind: 'member' }] }),
        },
      ],
    }),
    ...(finding.row !== undefined && { properties: { row: finding.row } }),
    // Hash the row, not its line, so that a moved row is still the same alert.
    ...(row?.fingerprint && {
      partialFingerprints: {
        'lorchRow/v1': `${row.fingerprint.slice(0, rowDigits)}:${code}${at?.pointer ?? ''}`,
      },
    }),
  };
}

function uriOf(file: string, cwd: string): string {
  const path = isAbsolute(file) ? relative(cwd, file) : file;
  return path.split('/').map(encodeURIComponent).join('/');
}

function logOf(checked: CheckedDataset, results: ReadonlyMap<string, Result[]>, version: string): Log {
  const { codes } = checked;
  const cut = codes.filter(({ code, count }) => count > (results.get(code)?.length ?? 0));
  const ordered = codes.flatMap(({ code }, ruleIndex) =>
    (results.get(code) ?? []).map((result) => ({ ...result, ruleIndex })),
  );
  return {
    $schema: schema,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'lorch', semanticVersion: version, rules: codes.map(ruleOf) } },
        // Columns count as JavaScript and editors count them.
        columnKind: 'utf16CodeUnits',
        results: ordered,
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: cut.map(({ code, count }) => ({
              level: 'note' as const,
              message: {
                text: `${code}: ${results.get(code)?.length ?? 0} of ${count} findings are in this file.`,
              },
            })),
          },
        ],
        properties: { rows: checked.rows, ledger: checked.ledger, format: checked.format.name },
      },
    ],
  };
}

function ruleOf({ code, name, severity, doc }: CheckedDataset['codes'][number]): ReportingDescriptor {
  const help = doc ? `${doc.prose}${doc.hint ? `\n\nHint: ${doc.hint}.` : ''}` : '';
  return {
    id: code,
    name,
    defaultConfiguration: { level: levels[severity] },
    ...(doc && {
      shortDescription: { text: doc.title },
      fullDescription: { text: doc.prose },
      help: { text: help, markdown: help },
      properties: { tags: ['dataset', code.startsWith('T') ? 'tokens' : (doc.group ?? 'structure')] },
    }),
  };
}
