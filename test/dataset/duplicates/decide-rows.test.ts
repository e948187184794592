// What becomes of near-duplicates: classes by field, groups, and which rows go.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NearOptions } from '../../../src/dataset/duplicates/near-duplicates.ts';
import { nearFindings } from '../../../src/dataset/duplicates/near-findings.ts';
import type { Example } from '../../../src/dataset/example.ts';
import { exampleOf, near, pairsOf } from './brute-force.ts';

const long =
  'the quick brown fox jumps over the lazy dog while seven wizards boil green tea in the old kitchen';

async function classOf(
  a: Example,
  b: Example,
  options: Partial<NearOptions> = {},
): Promise<string | undefined> {
  const { blocks } = await near([a, b], { threshold: 0.5, ...options });
  return blocks[0]?.class;
}

describe('the class of a pair', () => {
  const cases: [string, [string, string], [string, string], string][] = [
    [
      'the first letter, quotes and space',
      ['Why, tell me?', `${long} of “Tom’s”.`],
      ['why,  tell me?', `${long} of "Tom's". \n`],
      'same',
    ],
    ['other capitals', ['Why, tell me?', long], ['Why, tell me?', long.toUpperCase()], 'conflict'],
    ['another mark at the end', ['Say it.', `${long}?`], ['Say it.', `${long}!`], 'conflict'],
    ['another answer', ['Tell me why.', long], ['tell me why.', long.replace('green', 'black')], 'conflict'],
    [
      'other numbers',
      [`Add 12 and 30: ${long}`, 'It is 42.'],
      [`Add 1 and 2: ${long}`, 'It is 3.'],
      'template',
    ],
    ['other words in the prompt', [`Sum up: ${long}`, 'Tea.'], [`Shorten: ${long}`, 'Tea.'], 'other'],
    ['a plus for a minus', [`What is 5 + 3? ${long}`, '8'], [`What is 5 - 3? ${long}`, '2'], 'other'],
    ['the other relation', ['Say it.', `${long} x > 1`], ['Say it.', `${long} x < 1`], 'conflict'],
    ['C# for C', [`Explain C. ${long}`, 'Yes.'], [`Explain C#. ${long}`, 'Yes.'], 'other'],
    ['another vowel sign', [`${long} กี`, 'Yes.'], [`${long} กู`, 'Yes.'], 'other'],
    ['other emoji for an answer', [long, '👍'], [long, '👎'], 'conflict'],
  ];
  it.each(cases)('%s', async (_name, a, b, expected) => {
    expect(await classOf(exampleOf(...a), exampleOf(...b))).toBe(expected);
  });

  it('sees roles, tool calls, tools, reasoning and trained turns, which no shingle shows', async () => {
    const row = (change: (example: Example) => void): Example => {
      const example = structuredClone(exampleOf(long, 'Sure.'));
      change(example);
      return example;
    };
    const call = (city: string) =>
      row(({ messages }) => {
        (messages[1] as (typeof messages)[number]).tool_calls = [
          { type: 'function', function: { name: 'weather', arguments: { city } } },
        ];
      });
    expect(await classOf(call('Rome'), call('Rome'))).toBe('same');
    expect(await classOf(call('Rome'), call('Oslo'))).toBe('conflict');
    const tool = (name: string) =>
      row((example) => {
        example.tools = [{ function: { name } }];
      });
    expect(await classOf(tool('weather'), tool('tides'))).toBe('other');
    const thinking = (reasoning: string) =>
      row(({ messages }) => Object.assign(messages[1] ?? {}, { reasoning_content: reasoning }));
    expect(await classOf(thinking('because'), thinking('although'))).toBe('conflict');
    const asked = row(({ messages }) => Object.assign(messages[0] ?? {}, { role: 'system' }));
    expect(
      await classOf(
        row(() => undefined),
        asked,
      ),
    ).toBe('other');
    const untrained = row(({ messages }) => Object.assign(messages[1] ?? {}, { train: false }));
    expect(
      await classOf(
        row(() => undefined),
        untrained,
      ),
    ).toBe('conflict');
  });

  it('compares chosen and rejected answers as answers', async () => {
    const pair = (chosen: string): Example => ({
      messages: [{ role: 'user', content: long }],
      chosen: [{ role: 'assistant', content: chosen }],
      rejected: [{ role: 'assistant', content: 'No.' }],
      meta: {},
    });
    expect(await classOf(pair('Yes.'), pair('yes.'))).toBe('same');
    expect(await classOf(pair('Yes.'), pair('Yes?'))).toBe('conflict');
    expect(await classOf(pair('Yes.'), pair('Never.'))).toBe('conflict');
  });
});

