// Codes of reaching the hub (E040–E049); what is wrong with a model itself has M codes (model/codes.ts).
import type { CodeDoc } from '../diagnostics/finding.ts';

export const hubCodes: CodeDoc[] = [
  {
    code: 'E040',
    name: 'hub-unreachable',
    severity: 'error',
    title: 'The hub cannot be reached.',
    prose:
      'No answer, or an error of the server. A local folder or file needs no hub. `HF_ENDPOINT` names a mirror, `HF_HUB_OFFLINE=1` uses what is cached and asks nobody.',
  },
  {
    code: 'E041',
    name: 'not-cached',
    severity: 'error',
    title: 'HF_HUB_OFFLINE is set, and the model or dataset is not in the cache.',
    prose:
      'Offline, a hub model must lie in the Hugging Face cache (`HF_HUB_CACHE`, `HF_HOME`, or ~/.cache/huggingface/hub) with the revision asked for. Fetch it once online (`hf download MODEL`), or name a local folder. A dataset is in the cache once a command has read it online.',
  },
];
