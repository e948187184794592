// Prompts that stand on both sides of a split.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countSharedPrompts } from '../../../src/app/plan/shared-prompts.ts';

type Turn = [role: string, content: string];

describe('shared prompts', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'lorch-prompts-'));
  });
  afterAll(() => rm(dir, { recursive: true }));

  async function count(train: Turn[][], validation: Turn[][]): Promise<number> {
    const write = async (name: string, rows: Turn[][]): Promise<string> => {
      const path = join(dir, `${name}.jsonl`);
      const lines = rows.map((turns, row) =>
        JSON.stringify({ row, messages: turns.map(([role, content]) => ({ role, content })) }),
      );
      await writeFile(path, `${lines.join('\n')}\n`);
      return path;
    };
    return countSharedPrompts({
      train: await write('train', train),
      validation: await write('validation', validation),
    });
  }

  const row = (prompt: string, answer: string): Turn[] => [
    ['user', prompt],
    ['assistant', answer],
  ];

  it('are counted by validation rows, ignoring answers and white space', async () => {
    expect(
      await count(
        [row('What is  lava?\n', 'Rock.'), row('What is lava?', 'Melt.'), row('Other', 'x')],
        [row('What is lava?', 'Molten rock.'), row(' What is lava?', 'Hot.'), row('New', 'y')],
      ),
    ).toBe(2);
  });

  it('are everything before the last answer', async () => {
    const turns = (first: string): Turn[] => [...row('Hello', first), ...row('And then?', 'End.')];
    expect(await count([turns('Hi')], [turns('Good day')])).toBe(0);
    expect(await count([turns('Hi')], [turns('Hi')])).toBe(1);
    expect(await count([[['system', 'Be brief'], ...row('Hello', 'a')]], [row('Hello', 'b')])).toBe(0);
  });

  it('need a side to be shared with', async () => {
    expect(await countSharedPrompts({ train: join(dir, 'train.jsonl') })).toBe(0);
  });
});
