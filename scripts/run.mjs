// Running programs from the scripts: output shown or captured, never a shell.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Runs a program in the checkout and resolves to {code, stdout}; `code` is null where it could not be started.
 * `show` passes its output through; otherwise stdout is captured and stderr shown (or dropped with `quiet`).
 */
export function run(program, args, { env = {}, show = false, quiet = false, cwd = root } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', show ? 'inherit' : 'pipe', quiet ? 'ignore' : 'inherit'],
    });
    let stdout = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.on('error', () => resolve({ code: null, stdout }));
    child.on('close', (code, signal) => resolve({ code: code ?? (signal ? 128 : 1), stdout }));
  });
}

/** `lorch` as it was built here. */
export const lorch = (args, options) =>
  run(process.execPath, [join(root, 'dist', 'bin.js'), ...args], options);

/** 1 m 05 s. */
export function duration(ms) {
  const seconds = Math.round(ms / 1000);
  return seconds < 60
    ? `${seconds} s`
    : `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, '0')} s`;
}
