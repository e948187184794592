// Generates the page of a check in docs/checks/ from the check.
import type { Check } from './check.ts';
import { checks } from './index.ts';

export interface Page {
  /** File name inside docs/checks/. */
  file: string;
  text: string;
}

/** All generated pages of docs/checks/: one per check, and their list. */
export function checkPages(): Page[] {
  return [
    { file: 'README.md', text: listPage() },
    ...checks.map((check) => ({ file: `${check.code}.md`, text: checkPage(check) })),
  ];
}

function checkPage(check: Check): string {
  const parts = [
    generated,
    `# ${check.code} ${check.name}`,
    `**${check.severity}** — ${check.title}${check.fatal ? ' The row or file cannot be used, so this check cannot be switched off or given a lower severity.' : ''}`,
    check.prose,
    `Hint: ${check.hint}.`,
    ...thresholdLines(check),
  ];
  const bad = check.bad.map(({ text }) => example(text));
  if (bad.length > 0) parts.push('## Found here', ...bad);
  if (check.good.length > 0) parts.push('## Fine', ...check.good.map(example));
  return `${parts.join('\n\n')}\n`;
}

function thresholdLines(check: Check): string[] {
  const entries = Object.entries(check.thresholds ?? {});
  if (entries.length === 0) return [];
  const rows = entries.map(([name, { default: value, doc }]) => `| \`${name}\` | ${value} | ${doc} |`);
  return [`## Thresholds\n\n| name | default | what |\n|---|---|---|\n${rows.join('\n')}`];
}

const generated = '<!-- Generated from src/dataset/checks/; run `npm run generate` after a change. -->';

function listPage(): string {
  const rows = checks.map(
    ({ code, name, severity, group, title }) =>
      `| [${code}](${code}.md) | ${name} | ${group ?? 'structure'} | ${severity} | ${title} |`,
  );
  return `${[
    generated,
    '# Checks',
    'These are the checks of `lorch data check`. An **error** makes a row unusable: with `dataset.on_error: refuse` the run does not start; with `drop` the row is dropped and the ledger has the code. Rows with a **warning** or a **note** are kept; read the warnings first. Errors of a file (a truncated array, an unknown format) cannot be dropped.',
    'Groups: **structure** checks whether a row can be used, **content** whether it is worth using, and **consistency** compares rows with one another. A row can silence a check for itself: `"lorch": {"ignore": ["D104"]}`, by code or name. How often each check of content is right was measured: [measured.md](measured.md).',
    'Places are `file:line:column`, both from 1. Lines end at `\\n`; columns count UTF-16 code units, as editors do. The pointer (RFC 6901) names the value inside the row.',
    `| code | name | group | severity | what |\n|---|---|---|---|---|\n${rows.join('\n')}`,
  ].join('\n\n')}\n`;
}

function example(text: string | Uint8Array): string {
  const bytes = Buffer.from(text);
  const shown = bytes.toString('utf8');
  if (shown.length === 0) return 'An empty file.';
  // Binary bytes cannot be shown on a page in any other way.
  const binary = shown.includes('\ufffd') || shown.includes('\0');
  return binary ? `As bytes:\n\n\`\`\`text\n${hex(bytes)}\n\`\`\`` : `\`\`\`json\n${clip(shown)}\n\`\`\``;
}

function clip(text: string): string {
  return text.trimEnd().length > 600 ? `${text.slice(0, 600)}…` : text.replace(/\n$/, '');
}

function hex(bytes: Buffer): string {
  return (bytes.toString('hex').match(/.{1,64}/g) ?? []).join('\n');
}
