/** Benches' own stages in WebAssembly, over the engine's memory. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../src/engine/engine.ts';
import { checkoutFolder } from './native-harness.ts';

const OPTIONS = ['--runtime', 'stub', '--importMemory', '--enable', 'simd', '-O3'];

const compiled = new Map<string, WebAssembly.Module>();

/** The exports of bench/<name>.as over an engine's memory. */
export function compileStage(name: string, engine: Engine): Readonly<Record<string, unknown>> {
  const module = compiled.get(name) ?? compile(name);
  compiled.set(name, module);
  const env = { memory: engine.memory.memory as WebAssembly.Memory };
  return new WebAssembly.Instance(module, { env }).exports;
}

/** The compiler runs as a program: its types would change those of `console`. */
function compile(name: string): WebAssembly.Module {
  const root = checkoutFolder();
  const folder = mkdtempSync(join(tmpdir(), 'pxtr-stage-'));
  try {
    copyFileSync(join(root, `bench/${name}.as`), join(folder, 'stage.ts'));
    const asc = join(root, 'node_modules/assemblyscript/bin/asc.js');
    const files = ['stage.ts', '--baseDir', folder, '--outFile', 'stage.wasm'];
    execFileSync(process.execPath, [asc, ...files, ...OPTIONS], { stdio: ['ignore', 'ignore', 'pipe'] });
    return new WebAssembly.Module(readFileSync(join(folder, 'stage.wasm')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
