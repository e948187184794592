import { expect, it } from 'vitest';
import { parseGpus, parsePrograms } from '../../src/hosts/gpus.ts';
import { visibleGpus } from '../../src/supervise/queue/devices.ts';

it('reads what nvidia-smi prints of GPUs and of the programs on them', () => {
  expect(parseGpus('0, GPU-aa, NVIDIA H200, 143771, 0\n1, GPU-bb, NVIDIA H200, 143771, 4523\n\n')).toEqual([
    { uuid: 'GPU-aa', index: 0, name: 'NVIDIA H200', memoryBytes: 143_771 * 2 ** 20, usedBytes: 0 },
    {
      uuid: 'GPU-bb',
      index: 1,
      name: 'NVIDIA H200',
      memoryBytes: 143_771 * 2 ** 20,
      usedBytes: 4523 * 2 ** 20,
    },
  ]);
  expect(
    parsePrograms('GPU-aa, 71, /opt/a, b/python, 512\nGPU-bb, 72, [Not Found], [N/A]\nnonsense\n'),
  ).toEqual([
    { uuid: 'GPU-aa', pid: 71, name: '/opt/a, b/python', bytes: 512 * 2 ** 20 },
    { uuid: 'GPU-bb', pid: 72, name: '[Not Found]', bytes: null },
  ]);
});

it('reads CUDA_VISIBLE_DEVICES as CUDA does', () => {
  const gpus = [
    { uuid: 'GPU-aa11', index: 0 },
    { uuid: 'GPU-bb22', index: 1 },
  ];
  const seen = (text: string | undefined) => [...visibleGpus(gpus, text)];
  expect(seen(undefined)).toEqual(['GPU-aa11', 'GPU-bb22']);
  expect(seen('1')).toEqual(['GPU-bb22']);
  expect(seen('GPU-bb, 0')).toEqual(['GPU-bb22', 'GPU-aa11']);
  expect(seen('0,7,1')).toEqual(['GPU-aa11']);
  expect(seen('')).toEqual([]);
  expect(seen('-1')).toEqual([]);
});
