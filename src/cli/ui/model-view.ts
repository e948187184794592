// A model or an adapter on a screen: what it is, its parts, what LoRA trains in it.
import type { ShownAdapter } from '../../app/model/show-adapter.ts';
import type { ShownModel } from '../../app/model/show-model.ts';
import type { Licence } from '../../model/model-card.ts';
import type { OutputStream } from '../context.ts';
import { formatBytes, formatCount, formatShare } from './format.ts';
import { type Ink, paint, visible } from './paint.ts';
import { renderTable } from './table.ts';
import { wrapLines } from './wrap.ts';

type Facts = [label: string, value: string | null][];

/** Everything but the memory table. */
export function renderModel(shown: ShownModel, style: OutputStream, everyModule: boolean): string {
  const ink = paint(style.color);
  const { parameters } = shown;
  const total = parameters.total === null ? [] : [`${formatCount(parameters.total)} parameters`];
  return [
    title(shown.id, [shown.architecture, ...total], ink),
    renderFacts(modelFacts(shown), style, ink),
    groupTable(shown, style),
    loraPart(shown, ink),
    layerTable(shown, style),
    everyModule && shown.lora ? `\n${moduleTable(shown.lora.modules, style)}` : '',
  ].join('');
}

/** An adapter, and the command that shows its base. */
export function renderAdapter(shown: ShownAdapter, style: OutputStream, everyModule: boolean): string {
  const ink = paint(style.color);
  const { adapter, lora } = shown;
  const targets = adapter.target_modules;
  const facts: Facts = [
    ['base model', adapter.base_model],
    ['base revision', adapter.base_revision],
    ['commit', shown.revision],
    ['r, alpha', adapter.r === null ? null : `${adapter.r}, ${adapter.lora_alpha ?? '–'}`],
    ['targets', targets && (typeof targets === 'string' ? targets : targets.join(', '))],
    ['saved whole', adapter.modules_to_save.join(', ') || null],
    [
      'parameters',
      lora.trainable === null ? null : `${formatCount(lora.trainable)} in ${lora.modules.length} modules`,
    ],
    [
      'stored',
      adapter.tensors &&
        `${formatBytes(adapter.tensors.bytes)} (${Object.keys(adapter.tensors.dtypes).join(', ')})`,
    ],
    ['licence', licenceText(shown.licence)],
  ];
  const modules = everyModule
    ? `\n${renderTable(
        [{ title: 'module' }, { title: 'parameters', align: 'right' }],
        lora.modules.map(({ name, trainable }) => [name, formatCount(trainable)]),
        style,
      )}`
    : '';
  return title(shown.id, [`adapter (${adapter.peft_type})`], ink) + renderFacts(facts, style, ink) + modules;
}

function title(id: string, parts: string[], ink: Ink): string {
  return `${ink.bold(visible(id))}  ${parts.map(visible).join(' · ')}\n`;
}

/** On a terminal label and value in two columns, the value in as many lines as it needs; else tab-separated. */
function renderFacts(facts: Facts, style: OutputStream, ink: Ink): string {
  const told = facts.filter((fact): fact is [string, string] => fact[1] !== null);
  if (!style.isTTY) return told.map(([label, value]) => `${label}\t${visible(value)}\n`).join('');
  const width = Math.max(...told.map(([label]) => label.length)) + 2;
  return told
    .map(([label, value]) => {
      const lines = wrapLines(visible(value), Math.max(style.columns - width - 2, 20));
      const indent = `\n${' '.repeat(width + 2)}`;
      return `  ${ink.dim(label.padEnd(width))}${lines.map((line) => line.trim()).join(indent)}\n`;
    })
    .join('');
}

function modelFacts(shown: ShownModel): Facts {
  const { sizes, tensors, chat_template: template, quantization } = shown;
  const several = template && template.names.length > 1 ? `: ${template.names.join(', ')}` : '';
  return [
    ['commit', shown.revision],
    [
      'shape',
      sizes &&
        `${sizes.layers} layers, hidden ${formatCount(sizes.hidden)}, ${sizes.heads} heads (${sizes.kvHeads} for keys and values), vocabulary ${formatCount(sizes.vocab)}`,
    ],
    ['context', contextText(shown.context)],
    [
      'tensors',
      tensors &&
        `${formatCount(tensors.count)}, ${formatBytes(tensors.bytes)} (${Object.keys(tensors.dtypes).join(', ')})`,
    ],
    [
      'stored as',
      quantization &&
        `${quantization.method}${quantization.bits === null ? '' : `, ${quantization.bits}-bit`}${quantization.group_size === null ? '' : `, groups of ${quantization.group_size}`}; counted as the model that it stands for`,
    ],
    // A lone config.json says nothing about its neighbours.
    ['chat template', template ? `${template.file}${several}` : shown.source === 'config' ? null : 'none'],
    ['can train', templateText(shown.template)],
    ['licence', licenceText(shown.licence) ?? (shown.source === 'config' ? null : 'not stated')],
  ];
}

