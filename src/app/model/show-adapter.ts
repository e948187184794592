// `lorch model show` of an adapter: what it was trained on and what it contains.
import type { Finding } from '../../diagnostics/finding.ts';
import type { ResolvedAdapter } from '../../hub/resolve-model.ts';
import type { AdapterFacts } from '../../model/adapter-config.ts';
import type { Licence } from '../../model/model-card.ts';

export interface ShownAdapter {
  kind: 'adapter';
  id: string;
  source: ResolvedAdapter['source'];
  path: string | null;
  revision: string | null;
  /** The architecture of the base; an adapter has none. */
  architecture: null;
  licence: Licence | null;
  /** Total of base and adapter; not known without the base. */
  parameters: { total: null; counted_by: null };
  adapter: Omit<AdapterFacts, 'settings' | 'modules'>;
  /** `trainable` counts what the adapter's file contains; null if there is no safetensors file. */
  lora: {
    settings: Record<string, unknown>;
    trainable: number | null;
    total: null;
    modules: AdapterFacts['modules'];
  };
  memory: null;
  findings: Finding[];
}

/** The facts of an adapter, as they are shown. */
export function showAdapter({ id, source, path, revision, adapter, card }: ResolvedAdapter): ShownAdapter {
  const { settings, modules, ...named } = adapter;
  return {
    kind: 'adapter',
    id,
    source,
    path,
    revision,
    architecture: null,
    licence: card.licence,
    parameters: { total: null, counted_by: null },
    adapter: named,
    lora: { settings, trainable: adapter.tensors?.parameters ?? null, total: null, modules },
    memory: null,
    findings: [],
  };
}
