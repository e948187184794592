// What other tools test their own readers with, in rows of our own: how lorch reads them, or which finding it has where.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/dataset/example.ts';
import { scanText, structureOnly } from '../scan-text.ts';

interface Fixture {
  /** Where the cases come from. */
  about: string;
  cases: {
    name: string;
    /** Rows of a JSON lines file; a text stands for itself. */
    rows?: unknown[];
    /** A whole file, as bytes. */
    bytes?: number[];
    format: string;
    kept: number;
    /** `CODE pointer`, in order; notes on keys (D033) are left out. */
    findings?: string[];
    /** Of the first kept row, as `role: content`. */
    messages?: string[];
    chosen?: string[];
    rejected?: string[];
  }[];
}

const folder = resolve(import.meta.dirname, '../../fixtures/formats');

const words = ({ role, content, tool_calls, train, reasoning_content: thought }: Message): string =>
  [
    `${role}: ${content ?? ''}`,
    ...(tool_calls ?? []).map(
      ({ function: { name, arguments: given } }) => `${name}(${JSON.stringify(given)})`,
    ),
    ...(thought === undefined ? [] : [`[${thought}]`]),
    ...(train === false ? ['(not trained)'] : []),
  ].join(' ');

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const { about, cases } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Fixture;
  describe(about, () => {
    it.each(cases)(
      '$name',
      async ({ rows, bytes, format, kept, findings = [], messages, chosen, rejected }) => {
        const text = (rows ?? []).map((row) => `${JSON.stringify(row)}\n`).join('');
        const scanned = await scanText(bytes ? Uint8Array.from(bytes) : text, { checks: structureOnly });
        const found = scanned.findings.filter(({ code }) => code !== 'D033');
        const example = scanned.kept[0]?.example;
        expect({
          format: scanned.result.format.name,
          kept: scanned.kept.length,
          findings: found.map(({ code, at }) => `${code} ${at?.pointer ?? ''}`.trimEnd()),
          ...(messages && { messages: example?.messages.map(words) }),
          ...(chosen && { chosen: example?.chosen?.map(words) }),
          ...(rejected && { rejected: example?.rejected?.map(words) }),
        }).toEqual({
          format,
          kept,
          findings,
          ...(messages && { messages }),
          ...(chosen && { chosen }),
          ...(rejected && { rejected }),
        });
      },
    );
  });
}
