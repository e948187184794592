import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { formats } from '../../../src/dataset/formats/index.ts';
import { formatsPage } from '../../../src/dataset/formats/page.ts';
import { scanText } from '../scan-text.ts';

it('docs/formats.md is what the formats say', async () => {
  await expect(formatsPage()).toMatchFileSnapshot(resolve(import.meta.dirname, '../../../docs/formats.md'));
});

it.each(formats)(
  'the row that stands for $name is read without a finding',
  async ({ name, doc, namedOnly }) => {
    const { result, findings, kept } = await scanText(doc.row, { format: namedOnly ? name : 'auto' });
    expect([result.format.name, findings, kept.length]).toEqual([name, [], 1]);
  },
);
