// Which part of a model a tensor or module belongs to, by its name.

const groupNames = [
  'embedding',
  'attention',
  'mlp',
  'experts',
  'router',
  'norms',
  'head',
  'vision',
  'audio',
  'other',
] as const;

type GroupName = (typeof groupNames)[number];

export interface TensorGroup {
  group: GroupName;
  tensors: number;
  parameters: number;
}

/** The first that fits decides: a norm inside attention is a norm, everything in a vision tower is vision. */
const rules: [RegExp, GroupName][] = [
  [
    /(^|\.)(vision\w*|visual|image\w*|multi_modal_projector|mm_projector|img_\w+|patch_embed\w*)(\.|$)/,
    'vision',
  ],
  [/(^|\.)(audio\w*|speech\w*|embed_audio)(\.|$)/, 'audio'],
  [/(^|\.)[^.]*(norm|layernorm|ln_\d|ln_f|ln_attn|ln_mlp)[^.]*(\.(weight|bias))?$/i, 'norms'],
  [/\.(router|block_sparse_moe\.gate|mlp\.gate|mlp\.shared_expert_gate)(\.|$)/, 'router'],
  [/\.experts(\.|$)/, 'experts'],
  [/(^|\.)[^.]*attn[^.]*\.|(^|\.)[^.]*attention[^.]*\./, 'attention'],
  [/(^|\.)(mlp|feed_forward|ffn|fc1|fc2|shared_experts?|block_sparse_moe)(\.|$)/, 'mlp'],
  [/(^|\.)(lm_head|embed_out|output|score)(\.(weight|bias))?$/, 'head'],
  [
    /(^|\.)(embed_tokens|embed_positions|embed_in|word_embeddings|tok_embeddings|wte|wpe|embed\w*)(\.|$)/,
    'embedding',
  ],
];

/** The part of the model that carries this name. */
function groupOf(name: string): GroupName {
  return rules.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';
}

/** Sums by group, in the order of a forward pass; groups without tensors are left out. */
export function groupTensors(entries: Iterable<{ name: string; parameters: number }>): TensorGroup[] {
  const sums = new Map<GroupName, TensorGroup>();
  for (const { name, parameters } of entries) {
    const group = groupOf(name);
    const sum = sums.get(group) ?? { group, tensors: 0, parameters: 0 };
    sum.tensors += 1;
    sum.parameters += parameters;
    sums.set(group, sum);
  }
  return groupNames.flatMap((name) => sums.get(name) ?? []);
}
