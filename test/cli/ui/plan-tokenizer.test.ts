import { describe, expect, it } from 'vitest';
import { tokenizerLines } from '../../../src/cli/ui/plan-tokenizer.ts';
import type { Plan, PlannedTokenizer } from '../../../src/run/plan.ts';
import { hashPlan } from '../../../src/run/plan-hash.ts';
import { samplePlan } from '../../store/sample-run.ts';

const tokenizer: PlannedTokenizer = {
  init: 'mean',
  pad_to_multiple_of: null,
  added: [
    { token: '<note>', id: 32_000, special: false, pieces: [1], rows: 3 },
    { token: '<|tool|>', id: 32_001, special: true, pieces: [1], rows: 3 },
  ],
  embedding: { before: 32_000, after: 32_002 },
};

function plan(changes: Partial<PlannedTokenizer>, lora: Record<string, unknown>, modules: string[]): Plan {
  const base = samplePlan('rows');
  const trainable = 2 * 4096;
  return {
    ...base,
    tokenizer: { ...tokenizer, ...changes },
    lora: { ...base.lora, ...lora },
    forecast: {
      ...base.forecast,
      parameters: {
        trainable: 0,
        total: 0,
        modules: modules.map((name) => ({ name, out: 0, in: 0, trainable })),
      },
    },
  };
}

describe('new tokens on the screen', () => {
  it('name ids, the rows before and after, and what trains', () => {
    const rows = { 'model.embed_tokens': [32_000, 32_001], lm_head: [32_000, 32_001] };
    const lines = tokenizerLines(
      plan({}, { trainable_token_indices: rows }, ['model.embed_tokens', 'lm_head']),
    );
    expect(lines).toEqual([
      '+2 tokens (ids 32000–32001): <note> 32000, <|tool|> 32001 (special)',
      'embedding 32,000 → 32,002 rows; new rows start as the mean of the old ones',
      'the new rows train in embed_tokens (8,192 parameters) and lm_head (8,192 parameters)',
    ]);
  });

  it('say that spare rows suffice, and that a tied head follows', () => {
    const lines = tokenizerLines(
      plan(
        { embedding: { before: 151_936, after: 151_936 }, pad_to_multiple_of: 64, init: 'zero' },
        { trainable_token_indices: { 'model.embed_tokens': [1, 2] } },
        ['model.embed_tokens'],
      ),
    );
    expect(lines[1]).toBe(
      'the embedding keeps its 151,936 rows and has enough spare ones, so pad_to_multiple_of is not needed; new rows start as zeros',
    );
    expect(lines[2]).toBe(
      'the new rows train in embed_tokens (8,192 parameters), which shares its weight with the head',
    );
  });

  it('are not there in plans without any, whose hash stays', () => {
    const { tokenizer: _, ...without } = plan({}, {}, []);
    expect(tokenizerLines(without as Plan)).toEqual([]);
    expect(hashPlan(without as Plan)).toBe(hashPlan({ ...(without as Plan), tokenizer: undefined } as never));
    expect(hashPlan(plan({}, {}, []))).not.toBe(hashPlan(without as Plan));
    expect(hashPlan(plan({}, {}, []))).not.toBe(hashPlan(plan({ init: 'zero' }, {}, [])));
  });
});
