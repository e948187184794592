// `npm run build:native`: compiles each src/dataset/native/*.c to WebAssembly and writes it, as base64 with the hash of
// its source, into a module beside it. Needs clang and wasm-ld (Debian: clang lld). The result is committed: users and
// CI compile nothing, and a test holds the hash against the source.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './run.mjs';

const folder = join(root, 'src', 'dataset', 'native');
const flags = ['--target=wasm32', '-O3', '-nostdlib', '-mbulk-memory', '-Wall', '-Wextra', '-Werror'];
const link = ['-Wl,--no-entry', '-Wl,--strip-all', '-Wl,-z,stack-size=16384'];

const header = readFileSync(join(folder, 'everyday-row.h'));

for (const file of readdirSync(folder).filter((name) => name.endsWith('.c'))) {
  const source = join(folder, file);
  const dir = mkdtempSync(join(tmpdir(), 'lorch-native-'));
  const out = join(dir, 'out.wasm');
  execFileSync('clang', [...flags, ...link, '-o', out, source], { stdio: 'inherit' });
  const wasm = readFileSync(out);
  const sha256 = createHash('sha256').update(header).update(readFileSync(source)).digest('hex');
  const name = file.replace(/\.c$/, '-wasm.ts');
  writeFileSync(
    join(folder, name),
    `// Generated from ${file} by \`npm run build:native\`.\n\n/** SHA-256 of everyday-row.h and the source. */\nexport const sourceSha256 = '${sha256}';\n\n/** The module, in base64. */\nexport const wasmBase64 =\n  '${wasm.toString('base64')}';\n`,
  );
  rmSync(dir, { recursive: true });
  process.stdout.write(`${name}: ${wasm.length} bytes\n`);
}
