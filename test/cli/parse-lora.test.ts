// `--lora`: every field is one of LoraConfig's, in either form.
import { describe, expect, it } from 'vitest';
import { parseLoraFlag } from '../../src/cli/parse-lora.ts';
import { UserError } from '../../src/diagnostics/user-error.ts';

function refusalOf(text: string): UserError {
  try {
    parseLoraFlag(text);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`${text} was taken`);
}

describe('--lora', () => {
  it.each(['target_module=q_proj', '{"target_module":"q_proj"}'])('names the field meant by %s', (text) => {
    const { code, message, hint } = refusalOf(text);
    expect([code, message, hint]).toEqual([
      'M017',
      '--lora: LoraConfig has no field "target_module"',
      'did you mean target_modules?',
    ]);
  });

  it('says how it is written where nothing is near', () => {
    expect(refusalOf('colour=blue').hint).toContain('r=16,target_modules=q_proj+v_proj');
  });

  it('takes fields that a config may not set', () => {
    expect(parseLoraFlag('{"layer_replication":[[0,2]]}')).toMatchObject({
      r: 16,
      layer_replication: [[0, 2]],
    });
  });
});
