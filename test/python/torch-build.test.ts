import { describe, expect, it } from 'vitest';
import { parseNvidia } from '../../src/python/nvidia.ts';
import { describePipLine } from '../../src/python/pip.ts';
import { chooseTorchBuild } from '../../src/python/torch-build.ts';

function driver(cuda: string | null, ...capabilities: number[]) {
  const gpus = capabilities.map((computeCapability, i) => ({
    name: `GPU ${i}`,
    uuid: `GPU-${i}`,
    memoryBytes: 2 ** 34,
    computeCapability,
  }));
  return { driver: '550.00', cuda, gpus };
}

describe('chooseTorchBuild', () => {
  it.each([
    ['no driver', null, 'cpu'],
    ['a current driver and Hopper', driver('13.0', 9.0), 'cu130'],
    ['a newer driver than any build', driver('13.4', 10.0), 'cu130'],
    ['CUDA 12.8 and Blackwell', driver('12.8', 12.0), 'cu129'],
    ['an older driver for CUDA 12', driver('12.2', 8.0), 'cu126'],
    ['Volta, which only the oldest build knows', driver('13.0', 7.0), 'cu126'],
    ['a mixed machine, by its oldest GPU', driver('13.0', 7.0, 9.0), 'cu126'],
    ['a driver that names no CUDA version', driver(null, 8.0), 'default'],
  ])('takes for %s', (_, nvidia, variant) => {
    const build = chooseTorchBuild('linux', nvidia);
    expect(build.variant).toBe(variant);
    expect(build.index?.endsWith(`/${variant}`) ?? variant === 'default').toBe(true);
  });

  it.each([
    ['a driver too old for any', driver('11.8', 8.0)],
    ['GPUs that no build has in common', driver('13.0', 7.0, 12.0)],
    ['Blackwell behind a driver that does not know it', driver('12.4', 10.0)],
  ])('refuses %s and names the ways out', (_, nvidia) => {
    expect(() => chooseTorchBuild('linux', nvidia)).toThrowError(
      expect.objectContaining({ code: 'E010', exitCode: 3, hint: expect.stringContaining('--variant cpu') }),
    );
  });

  it('leaves macOS to its only build, and obeys what is asked for', () => {
    expect(chooseTorchBuild('darwin', null)).toMatchObject({ variant: 'default', index: null });
    expect(chooseTorchBuild('linux', driver('13.0', 9.0), 'cpu').variant).toBe('cpu');
  });
});

describe('parseNvidia', () => {
  const query = [
    'NVIDIA H200, GPU-1, 143771, 9.0, 570.12',
    'NVIDIA H200, GPU-2, 143771, 9.0, 570.12',
    '',
  ].join('\n');

  it('reads GPUs, driver and the CUDA version of both table forms', () => {
    const found = parseNvidia(query, '| NVIDIA-SMI 570.12  Driver Version: 570.12  CUDA Version: 12.8 |');
    expect(found).toMatchObject({ driver: '570.12', cuda: '12.8' });
    expect(found?.gpus).toHaveLength(2);
    expect(found?.gpus[0]).toMatchObject({
      name: 'NVIDIA H200',
      memoryBytes: 143771 * 2 ** 20,
      computeCapability: 9,
    });
    expect(parseNvidia(query, 'CUDA UMD Version: 13.1')?.cuda).toBe('13.1');
    expect(parseNvidia(query, '')?.cuda).toBeNull();
  });

  it('takes a driver without GPUs for none', () => {
    expect(parseNvidia('No devices were found\n', '')).toBeNull();
  });
});

describe('describePipLine', () => {
  it.each([
    ['Collecting transformers<6,>=5.23 (from -r requirements.txt (line 3))', 'finding transformers'],
    ['  Downloading peft-0.21.2-py3-none-any.whl (400 kB)', 'fetching peft 0.21.2 (400 kB)'],
    ['Installing collected packages: a, b, c', 'installing 3 packages'],
    ['  Downloading peft-0.21.2.whl.metadata (2 kB)', null],
    ['Requirement already satisfied: torch', null],
  ])('%s', (line, step) => {
    expect(describePipLine(line)).toBe(step);
  });
});
