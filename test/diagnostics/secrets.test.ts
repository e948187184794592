import { describe, expect, it } from 'vitest';
import { createRedactor, hasSecretShape, isSecretName } from '../../src/diagnostics/secrets.ts';
import {
  jobEnvironment,
  recordableEnvironment,
  relaunchEnvironment,
} from '../../src/supervise/job-environment.ts';

describe('secrets', () => {
  it.each([
    'HF_TOKEN',
    'WANDB_API_KEY',
    'db.password',
    'AWS_SECRET_ACCESS_KEY',
    'GITHUB_PAT_TOKEN',
    'hf-token',
    'apikey',
    'DB_PWD',
  ])('are known by the name %s', (name) => expect(isSecretName(name)).toBe(true));

  it.each([
    'TOKENIZERS_PARALLELISM',
    'PWD',
    'OLDPWD',
    'HF_TOKEN_PATH',
    'HF_HOME',
    'PATH',
    'max_tokens_per_second',
    'KEYBOARD',
    'CUDA_VISIBLE_DEVICES',
  ])('are not suspected in %s', (name) => expect(isSecretName(name)).toBe(false));

  it('are taken out of text by value and by shape', () => {
    const redact = createRedactor({
      HF_TOKEN: 'my-own-token-value',
      SHORT_TOKEN: 'abc',
      HOME: '/home/somebody',
    });
    expect(redact('sent my-own-token-value to the hub')).toBe('sent [secret] to the hub');
    expect(redact('abc /home/somebody')).toBe('abc /home/somebody');
    expect(redact('hf_abcdefghijklmnopqrstuvwxyz and sk-abcdefghijklmnopqrst')).toBe('[secret] and [secret]');
    expect(redact('proxy http://user:pa55@proxy:3128/ up')).toBe('proxy http://[secret]@proxy:3128/ up');
    expect(redact('at 12:30:45 see https://host/path@v1')).toBe('at 12:30:45 see https://host/path@v1');
    expect(hasSecretShape('ghp_abcdefghijklmnopqrstuvwx')).toBe(true);
  });
});

describe("a job's environment", () => {
  const env = {
    PATH: '/bin',
    HF_TOKEN: 'hf_abcdefghijklmnopqrstuvwxyz',
    HF_HOME: '/cache',
    CUDA_VISIBLE_DEVICES: '1',
    https_proxy: 'http://user:pa55@proxy:3128',
    AWS_SECRET_ACCESS_KEY: 'aws',
    EDITOR: 'vi',
    PYTHONSTARTUP: '/evil.py',
  };

  it('is only what training needs', () => {
    expect(Object.keys(jobEnvironment(env)).sort()).toEqual([
      'CUDA_VISIBLE_DEVICES',
      'HF_HOME',
      'HF_TOKEN',
      'PATH',
      'https_proxy',
    ]);
  });

  it('is written down without secrets', () => {
    expect(recordableEnvironment(jobEnvironment(env))).toEqual({
      PATH: '/bin',
      HF_HOME: '/cache',
      CUDA_VISIBLE_DEVICES: '1',
    });
  });

  it('comes back as it was recorded, with the secrets of who starts it again', () => {
    const recorded = { PATH: '/bin', CUDA_VISIBLE_DEVICES: '1' };
    const current = {
      PATH: '/other',
      CUDA_VISIBLE_DEVICES: '0',
      HF_HOME: '/elsewhere',
      HF_TOKEN: env.HF_TOKEN,
    };
    expect(relaunchEnvironment(recorded, current)).toEqual({ ...recorded, HF_TOKEN: env.HF_TOKEN });
  });
});

describe('a token where text was escaped or coloured', () => {
  const token = `hf_${'Ab3'.repeat(10)}`;
  const redact = createRedactor({});
  const before = [
    ...[
      '\n',
      '\t',
      '\\n',
      '\\t',
      '\\r',
      '\\\\n',
      '\\u000a',
      '\\x0a',
      '\\x1b[31m',
      '\u001b[31m',
      '\u001b[1;31m',
    ],
    ...['%0A', '%20', '"', '=', 'Bearer ', '(', '\\"'],
  ];
  for (const each of before)
    it(`after ${JSON.stringify(each)} is taken out`, () => {
      for (const text of [
        `failed:${each}${token}`,
        `${each}${token}${each}more`,
        JSON.stringify({ a: `${each}${token}` }),
      ])
        expect(redact(text)).not.toContain(token);
    });

  it('is none in the middle of a word', () => {
    expect(redact(`xhf_${'Ab3'.repeat(10)}`)).toContain('xhf_');
  });
});
