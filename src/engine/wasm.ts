import { instantiateSync } from '@assemblyscript/loader';
import type { EngineModule, WasmMemory } from './engine-module.ts';
import { EngineError } from './errors.ts';

/** What assembly/index.ts exports; a test holds the two together. Pointers are byte offsets into the memory. */
export interface EngineExports extends Record<string, unknown> {
  /** 1 when the memory was laid out by the layout the module was compiled with. */
  checkLayout(): number;
  publish(snapshot: number): number;
  /** 1 when no reader sees any more what was retired with this epoch. */
  quiesced(epoch: number): number;
  process(worker: number, first: number, count: number): void;
  fibInit(): void;
  fibBegin(): void;
  fibRollback(): void;
  lookup(
    worker: number,
    instanceId: number,
    family: number,
    table: number,
    keys: number,
    out: number,
    count: number,
  ): void;
  lookupOne4(worker: number, instanceId: number, table: number, scratch: number, address: number): number;
  lpmCaps(kind: number): number;
  lpmAtomicity(kind: number): number;
  lpmFootprint(kind: number, family: number, specs: number, count: number): number;
  lpmBuild(kind: number, family: number, specs: number, count: number): number;
  lpmInsert(kind: number, root: number, spec: number): number;
  lpmRemove(kind: number, root: number, spec: number): number;
  lpmApply(kind: number, family: number, root: number, specs: number, count: number): number;
  lpmAbandon(kind: number, family: number, root: number): void;
  lpmPrepare(kind: number, family: number, root: number): number;
  lpmCommit(kind: number, root: number): number;
  lpmDestroy(kind: number, family: number, root: number): void;
  lpmNext(kind: number, family: number, root: number, spec: number): number;
  lpmReaderBytes(kind: number, root: number): number;
  lpmEstimate(kind: number, root: number, spec: number): number;
  lpmCount(kind: number, family: number, root: number, spec: number): number;
  lpmConvert(from: number, family: number, root: number, to: number, spec: number): number;
  lpmMakeRoom(family: number, prefixes: number): void;
  lpmBatch(kind: number, family: number, root: number, keys: number, out: number, count: number): void;
  planSplit(frame: number, bytes: number, plan: number): number;
  split(
    frame: number,
    bytes: number,
    slots: number,
    stride: number,
    count: number,
    room: number,
    plan: number,
  ): number;
  coalesce(
    slots: number,
    stride: number,
    count: number,
    out: number,
    outBytes: number,
    frames: number,
    work: number,
    flags: number,
  ): number;
  udpRuns(
    slots: number,
    stride: number,
    count: number,
    base: number,
    pieces: number,
    runs: number,
    work: number,
  ): number;
}

/**
 * Instantiates an engine module over a memory that EngineMemory has laid out. Throws EngineError on a module of
 * another layout, or one that was built for the other kind of memory: shared, or not.
 */
export function instantiateEngine(module: EngineModule, memory: WasmMemory): EngineExports {
  const exports = instantiate(module, memory);
  if (exports.checkLayout() !== 1)
    throw new EngineError('bad-module', 'layout', 1, 0, 'a module of another version');
  return exports;
}

function instantiate(module: EngineModule, memory: WasmMemory): EngineExports {
  try {
    const env = { memory: memory as WebAssembly.Memory, abort };
    return instantiateSync<EngineExports>(module, { env }).exports;
  } catch (error) {
    if (error instanceof WebAssembly.LinkError)
      throw new EngineError('bad-module', 'imports', 1, 0, 'a module for the other kind of memory');
    throw error;
  }
}

/** Only debug builds import it: an assertion of the engine failed. */
function abort(_message: number, _file: number, line: number, column: number): never {
  throw new Error(`engine: assertion failed at line ${line}, column ${column}`);
}
