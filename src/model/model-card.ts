// What a model card says beside its prose: the licence, and what the model was made from.

export interface Licence {
  /** SPDX-like id as the hub uses it; `other` if the card names its own. */
  id: string;
  name: string | null;
  link: string | null;
}

export interface ModelCard {
  licence: Licence | null;
  /** Hub ids of the models that this one was tuned or quantized from. */
  baseModels: string[];
}

/** Reads the metadata of a card: the YAML block of README.md, or `cardData` of the hub's answer. */
export function readModelCard(data: unknown): ModelCard {
  const card = typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
  const id = texts(card.license).join(' or ');
  return {
    licence: id ? { id, name: text(card.license_name), link: text(card.license_link) } : null,
    baseModels: texts(card.base_model),
  };
}

/** The scalar and list fields at the top level of a README's YAML block; deeper ones are not asked for. */
export function readFrontMatter(readme: string): Record<string, string | string[]> {
  const block = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---\s*(\r?\n|$)/.exec(readme)?.[1];
  const fields: Record<string, string | string[]> = {};
  let list: string[] | null = null;
  for (const line of (block ?? '').split(/\r?\n/)) {
    const item = /^\s*-\s+(.*)$/.exec(line);
    const field = /^([A-Za-z_]\w*):\s*(.*)$/.exec(line);
    if (item) list?.push(unquote(item[1] ?? ''));
    else if (field) {
      const [, key = '', value = ''] = field;
      list = value === '' ? [] : null;
      fields[key] = list ?? inlineList(value) ?? unquote(value);
    }
  }
  return fields;
}

function inlineList(value: string): string[] | null {
  const inside = /^\[(.*)\]\s*$/.exec(value)?.[1];
  return inside === undefined ? null : inside.split(',').map(unquote).filter(Boolean);
}

function unquote(value: string): string {
  const quoted = /^\s*(["'])(.*)\1\s*(#.*)?$/.exec(value);
  return quoted ? (quoted[2] ?? '') : value.replace(/\s+#.*$/, '').trim();
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter(
    (each): each is string => typeof each === 'string' && each !== '',
  );
}
