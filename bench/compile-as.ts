/** Benches' own stages in WebAssembly, over the engine's memory or one of their own. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Engine } from '../src/engine/engine.ts';
import { checkoutFolder } from './native-harness.ts';

const OPTIONS = ['--runtime', 'stub', '--importMemory', '--enable', 'simd', '-O3'];

const compiled = new Map<string, WebAssembly.Module>();

/** The exports of bench/<name>.as over an engine's memory. */
export function compileStage(name: string, engine: Engine): Readonly<Record<string, unknown>> {
  const env = { memory: engine.memory.memory as WebAssembly.Memory };
  return new WebAssembly.Instance(stageModule(name), { env }).exports;
}

/** bench/<name>.as, compiled once; `parts`: other files bench/<part>.as that it imports as './<base name>'. */
export function stageModule(name: string, parts: readonly string[] = []): WebAssembly.Module {
  const module = compiled.get(name) ?? compile(name, parts);
  compiled.set(name, module);
  return module;
}

/** The compiler runs as a program: its types would change those of `console`. */
function compile(name: string, parts: readonly string[]): WebAssembly.Module {
  const root = checkoutFolder();
  const folder = mkdtempSync(join(tmpdir(), 'pxtr-stage-'));
  try {
    copyFileSync(join(root, `bench/${name}.as`), join(folder, 'stage.ts'));
    for (const part of parts) {
      copyFileSync(join(root, `bench/${part}.as`), join(folder, `${basename(part)}.ts`));
    }
    const asc = join(root, 'node_modules/assemblyscript/bin/asc.js');
    const files = ['stage.ts', '--baseDir', folder, '--outFile', 'stage.wasm'];
    execFileSync(process.execPath, [asc, ...files, ...OPTIONS], { stdio: ['ignore', 'ignore', 'pipe'] });
    return new WebAssembly.Module(readFileSync(join(folder, 'stage.wasm')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