/** What the chat template can train, with the reason for what it cannot. */
function templateText(template: ShownModel['template']): string | null {
  if (!template) return null;
  if ('reason' in template) return `not tried: ${template.reason}`;
  const named = Object.entries(template.parts).map(([name, part]) => ({
    name: name.replaceAll('_', ' '),
    ...part,
  }));
  const can = named.filter(({ trained }) => trained).map(({ name }) => name);
  const cannot = named.filter(({ trained }) => !trained).map(({ name, reason }) => `${name} (${reason})`);
  return [
    can.length > 0 ? can.join(', ') : 'nothing',
    ...(cannot.length > 0 ? [`not ${cannot.join(', ')}`] : []),
    ...(template.ends_turns ? [] : ['a turn has no end: plans will report T014']),
    ...(template.added_end ? [`${template.added_end} is added after the last answer`] : []),
    ...(template.writes_date ? ['it writes the date: a plan keeps one (dataset.template_date)'] : []),
    ...(template.prompt ? [`prompts end with ${JSON.stringify(template.prompt)}`] : []),
  ].join('; ');
}

function contextText({ tokens, rope, sliding_window: window }: ShownModel['context']): string | null {
  if (tokens === null) return null;
  const from = rope?.original_tokens ? ` from ${formatCount(rope.original_tokens)}` : '';
  const notes = [
    ...(rope ? [`${rope.type} rope${rope.factor === null ? '' : ` ×${rope.factor}`}${from}`] : []),
    ...(window !== null && window < tokens ? [`sliding window ${formatCount(window)}`] : []),
  ];
  return `${formatCount(tokens)} tokens${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`;
}

function licenceText(licence: Licence | null): string | null {
  if (!licence) return null;
  const more = [licence.name, licence.link].filter((each) => each !== null && each !== licence.id);
  return more.length > 0 ? `${licence.id} (${more.join(', ')})` : licence.id;
}

function groupTable(shown: ShownModel, style: OutputStream): string {
  const { groups } = shown;
  if (groups.length === 0) return '';
  const all = groups.reduce((sum, { parameters }) => sum + parameters, 0);
  const stored = shown.parameters.counted_by === null;
  return `\n${renderTable(
    [
      { title: 'part' },
      { title: stored ? 'tensors' : 'modules', align: 'right' },
      { title: stored ? 'stored elements' : 'parameters', align: 'right' },
      { title: 'share', align: 'right' },
    ],
    groups.map(({ group, tensors, parameters }) => [
      group,
      formatCount(tensors),
      formatCount(parameters),
      formatShare(parameters, all),
    ]),
    style,
  )}`;
}

function loraPart(shown: ShownModel, ink: Ink): string {
  const { lora, verified } = shown;
  if (!lora) return '';
  const given = Object.entries(lora.settings).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  const verdict = verified?.equal
    ? `  ${ink.green('PEFT counts the same')}, in sum and module by module\n`
    : verified
      ? `  ${ink.red('PEFT counts differently')}: ${formatCount(verified.trainable)} of ${formatCount(verified.total)}\n`
      : lora.counted_by === 'peft'
        ? '  counted by PEFT itself\n'
        : '';
  return [
    `\n${ink.bold('LoRA')}  ${visible(given.join(', '))}\n`,
    `  ${formatCount(lora.trainable)} of ${formatCount(lora.total)} parameters train (${formatShare(lora.trainable, lora.total)}) in ${lora.modules.length} modules\n`,
    verdict,
  ].join('');
}

type Trained = NonNullable<ShownModel['lora']>['modules'];

const sizeColumns = [
  { title: 'out', align: 'right' as const },
  { title: 'in', align: 'right' as const },
];

function moduleTable(modules: Trained, style: OutputStream): string {
  return renderTable(
    [{ title: 'module' }, ...sizeColumns, { title: 'trainable', align: 'right' }],
    modules.map((each) => [each.name, size(each.out), size(each.in), formatCount(each.trainable)]),
    style,
  );
}

/** Every layer, those that differ only by their number as one line, with what LoRA trains in it. */
function layerTable(shown: ShownModel, style: OutputStream): string {
  const counts = new Map<string, number[]>();
  for (const { name, trainable } of shown.lora?.modules ?? []) {
    const general = generalName(name);
    counts.set(general, [...(counts.get(general) ?? []), trainable]);
  }
  const listed = shown.layers.map((layer) => ({ ...layer, times: layer.count }));
  const others = [...counts.keys()]
    .filter((name) => !listed.some((layer) => layer.name === name))
    .map((name) => ({ name, out: 0, in: 0, times: counts.get(name)?.length ?? 0 }));
  const columns = [
    { title: 'module' },
    ...sizeColumns,
    { title: 'times', align: 'right' as const },
    { title: 'LoRA each', align: 'right' as const },
    { title: 'LoRA', align: 'right' as const },
  ];
  const rows = [...listed, ...others].map(({ name, out, in: into, times }) => {
    const trained = counts.get(name) ?? [];
    const lora =
      trained.length > 0 ? [each(trained), formatCount(trained.reduce((sum, n) => sum + n, 0))] : ['', ''];
    return [name, size(out), size(into), formatCount(times), ...lora];
  });
  return rows.length > 0 ? `\n${renderTable(columns, rows, style)}` : '';
}

function generalName(name: string): string {
  return name.replace(/\.\d+(?=\.)/g, '.*');
}

/** One figure, or the smallest and the largest if ranks differ. */
function each(counts: readonly number[]): string {
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  return low === high ? formatCount(low) : `${formatCount(low)} – ${formatCount(high)}`;
}

/** Nothing if a size is not known or makes no sense (a block, a norm). */
function size(value: number): string {
  return value === 0 ? '' : formatCount(value);
}