describe('a group', () => {
  // b resembles a and c; a and c do not resemble each other enough.
  const words = long.split(' ');
  const chain = [
    exampleOf(words.slice(0, 16).join(' '), ''),
    exampleOf(words.slice(1, 17).join(' '), ''),
    exampleOf(words.slice(2, 18).join(' '), ''),
  ];

  it('joins what pairs connect, but drops a row only because of a kept row that it resembles', async () => {
    const result = await near(chain, { threshold: 0.8, action: 'drop' });
    expect(pairsOf(result)).toEqual(['0-1 0.866666667', '1-2 0.866666667']);
    expect(result.groups).toMatchObject([
      {
        kept: { place: { row: 0 } },
        members: [0, 1, 2].map((row) => ({ place: { row } })),
        reason: 'first row',
      },
    ]);
    expect(result.dropped.map(({ row, of }) => [row.place.row, of.place.row])).toEqual([[1, 0]]);
  });

  it('loses nothing by class where prompts differ, and nothing at all with action keep', async () => {
    expect((await near(chain, { action: 'by_class' })).dropped).toEqual([]);
    const same = [exampleOf(long, 'Yes.'), exampleOf(long, 'yes.')];
    expect((await near(same, { action: 'keep' })).dropped).toEqual([]);
    expect((await near(same)).dropped).toMatchObject([{ code: 'D160', row: { place: { row: 1 } } }]);
  });

  it('keeps the first, the longest, or the one with the fewest findings', async () => {
    const rows = [exampleOf(long, 'Yes. '), exampleOf(long, 'yes.  \n'), exampleOf(long, 'Yes.')];
    const kept = async (keep: 'first' | 'longest' | 'best') => {
      const { groups, dropped } = await near(rows, { keep }, [2, 1, 0]);
      expect(dropped.every(({ of }) => of === groups[0]?.kept)).toBe(true);
      return [groups[0]?.kept.place.row, groups[0]?.reason, dropped.length];
    };
    expect(await kept('first')).toEqual([0, 'first row', 2]);
    expect(await kept('longest')).toEqual([1, 'longest row', 2]);
    expect(await kept('best')).toEqual([2, 'fewest findings', 2]);
  });

  it('is the same for any order of the rows, and a second pass drops nothing', async () => {
    const word = fc.constantFrom('a', 'b', '1', '2');
    const text = fc.array(word, { minLength: 1, maxLength: 3 }).map((all) => all.join(' '));
    const rows = fc.array(fc.tuple(text, text), { minLength: 2, maxLength: 12 });
    let dropped = 0;
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.infiniteStream(fc.nat()),
        fc.constantFrom('by_class' as const, 'drop' as const),
        async (pairs, numbers, action) => {
          const examples = pairs.map(([prompt, answer]) => exampleOf(prompt, answer));
          const order = examples.map((_, i) => i).sort((a, b) => a - b);
          for (let i = order.length - 1; i > 0; i -= 1) {
            const j = (numbers.next().value as number) % (i + 1);
            [order[i], order[j]] = [order[j] as number, order[i] as number];
          }
          const options = { threshold: 0.5, n: 2, action };
          const plain = await near(examples, options);
          const mixed = await near(
            order.map((i) => examples[i] as Example),
            options,
          );
          const membersOf = ({ groups }: typeof plain, name: (row: number) => number) =>
            groups
              .map(({ members }) =>
                members
                  .map(({ place }) => name(place.row))
                  .sort((a, b) => a - b)
                  .join(' '),
              )
              .sort();
          expect(membersOf(mixed, (row) => order[row] as number)).toEqual(membersOf(plain, (row) => row));

          const gone = new Set(plain.dropped.map(({ row }) => row.place.row));
          dropped += gone.size;
          for (const { of } of plain.dropped) expect(gone.has(of.place.row)).toBe(false);
          const again = await near(
            examples.filter((_, i) => !gone.has(i)),
            options,
          );
          expect(again.dropped).toEqual([]);
        },
      ),
      { seed: 5, numRuns: 400 },
    );
    expect(dropped).toBeGreaterThan(100);
  });
});

