// New tokens on a plan's screen: which ids they get, whether the matrices grow, and what trains of them.
import type { Plan, PlannedTokenizer } from '../../run/plan.ts';
import { formatCount } from './format.ts';

const shown = 6;

/** Empty without new tokens. */
export function tokenizerLines(plan: Plan): string[] {
  const { tokenizer } = plan;
  if (!tokenizer) return [];
  return [tokensLine(tokenizer), embeddingLine(tokenizer), trainedLine(plan, tokenizer)].filter(
    (line) => line !== '',
  );
}

function tokensLine({ added }: PlannedTokenizer): string {
  const names = added
    .slice(0, shown)
    .map(({ token, id, special }) => `${token} ${id}${special ? ' (special)' : ''}`);
  const more = added.length > shown ? ` and ${formatCount(added.length - shown)} more` : '';
  return `+${formatCount(added.length)} token${added.length === 1 ? '' : 's'} (${idsText(added.map(({ id }) => id))}): ${names.join(', ')}${more}`;
}

/** `ids 32,000–32,001`; ids are consecutive unless a vocabulary has gaps. */
function idsText(ids: readonly number[]): string {
  const [first = 0] = ids;
  const last = ids.at(-1) ?? first;
  return first === last ? `id ${first}` : `ids ${first}–${last}`;
}

function embeddingLine({ embedding, init, pad_to_multiple_of }: PlannedTokenizer): string {
  const start = `new rows start as ${starts[init]}`;
  if (!embedding) return `the trainer makes the embedding longer if needed; ${start}`;
  const { before, after } = embedding;
  if (before === after) {
    const unused = pad_to_multiple_of === null ? '' : ', so pad_to_multiple_of is not needed';
    return `the embedding keeps its ${formatCount(before)} rows and has enough spare ones${unused}; ${start}`;
  }
  const padded = pad_to_multiple_of === null ? '' : `, a multiple of ${pad_to_multiple_of}`;
  return `embedding ${formatCount(before)} → ${formatCount(after)} rows${padded}; ${start}`;
}

const starts: Record<PlannedTokenizer['init'], string> = {
  mean: 'the mean of the old ones',
  pieces: 'the mean of the tokens that the text was split into before',
  zero: 'zeros',
};

/** By module: only the new rows, or all rows if modules_to_save says so. */
function trainedLine({ lora, forecast }: Plan, { added, embedding }: PlannedTokenizer): string {
  const rows = lora.trainable_token_indices;
  const saved = Array.isArray(lora.modules_to_save) ? lora.modules_to_save.map(String) : [];
  const modules = forecast.parameters?.modules ?? [];
  const byRow = rows !== null && typeof rows === 'object' && !Array.isArray(rows) ? Object.keys(rows) : [];
  const trained = modules.filter(({ name }) => byRow.some((end) => name.endsWith(end)));
  const whole = modules.filter(
    ({ name, trainable }) =>
      saved.some((end) => name.endsWith(end)) && embedding !== null && trainable % embedding.after === 0,
  );
  const parts = [
    ...trained.map(({ name, trainable }) => `${leaf(name)} (${formatCount(trainable)} parameters)`),
    ...whole.map(({ name }) => `${leaf(name)} (all its rows)`),
  ];
  if (parts.length === 0) return '';
  const own =
    trained.length > 0 && trained.length + whole.length === 1
      ? ', which shares its weight with the head'
      : '';
  return `the ${added.length === 1 ? 'new row trains' : 'new rows train'} in ${parts.join(' and ')}${own}`;
}

function leaf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
