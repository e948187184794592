// Where a dataset of another tool is: a file, or a repository of the hub.
import type { Outcome } from './setting.ts';

/** The path for lorch, or why there is none. */
export function datasetPath(value: unknown): { path: string } | { reason: string } {
  const text = String(value).trim();
  if (/^(?:https?|s3|gs|gcs|az):/.test(text)) return { reason: 'download it and name the file' };
  if (/^hf:\/\//.test(text)) return { path: text };
  if (/^[./~]|\.(?:jsonl?|ndjson|csv|tsv|parquet|txt)(?:\.\w+)?$|\*/.test(text))
    return { path: text.replace(/^\.\//, '') };
  if (/^[\w.-]+\/[\w.-]+$/.test(text)) return { path: `hf://datasets/${text}` };
  return {
    reason: `${JSON.stringify(text)} is neither a file nor a user/name of the hub; name the file under dataset.train`,
  };
}

/** The path as the value of a setting. */
export function datasetOutcome(setting: string, value: unknown): Outcome {
  const found = datasetPath(value);
  return 'path' in found ? { set: { [setting]: found.path } } : { refuse: found.reason };
}
