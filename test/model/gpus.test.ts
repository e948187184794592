import { describe, expect, it } from 'vitest';
import { findGpu, gpuNames, isSameGpu, peakFlops } from '../../src/model/gpus.ts';

// As nvidia-smi and torch.cuda.get_device_name report them.
const drivers: Record<string, string> = {
  't4-16gb': 'Tesla T4',
  'v100-32gb': 'Tesla V100-SXM2-32GB',
  'rtx3090-24gb': 'NVIDIA GeForce RTX 3090',
  'rtx4090-24gb': 'NVIDIA GeForce RTX 4090',
  'rtx5090-32gb': 'NVIDIA GeForce RTX 5090',
  'a10g-24gb': 'NVIDIA A10G',
  'a10-24gb': 'NVIDIA A10',
  'l4-24gb': 'NVIDIA L4',
  'a6000-48gb': 'NVIDIA RTX A6000',
  'l40s-48gb': 'NVIDIA L40S',
  'a100-40gb': 'NVIDIA A100-SXM4-40GB',
  'a100-80gb': 'NVIDIA A100 80GB PCIe',
  'h100-pcie-80gb': 'NVIDIA H100 PCIe',
  'h100-nvl-94gb': 'NVIDIA H100 NVL',
  'h100-80gb': 'NVIDIA H100 80GB HBM3',
  'h200-141gb': 'NVIDIA H200',
};

describe('findGpu', () => {
  it('knows each GPU by its own name and by that of the driver', () => {
    expect(Object.keys(drivers)).toEqual(gpuNames);
    for (const [name, driver] of Object.entries(drivers)) {
      expect(findGpu(name).name).toBe(name);
      expect(findGpu(driver).name).toBe(name);
      expect(isSameGpu(name, driver)).toBe(true);
      expect(peakFlops(driver)).toBe(peakFlops(name));
      expect(peakFlops(name)).toBeGreaterThan(50e12);
    }
  });

  it('takes what people write', () => {
    expect(findGpu('RTX 4090').name).toBe('rtx4090-24gb');
    expect(findGpu('rtx-5090').name).toBe('rtx5090-32gb');
    expect(findGpu('H200').name).toBe('h200-141gb');
    expect(findGpu('NVIDIA A100-SXM4-80GB').name).toBe('a100-80gb');
  });

  it('names the nearest for one it does not know, and those that a short name could mean', () => {
    const hint = (text: string) =>
      expect.objectContaining({ code: 'M030', hint: expect.stringContaining(text) });
    expect(() => findGpu('h200-140gb')).toThrow(hint('h200-141gb'));
    expect(() => findGpu('a100')).toThrow(hint('a100-40gb, a100-80gb'));
    expect(() => findGpu('')).toThrow(hint('t4-16gb'));
  });
});

describe('isSameGpu', () => {
  it('tells GPUs apart, and knows those outside the table by their name alone', () => {
    expect(isSameGpu('NVIDIA H100 PCIe', 'NVIDIA H100 80GB HBM3')).toBe(false);
    expect(isSameGpu('NVIDIA GeForce RTX 4090', 'NVIDIA GeForce RTX 4090 Laptop GPU')).toBe(false);
    expect(isSameGpu('Some GPU', 'Some GPU')).toBe(true);
    expect(isSameGpu('cpu', 'cpu')).toBe(true);
    expect(peakFlops('Some GPU')).toBeNull();
  });
});
