// Codes of reaching the hub (E040–E049); what is wrong with a model itself has M codes (model/codes.ts).
import type { CodeDoc } from '../diagnostics/finding.ts';

export const hubCodes: CodeDoc[] = [
  {
    code: 'E040',
    name: 'hub-unreachable',
    severity: 'error',
    title: 'The hub cannot be reached.',
    prose:
      'No answer, or an error of the server. If the server is busy (429) or fails (5xx), lorch asks four times, and waits as long as the server says, up to a minute each. A local folder or file needs no hub. `HF_ENDPOINT` names a mirror, `HF_HUB_OFFLINE=1` uses only the cache. The same code is given if the answer is not that of a hub, for example with a commit that is not 40 hexadecimal digits; then nothing is read or written.',
  },
  {
    code: 'E041',
    name: 'not-cached',
    severity: 'error',
    title: 'HF_HUB_OFFLINE is set, and the model or dataset is not in the cache.',
    prose:
      'Offline, a hub model must be in the Hugging Face cache (`HF_HUB_CACHE`, `HF_HOME`, or ~/.cache/huggingface/hub) with the revision asked for. Fetch it once online (`hf download MODEL`), or name a local folder. A dataset is in the cache once a command has read it online. `lorch model show` also takes the facts of a model that it read online once; training needs the weights themselves.',
  },
  {
    code: 'E042',
    name: 'token-refused',
    severity: 'error',
    title: 'The hub does not accept your token.',
    prose:
      'The token in HF_TOKEN, or the one that `hf auth login` stored, has expired, was revoked, or belongs to another endpoint. Make a new one in your account; without any token, public models and datasets are read all the same.',
  },
];
