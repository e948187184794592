// Every command of lorch: one line each, loaded only when it is called.
import type { Command } from 'commander';
import type { Context } from '../context.ts';

export interface CommandModule {
  define(command: Command, context: Context): void;
}

export interface CommandEntry {
  /** The words a user types, e.g. `data check`. */
  name: string;
  summary: string;
  load(): Promise<CommandModule>;
}

export const commandGroups: { title: string; commands: CommandEntry[] }[] = [
  {
    title: 'Start here:',
    commands: [
      { name: 'init', summary: 'a new workspace with working samples', load: () => import('./init.ts') },
      {
        name: 'setup',
        summary: "make or repair the trainer's Python environment",
        load: () => import('./setup.ts'),
      },
      { name: 'doctor', summary: 'every part of this machine, explained', load: () => import('./doctor.ts') },
    ],
  },
  {
    title: 'Data:',
    commands: [
      {
        name: 'data check',
        summary: 'every fault by line and column, and where every row would go',
        load: () => import('./data-check.ts'),
      },
      {
        name: 'data mapping',
        summary: 'which field of a file holds what, as a mapping to use',
        load: () => import('./data-mapping.ts'),
      },
      {
        name: 'data stats',
        summary: 'rows, turns, characters and tokens',
        load: () => import('./data-stats.ts'),
      },
      {
        name: 'data review',
        summary: 'read random rows, and know how good the rest is',
        load: () => import('./data-review.ts'),
      },
      {
        name: 'data convert',
        summary: 'write a dataset in another format',
        load: () => import('./data-convert.ts'),
      },
      {
        name: 'data dedup',
        summary: 'near-duplicates and leaks, found exactly; the dataset without them',
        load: () => import('./data-dedup.ts'),
      },
      {
        name: 'data split',
        summary: 'train and validation files, and a ledger of every row',
        load: () => import('./data-split.ts'),
      },
      {
        name: 'data sample',
        summary: "rows drawn by the dataset's own permutation",
        load: () => import('./data-sample.ts'),
      },
      {
        name: 'data diff',
        summary: 'rows added, removed and changed between two versions',
        load: () => import('./data-diff.ts'),
      },
      {
        name: 'data versions',
        summary: 'where a dataset file came from, checked',
        load: () => import('./data-versions.ts'),
      },
    ],
  },
  {
    title: 'Model and config:',
    commands: [
      {
        name: 'model show',
        summary: 'architecture, tensors, LoRA parameters, memory',
        load: () => import('./model-show.ts'),
      },
      {
        name: 'model calibrate',
        summary: 'some real steps, so that forecasts fit this machine',
        load: () => import('./model-calibrate.ts'),
      },
      {
        name: 'model tiny',
        summary: 'a tiny random model, for trying things out',
        load: () => import('./model-tiny.ts'),
      },
      {
        name: 'config check',
        summary: 'every fault of a config, without planning',
        load: () => import('./config-check.ts'),
      },
      {
        name: 'config import',
        summary: 'a config of axolotl, LLaMA-Factory, Unsloth or TRL as one of lorch',
        load: () => import('./config-import.ts'),
      },
      {
        name: 'config render',
        summary: 'the exact PEFT, bitsandbytes and TRL objects',
        load: () => import('./config-render.ts'),
      },
      {
        name: 'config schema',
        summary: 'the JSON Schema of configs, for editors',
        load: () => import('./config-schema.ts'),
      },
    ],
  },
  {
    title: 'Runs:',
    commands: [
      {
        name: 'plan',
        summary: 'everything that would happen, nothing started',
        load: () => import('./plan.ts'),
      },
      { name: 'train', summary: 'plan, launch and follow a run', load: () => import('./train.ts') },
      {
        name: 'show',
        summary: 'one run: plan, progress, findings, results',
        load: () => import('./show.ts'),
      },
      { name: 'runs', summary: 'the runs on record', load: () => import('./runs.ts') },
      {
        name: 'logs',
        summary: 'what a trainer printed, or a run as it goes on',
        load: () => import('./logs.ts'),
      },
      { name: 'attach', summary: 'follow a run as `train` does', load: () => import('./attach.ts') },
      {
        name: 'queue',
        summary: 'what waits and why, what runs where and until when',
        load: () => import('./queue.ts'),
      },
      {
        name: 'queue move',
        summary: 'let a waiting run start earlier or later',
        load: () => import('./queue-move.ts'),
      },
      {
        name: 'queue hold',
        summary: 'keep a waiting run from starting',
        load: () => import('./queue-hold.ts'),
      },
      {
        name: 'queue release',
        summary: 'let a held run start again',
        load: () => import('./queue-release.ts'),
      },
      {
        name: 'gpus',
        summary: 'free and leased GPUs, and who else uses them',
        load: () => import('./gpus.ts'),
      },
      {
        name: 'host doctor',
        summary: 'what a run on another machine needs, part by part',
        load: () => import('./host-doctor.ts'),
      },
      {
        name: 'host list',
        summary: 'this machine and those of lorch.yaml',
        load: () => import('./host-list.ts'),
      },
      {
        name: 'host setup',
        summary: "make the trainer's Python environment on another machine",
        load: () => import('./host-setup.ts'),
      },
      { name: 'stop', summary: 'save a checkpoint and stop', load: () => import('./stop.ts') },
      { name: 'resume', summary: 'go on from the last checkpoint', load: () => import('./resume.ts') },
      {
        name: 'fetch',
        summary: 'bring the results of a run on another host',
        load: () => import('./fetch.ts'),
      },
      { name: 'rerun', summary: 'start a run again from its stored plan', load: () => import('./rerun.ts') },
      {
        name: 'compare',
        summary: 'what differs between runs, in settings and results',
        load: () => import('./compare.ts'),
      },
      { name: 'try', summary: 'base against adapter on held-out prompts', load: () => import('./try.ts') },
      { name: 'rm', summary: 'remove runs with their folders', load: () => import('./rm.ts') },
      { name: 'merge', summary: 'fold an adapter into its base', load: () => import('./merge.ts') },
    ],
  },
  {
    title: 'Help:',
    commands: [
      {
        name: 'db rebuild',
        summary: 'make the index of runs again from their folders',
        load: () => import('./db-rebuild.ts'),
      },
      { name: 'explain', summary: 'what a code means and what to do', load: () => import('./explain.ts') },
      {
        name: 'completion',
        summary: 'completion on Tab for bash, zsh and fish',
        load: () => import('./completion.ts'),
      },
    ],
  },
];
