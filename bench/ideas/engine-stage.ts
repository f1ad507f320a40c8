/** Stages in front of a kind of the engine, with leaves of two bytes: in its memory, behind the keys. */
import type { TableContender } from '../../src/bench/contender.ts';
import { engineModuleSync } from '../../src/engine/open-research-node.ts';
import { ResearchTable } from '../../src/engine/research-table.ts';
import type { TableRow } from '../../src/tables/collect.ts';
import { SCRATCH_RESULTS_OFFSET, SECTION_BUFFERS, SECTION_SCRATCH } from '../../assembly/layout.ts';
import { stageModule } from '../compile-as.ts';
import { StageContender, type Stage } from './stage.ts';

export type BaseKind = 'dir18-run' | 'dir24-8';

export interface EngineStageOptions {
  /** What the contender is called. */
  readonly kind: string;
  /** bench/ideas/<file>.as */
  readonly file: string;
  readonly base: BaseKind;
  /** Bytes behind the keys. */
  readonly workBytes: number;
  /** For `prepare`, behind the place of the work. */
  readonly numbers?: readonly number[];
  /** What is to be done before a trace is looked up. `free`: behind what `prepare` took. */
  readonly onKeys?: (keys: Uint32Array, made: MadeStage) => void;
}

export interface MadeStage {
  readonly stage: Stage;
  readonly table: ResearchTable;
  readonly memory: WebAssembly.Memory;
  readonly free: number;
}

/** `keys`: the most that will be looked up. Throws what ResearchTable.build throws. */
export function engineStage(
  rows: readonly TableRow[],
  keys: number,
  { kind, file, base, workBytes, numbers = [], onKeys }: EngineStageOptions,
): TableContender {
  const start = performance.now();
  const table = ResearchTable.build(engineModuleSync(), rows, {
    kind: base,
    leafBytes: 2,
    family: 4,
    keyBytes: 4 * keys + workBytes,
  });
  const { engine } = table;
  const memory = engine.memory.memory as WebAssembly.Memory;
  const keysAt = engine.memory.offset(SECTION_BUFFERS);
  const out = engine.memory.offset(SECTION_SCRATCH) + SCRATCH_RESULTS_OFFSET;
  // The function itself, so that one module calls the other without JavaScript in between.
  const { lookup } = engine.exports as unknown as Readonly<Record<string, WebAssembly.ExportValue>>;
  const imports = { env: { memory }, engine: { lookup: lookup! } };
  const module = stageModule(`ideas/${file}`, ['ideas/batch']);
  const stage = new WebAssembly.Instance(module, imports).exports as unknown as Stage;
  const free = stage.prepare(keysAt + 4 * keys, ...numbers);
  return new StageContender({
    kind,
    stage,
    memory,
    out,
    room: () => keysAt,
    ...(onKeys === undefined
      ? {}
      : { onKeys: (own: Uint32Array) => onKeys(own, { stage, table, memory, free }) }),
    readerBytes: table.readerBytes + workBytes,
    buildMs: performance.now() - start,
  });
}
