// Engines of each build of the module, for suites that run on all of them.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SECTION_WORK, WORK_SKIP_OFFSET } from '../../assembly/layout.ts';
import { Engine, type EngineOptions } from '../../src/engine/engine.ts';

export type EngineBuild = 'release' | 'debug' | 'shared' | 'research' | 'research-debug' | 'traced';

export const ENGINE_BUILDS: readonly EngineBuild[] = ['release', 'debug', 'shared'];

const FILES: Readonly<Record<EngineBuild, string>> = {
  release: 'engine.wasm',
  debug: 'engine.debug.wasm',
  shared: 'engine.shared.wasm',
  research: 'research.wasm',
  'research-debug': 'research.debug.wasm',
  traced: 'traced.wasm',
};
const modules = new Map<EngineBuild, WebAssembly.Module>();

export function engineModule(build: EngineBuild): WebAssembly.Module {
  let module = modules.get(build);
  if (module === undefined) {
    const path = fileURLToPath(new URL(`../../build/${FILES[build]}`, import.meta.url));
    module = new WebAssembly.Module(new Uint8Array(readFileSync(path)));
    modules.set(build, module);
  }
  return module;
}

export function makeEngine(build: EngineBuild, options: EngineOptions = {}): Engine {
  return Engine.open(engineModule(build), { shared: build === 'shared', ...options });
}

const SKIPPED_FOR_GOOD = 0xffff_ffff;

/** An engine that does not try the express lane: all packets go the ordinary way. */
export function makeOrdinaryEngine(build: EngineBuild, options: EngineOptions = {}): Engine {
  const engine = makeEngine(build, options);
  engine.memory.view.setUint32(skipOffset(engine), SKIPPED_FOR_GOOD, true);
  return engine;
}

/** Batches for which worker 0 still does not try the express lane. */
export function skippedBatches(engine: Engine): number {
  return engine.memory.view.getUint32(skipOffset(engine), true);
}

function skipOffset(engine: Engine): number {
  return engine.memory.offset(SECTION_WORK) + WORK_SKIP_OFFSET;
}
