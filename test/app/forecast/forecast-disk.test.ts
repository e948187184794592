import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forecastDisk } from '../../../src/app/forecast/forecast-disk.ts';
import type { RenderedConfig } from '../../../src/config/render/index.ts';
import { countLora } from '../../../src/model/count-lora.ts';
import { readModelConfig } from '../../../src/model/read-config.ts';
import configs from '../../fixtures/model/configs.json' with { type: 'json' };

const reading = readModelConfig(configs['Llama-3.1-8B']);
if (!reading.known) throw new Error(reading.reason);
const model = reading;
const count = countLora(model.facts, { r: 16, target_modules: ['q_proj', 'v_proj'] });

describe('forecastDisk', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'lorch-disk-'));
    await mkdir(join(dir, 'tokenizer'));
    await writeFile(join(dir, 'tokenizer/tokenizer.json'), Buffer.alloc(5_000_000));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  const ask = (training: Record<string, unknown>, total = 100) =>
    forecastDisk({
      model,
      count,
      rendered: {
        model: { dtype: 'bfloat16' },
        lora: {},
        quantization: null,
        training,
      } as unknown as RenderedConfig,
      steps: { per_epoch: total, total },
      initAdapter: null,
      preparedDir: dir,
      runsDir: dir,
    });

  it('adds up checkpoints and adapter, each with the tokenizer, and says what a merge would write', async () => {
    const { disk, findings } = await ask({ save_steps: 50 });
    expect(findings).toEqual([]);
    expect(disk.checkpoints).toBe(2);
    expect(disk.adapter_bytes).toBeGreaterThan(4 * count.trainable + 5_000_000);
    expect(disk.checkpoint_bytes - (disk.adapter_bytes ?? 0)).toBe(8 * count.trainable + 90_000);
    expect(disk.total_bytes).toBe(2 * disk.checkpoint_bytes + (disk.adapter_bytes ?? 0));
    expect(disk.merged_bytes).toBe(2 * 8_030_261_248 + 5_000_000);
  });

  it('refuses files that do not fit on the disk', async () => {
    const { findings } = await ask({ save_steps: 1 }, 1_000_000_000);
    expect(findings).toMatchObject([{ code: 'P007', severity: 'error' }]);
    expect(findings[0]?.message).toContain('1000000000 checkpoints');
  });
});
