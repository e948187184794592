// Which package versions the trainer works with. requirements.txt pins what `lorch setup` installs; an environment
// made by others may hold anything in these ranges. Each `from` is the oldest that the trainer's tests were run with
// (transformers 5.18, trl 1.13, peft 0.21.0 and accelerate 1.14 together), except if `why` gives another reason.

/** [from, below): both as dotted numbers. */
export interface VersionRange {
  package: string;
  from: string;
  below: string;
  /** The first thing that the trainer uses and an older version lacks. */
  why: string;
}

/** What `prepare` needs: tokenising without torch. */
export const tokenizerRanges: VersionRange[] = [
  { package: 'transformers', from: '5.18', below: '6', why: 'chat templates and Trainer arguments' },
  { package: 'tokenizers', from: '0.23.1', below: '1', why: 'what transformers 5.18 asks for' },
  { package: 'safetensors', from: '0.8', below: '1', why: 'the sequence files' },
  { package: 'numpy', from: '2.1', below: '3', why: 'the sequence files' },
  {
    package: 'jinja2',
    from: '3.1.6',
    below: '4',
    why: 'chat templates run in its sandbox, which is not safe in older versions',
  },
];

/** What training, merging and trying need beside it. */
export const trainerRanges: VersionRange[] = [
  ...tokenizerRanges,
  { package: 'torch', from: '2.10', below: '3', why: 'safe loading of checkpoints is broken before' },
  { package: 'accelerate', from: '1.14', below: '2', why: 'the Trainer of transformers' },
  { package: 'peft', from: '0.21', below: '0.22', why: 'LoraConfig fields, counts and parameter names' },
  { package: 'trl', from: '1.13', below: '2', why: 'SFTConfig fields and the loss' },
  { package: 'bitsandbytes', from: '0.50', below: '1', why: '4-bit kernels, on the CPU too' },
  { package: 'datasets', from: '5.0', below: '6', why: 'feeding the rows' },
];

/** The number parts of a version; a local part (`+cpu`) and a pre-release tail are left out. */
function numbers(version: string): number[] {
  const release = /^\d+(\.\d+)*/.exec(version)?.[0] ?? '0';
  return release.split('.').map(Number);
}

/** Compares two dotted versions by their release numbers: negative, zero or positive. */
export function compareVersions(a: string, b: string): number {
  const left = numbers(a);
  const right = numbers(b);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export interface PackageState {
  package: string;
  version: string | null;
  range: string;
  why: string;
  state: 'good' | 'missing' | 'too old' | 'too new';
}

/** Holds installed versions (null: not installed) against ranges. */
export function checkPackages(
  installed: Readonly<Record<string, string | null>>,
  ranges: readonly VersionRange[],
): PackageState[] {
  return ranges.map((range) => {
    const version = installed[range.package] ?? null;
    return {
      package: range.package,
      version,
      range: `>=${range.from}, <${range.below}`,
      why: range.why,
      state: packageState(version, range),
    };
  });
}

function packageState(version: string | null, range: VersionRange): PackageState['state'] {
  if (version === null) return 'missing';
  if (compareVersions(version, range.from) < 0) return 'too old';
  return compareVersions(version, range.below) < 0 ? 'good' : 'too new';
}
