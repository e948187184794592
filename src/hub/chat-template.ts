// Where a model keeps its chat template: a file of its own, or a field of tokenizer_config.json.
import type { ModelSource } from './source.ts';

export interface ChatTemplate {
  /** The file that holds it. */
  file: string;
  /** Names, if there are several; `default` is what is used unless another is asked for. */
  names: string[];
}

const own = 'chat_template.jinja';
const more = /^additional_chat_templates\/([^/]+)\.jinja$/;

/** Null if there is none: such a model was never taught a conversation's form. */
export async function findChatTemplate(
  source: Pick<ModelSource, 'files' | 'read'>,
): Promise<ChatTemplate | null> {
  const { files } = source;
  if (files.includes(own)) {
    const others = files.flatMap((file) => more.exec(file)?.[1] ?? []);
    return { file: own, names: ['default', ...others] };
  }
  for (const file of ['chat_template.json', 'tokenizer_config.json']) {
    if (!files.includes(file)) continue;
    const names = namesIn(await source.read(file));
    if (names.length > 0) return { file, names };
  }
  return null;
}

/** transformers reads one text, or a list of named ones. */
function namesIn(bytes: Uint8Array): string[] {
  let template: unknown;
  try {
    template = (JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown> | null)?.chat_template;
  } catch {
    return [];
  }
  if (typeof template === 'string') return template === '' ? [] : ['default'];
  if (!Array.isArray(template)) return [];
  return template.flatMap((each: { name?: unknown } | null) =>
    typeof each?.name === 'string' ? [each.name] : [],
  );
}
