// Refuses configs that no real model has: so many layers that commands would take minutes, or endless nesting.
import { UserError } from '../diagnostics/user-error.ts';

/** Ten times the deepest published models. */
const maxLayers = 4096;
const maxExperts = 65_536;
const maxSize = 2 ** 31 - 1;
/** Of lists that are looked through once for each layer. */
const maxList = 65_536;
const maxDepth = 100;

/** Throws UserError M024 for a config that no real model has. */
export function checkConfigBounds(config: unknown): void {
  // Not recursive, because the nesting may be too deep.
  const waiting: { key: string; value: unknown; depth: number }[] = [{ key: '', value: config, depth: 0 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { key, value, depth } = next;
    if (typeof value === 'number') checkNumber(key, value);
    if (typeof value !== 'object' || value === null) continue;
    if (depth > maxDepth) throw tooLarge(`it is nested more than ${maxDepth} deep`);
    if (Array.isArray(value) && value.length > maxList && key.endsWith('layers'))
      throw tooLarge(`${key} lists ${value.length.toLocaleString('en-US')} layers`);
    for (const [name, inner] of Object.entries(value))
      waiting.push({ key: Array.isArray(value) ? '' : name, value: inner, depth: depth + 1 });
  }
}

function checkNumber(key: string, value: number): void {
  const limit = /(^|_)layers?$|^depth$/.test(key)
    ? maxLayers
    : /(^|_)experts$/.test(key)
      ? maxExperts
      : /(_size|_dim|_heads|^n_(embd|head|inner|positions))$/.test(key)
        ? maxSize
        : Number.POSITIVE_INFINITY;
  if (Math.abs(value) <= limit) return;
  throw tooLarge(
    `${key} is ${value.toLocaleString('en-US')}; up to ${limit.toLocaleString('en-US')} is read`,
  );
}

function tooLarge(reason: string): UserError {
  return new UserError('M024', `config.json: ${reason}`, {
    hint: 'is it damaged, or made to keep a program busy? Compare it with the model on the hub',
  });
}