describe('leaks', () => {
  const train = [exampleOf(long, 'Yes.'), exampleOf(long, 'No.'), exampleOf(`${long} 7`, 'Yes.')];
  const sides = ['train', 'train', 'train', 'validation', 'benchmark', 'benchmark'] as const;
  const others = [exampleOf(long, 'yes'), exampleOf(`${long} 7`, 'yes'), exampleOf(`${long} 7`, 'yes')];

  it('drops by class what asks the same, and never counts pairs between the other files', async () => {
    const result = await near([...train, ...others], { threshold: 0.8 }, [], sides);
    const drops = result.dropped.map(({ row, code, of }) => [row.place.row, code, of.place.row]);
    expect(drops).toEqual([
      [0, 'D163', 3],
      [1, 'D163', 3],
      [2, 'D164', 4],
    ]);
    expect(result.blocks.every(({ a, b }) => [a, b].some(({ rows }) => rows[0]?.side === 'train'))).toBe(
      true,
    );
    expect(result.groups).toHaveLength(1);
  });

  it('drops all similar rows with action drop, none with keep', async () => {
    const run = (action: 'drop' | 'keep') =>
      near(
        [train[0] as Example, others[1] as Example],
        { threshold: 0.8, action },
        [],
        ['train', 'validation'],
      );
    expect((await run('drop')).dropped).toMatchObject([{ code: 'D163' }]);
    expect((await run('keep')).dropped).toEqual([]);
    expect((await run('keep')).blocks).toHaveLength(1);
  });
});

describe('counts', () => {
  it('bands count every pair once, from .6 on, for any threshold', async () => {
    const words = long.split(' ');
    const rows = [0, 1, 2, 3].map((from) => exampleOf(words.slice(from, from + 16).join(' '), ''));
    const { bands, blocks } = await near(rows, { threshold: 0.9, bands: true });
    // Neighbours share 13 of 15 shingles, the next but one 12 of 16, the outer two 11 of 17.
    expect(bands).toEqual([
      { from: 0.6, pairs: 1 },
      { from: 0.7, pairs: 2 },
      { from: 0.8, pairs: 3 },
      { from: 0.9, pairs: 0 },
    ]);
    expect(blocks).toEqual([]);
  });

  it('count exact repeats of rows, prompts and answers, and name the largest groups', async () => {
    const rows = [
      exampleOf(long, 'Yes.'),
      exampleOf(long, 'Yes.'),
      exampleOf(long.toUpperCase(), 'No.'),
      exampleOf('Something else entirely, my friend.', 'yes'),
    ];
    const { exact } = await near(rows);
    expect(exact).toEqual({
      row: { groups: 1, rows: 2, largest: [{ count: 2, rows: [0, 1] }] },
      prompt: { groups: 1, rows: 3, largest: [{ count: 3, rows: [0, 1, 2] }] },
      answer: { groups: 1, rows: 3, largest: [{ count: 3, rows: [0, 1, 3] }] },
    });
    expect(Object.keys((await near(rows, { key: 'prompt' })).exact)).toEqual(['prompt']);
  });

  it('compares prompts or answers alone', async () => {
    const rows = [
      exampleOf(long, 'Yes.'),
      exampleOf(long, 'No, not at all.'),
      exampleOf('Who is there?', 'yes'),
    ];
    expect(pairsOf(await near(rows, { key: 'prompt' }))).toEqual(['0-1 1.000000000']);
    expect(pairsOf(await near(rows, { key: 'answer' }))).toEqual(['0-2 1.000000000']);
  });

  it('a thousand equal rows are half a million pairs, in one block', async () => {
    const rows = Array.from({ length: 1000 }, () => exampleOf(long, 'Yes.'));
    const { blocks, dropped } = await near(rows);
    expect(blocks.map(({ count, class: kind }) => [count, kind])).toEqual([[499_500, 'same']]);
    expect(dropped).toHaveLength(999);
  });
});

it.each([0, -1, 1.01, Number.NaN])('refuses a similarity of %s', async (threshold) => {
  await expect(near([], { threshold })).rejects.toMatchObject({ code: 'D165' });
});

describe('findings', () => {
  it('name each dropped row, and those that stay with a conflict, a template or a leak', async () => {
    const rows = [
      exampleOf(long, 'Yes.'),
      exampleOf(long, 'yes.'),
      exampleOf(long, 'No.'),
      exampleOf(`Count to 5: ${long}`, '1 2 3 4 5'),
      exampleOf(`Count to 6: ${long}`, '1 2 3 4 6'),
      exampleOf(`Count to 6: ${long}`, 'I will not.'),
    ];
    const sides = ['train', 'train', 'train', 'train', 'train', 'benchmark'] as const;
    const result = await near(rows, { threshold: 0.6, action: 'by_class' }, [], sides);
    const said = nearFindings(result).map(({ row, dropped, finding }) => [row, finding.code, dropped]);
    expect(said).toEqual([
      [0, 'D161', false],
      [0, 'D164', false],
      [1, 'D160', true],
      [2, 'D161', false],
      [2, 'D164', false],
      [3, 'D162', false],
      [4, 'D164', true],
    ]);
    const [first] = nearFindings(result);
    expect(first?.finding).toMatchObject({
      severity: 'warning',
      message: 'f:3 has the same prompt and a different answer.',
      at: { file: 'f', line: 1 },
      data: { of: { row: 2 } },
    });
  });
});
