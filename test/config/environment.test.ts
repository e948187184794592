// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how variables are written in a config
import { describe, expect, it } from 'vitest';
import { configOf, loadText, minimal } from './load-files.ts';

describe('a variable in a value', () => {
  it('is replaced, and decides its type as if it stood there', async () => {
    const text = `${minimal}revision: "\${REV}"\nlora:\n  r: \${RANK}\ntraining:\n  packing: \${PACK:-true}\n  learning_rate: \${LR:-1e-4}\n`;
    const config = await configOf(text, { env: { REV: '123', RANK: '8', PACK: '' } });
    expect(config).toMatchObject({
      revision: '123',
      lora: { r: 8 },
      training: { packing: true, learning_rate: 1e-4 },
    });
  });

  it('cannot stand unquoted inside braces, which YAML would take apart', async () => {
    const { findings, faults } = await loadText(`${minimal}lora: { r: \${RANK} }\n`, { env: { RANK: '8' } });
    expect(faults).toEqual(['5:13 C005']);
    expect(findings[0]?.hint).toContain('a line of its own');
  });

  it('is part of a longer text too', async () => {
    const text = minimal.replace('rows.jsonl', '${DATA}/rows-${PART:-a}.jsonl');
    expect((await configOf(text, { env: { DATA: '/data' } })).dataset.train).toEqual(['/data/rows-a.jsonl']);
  });

  it('may bring no structure with it', async () => {
    const { faults } = await loadText(`${minimal}lora: \${LORA}\n`, { env: { LORA: '{ r: 4 }' } });
    expect(faults).toEqual(['5:7 C011']);
  });

  it('must be set', async () => {
    const { findings, faults } = await loadText(`${minimal}revision: \${NOT_THERE}\n`);
    expect(faults).toEqual(['5:11 C020']);
    expect(findings[0]?.message).toBe('the environment variable NOT_THERE is not set');
  });

  it('must be well formed', async () => {
    expect((await loadText(`${minimal}revision: "\${A-B}"\n`)).faults).toEqual(['5:11 C020']);
    expect((await loadText(`${minimal}revision: "\${A"\n`)).faults).toEqual(['5:11 C020']);
    expect((await loadText(`${minimal}revision: "\${}"\n`)).faults).toEqual(['5:11 C020']);
  });

  it('is written with two dollars to be left alone', async () => {
    expect((await configOf(`${minimal}revision: "$\${HOME}"\n`)).revision).toBe('${HOME}');
  });

  it('is not expanded inside the value of another variable', async () => {
    const config = await configOf(`${minimal}revision: \${A}\n`, { env: { A: '${B}', B: 'x' } });
    expect(config.revision).toBe('${B}');
  });

  it('is never replaced in a key', async () => {
    expect((await loadText(`${minimal}"\${KEY}": 1\n`, { env: { KEY: 'lora' } })).faults).toEqual([
      '5:1 C010',
    ]);
  });
});

describe('a secret', () => {
  it('is refused by the name of its variable, and its value is nowhere', async () => {
    const env = { HF_TOKEN: 'hf_verysecretvalue1234567890' };
    const { findings, faults } = await loadText(`${minimal}revision: \${HF_TOKEN}\n`, { env });
    expect(faults).toEqual(['5:11 C021']);
    expect(JSON.stringify(findings)).not.toContain('verysecret');
    for (const name of ['OPENAI_API_KEY', 'DB_PASSWORD', 'AWS_SECRET_ACCESS_KEY', 'my_credentials'])
      expect((await loadText(`${minimal}revision: \${${name}}\n`, { env: { [name]: 'x' } })).faults).toEqual([
        '5:11 C021',
      ]);
  });

  it('is refused by the name of its key, without showing it', async () => {
    for (const key of ['wandb_api_key', 'password', 'apiKey', 'auth_token']) {
      const { findings, faults } = await loadText(`${minimal}${key}: opensesame\n`);
      expect(faults).toEqual(['5:1 C021']);
      expect(JSON.stringify(findings)).not.toContain('opensesame');
    }
  });

  it('is refused by the form of its value, at any place', async () => {
    const token = `hf_${'Ab1'.repeat(10)}`;
    for (const text of [`revision: ${token}`, `lora: { target_modules: [q_proj, ${token}] }`]) {
      const { findings } = await loadText(`${minimal}${text}\n`);
      expect(findings.map(({ code }) => code)).toContain('C021');
      expect(JSON.stringify(findings)).not.toContain(token);
    }
  });

  it('does not show through the excerpt of another fault on its line', async () => {
    const { findings } = await loadText(`${minimal}training: { hub_token: hunter2hunter2, packing: no }\n`);
    expect(findings.map(({ code }) => code)).toEqual(['C014', 'C011']);
    expect(JSON.stringify(findings)).not.toContain('hunter2');
  });

  it('does not show through --set', async () => {
    const { findings } = await loadText(minimal, {
      overrides: ['training.hub_token=hunter2', 'my_secret=hunter3'],
    });
    expect(findings.map(({ code }) => code).sort()).toEqual(['C014', 'C021']);
    expect(JSON.stringify(findings)).not.toContain('hunter');
  });

  it('is not seen in settings that merely speak of tokens', async () => {
    const { findings } = await loadText(`${minimal}lora: { trainable_token_indices: [1, 2] }\n`);
    expect(findings).toEqual([]);
  });
});
