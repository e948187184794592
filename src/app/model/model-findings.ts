// Findings about a model's files, before anything is counted.
import type { Finding } from '../../diagnostics/finding.ts';
import type { ResolvedModel } from '../../hub/resolve-model.ts';
import type { StoredQuantization } from '../../model/stored-quantization.ts';
import type { Verification } from '../forecast/peft-count.ts';

/** Findings M041, M043 and M044: no safetensors, weights stored quantized, weights not on this machine. */
export function modelFindings(model: ResolvedModel, quantization: StoredQuantization | null): Finding[] {
  const { id, source, tensors, lacking, card } = model;
  const findings: Finding[] = [];
  if (quantization) findings.push(storedQuantized(quantization, card.baseModels));
  if (lacking.length > 0)
    findings.push({
      code: 'M044',
      name: 'weights-not-here',
      severity: 'note',
      message: `offline: these facts are from the cache, and ${named(lacking)} ${lacking.length === 1 ? 'is' : 'are'} not on this machine`,
      hint: `training needs them: run \`hf download ${id}\` with a network connection`,
      data: { lacking },
    });
  else if (tensors === null && source !== 'config')
    findings.push({
      code: 'M041',
      name: 'no-safetensors',
      severity: 'note',
      message: `${id} holds no model.safetensors: nothing compares its weights with config.json`,
    });
  return findings;
}

function storedQuantized(
  { method, bits, trainable, advice }: StoredQuantization,
  bases: readonly string[],
): Finding {
  const width = bits === null ? '' : `, ${bits}-bit`;
  return {
    code: 'M043',
    name: 'stored-quantized',
    severity: trainable ? 'note' : 'warning',
    message: `the weights are stored quantized (${method}${width}): ${advice}`,
    ...(bases.length > 0 && !trainable
      ? { hint: `its card says that it was made from ${bases.join(', ')}` }
      : {}),
  };
}

/** M042 if PEFT counts otherwise. */
export function verificationFinding(
  counted: { trainable: number; total: number },
  { equal, trainable, total, differences }: Verification,
): Finding[] {
  if (equal) return [];
  const number = (value: number | null) => (value === null ? 'nothing' : value.toLocaleString('en-US'));
  const first = differences
    .slice(0, 3)
    .map(({ module, counted: ours, peft }) => `${module}: ${number(ours)} here, ${number(peft)} in PEFT`);
  return [
    {
      code: 'M042',
      name: 'count-differs',
      severity: 'error',
      message: `PEFT counts ${number(trainable)} of ${number(total)}, lorch ${number(counted.trainable)} of ${number(counted.total)}${first.length > 0 ? `; ${first.join('; ')}` : ''}`,
      hint: 'PEFT is right; this is a fault of lorch: please report the model and the settings',
      data: { differences },
    },
  ];
}

function named(files: readonly string[]): string {
  const more = files.length > 3 ? ` and ${files.length - 3} more` : '';
  return files.slice(0, 3).join(', ') + more;
}
