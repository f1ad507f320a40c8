// Real threads: one writer that publishes without pause, readers that look without pause. A look is torn when it finds
// two generations in one batch. Short in `npm test`, a minute with `npm run test:stress`.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import * as layout from '../../assembly/layout.ts';
import { hostPrefix, ipv4, word } from '../../src/base/ip.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { EngineError } from '../../src/engine/errors.ts';
import type { LpmKind } from '../../src/engine/lpm.ts';
import { engineModule, makeEngine } from './engine-builds.ts';
import { connected, packetOf, SITE } from './forwarding-support.ts';

const IS_LONG = process.env['PXTR_LONG'] === '1';
const GRACE_MS = IS_LONG ? 60_000 : 400;
const NO_GRACE_MS = IS_LONG ? 5000 : 0;
/** However slow the machine. */
const LIMIT_MS = GRACE_MS + 30_000;

const READERS = 2;
const ADDRESSES = Array.from({ length: 48 }, (_, i) => ipv4((0x0b00_0000 + i * 0x0013_5701) >>> 0));
const PACKETS = ADDRESSES.slice(0, 32).map((destination) => packetOf(4, { destination }));
/** Slots of one thread: its packets, and two buffers for keys and results. */
const SLOTS = PACKETS.length + 2;
/** The engine knows this one by routes, the default one by entries and policy. */
const ROUTES_INSTANCE = 5;
/** Word 0 of the control array says stop; then batches and torn of each thread. */
const COUNTERS = 2;

/** dir24-8 is changed as dir18-run is, and needs ten times the memory. */
const KINDS = ['linear', 'patricia', 'dir18-run'] as const;
/** A batch may see addresses before and after a change. */
const IN_PLACE: readonly LpmKind[] = ['dir18-run'];

interface Outcome {
  readonly batches: number;
  readonly publishes: number;
  /** Publishes that were refused since readers held what they needed. */
  readonly refused: number;
  readonly torn: number;
}

function makeStressEngine(flags: number, lpm: LpmKind): Engine {
  // Just room for three generations, so that each publish reuses what an earlier one retired.
  const count = ADDRESSES.length;
  const engine = makeEngine('shared', {
    workers: READERS + 1,
    buffers: (READERS + 1) * SLOTS,
    entries: 3 * count,
    buckets: 3 * count,
    rewrites: 3,
    nextHops: 8,
    fibBytes: layout.ARENA_HEADER_BYTES + (IN_PLACE.includes(lpm) ? 10 << 20 : 32 * 1024),
    flags,
    // In place, a table of each kind of use that is looked at.
    lpm: IN_PLACE.includes(lpm) ? { cache: lpm, routes: lpm, policy: 'patricia' } : lpm,
  });
  engine.setPolicy({ instanceId: 0, prefix: hostPrefix(SITE[4].eid) }, layout.POLICY_ITR_SOURCE);
  setGeneration(engine, 0);
  engine.publish();
  return engine;
}

function setGeneration(engine: Engine, generation: number): void {
  const mark = generation & 0xffff;
  const target = {
    source: ipv4(0xc000_0000 + mark),
    destination: ipv4(0xc633_0000 + mark),
    priority: 1,
    weight: 1,
    nextHop: connected(1),
  };
  for (const address of ADDRESSES) {
    const prefix = hostPrefix(address);
    engine.setEntry({ eid: { instanceId: 0, prefix }, action: layout.ACTION_FORWARD, targets: [target] });
    engine.setRoute(ROUTES_INSTANCE, prefix, connected(mark, 1500));
  }
}

async function startReader(
  engine: Engine,
  isInPlace: boolean,
  worker: number,
  control: SharedArrayBuffer,
): Promise<Worker> {
  const { memory } = engine;
  const first = worker * SLOTS;
  const buffer = memory.offset(layout.SECTION_BUFFERS) + first * layout.BUFFER_BYTES;
  const keys = buffer + PACKETS.length * layout.BUFFER_BYTES;
  ADDRESSES.forEach((address, i) => memory.view.setUint32(keys + 4 * i, word(address, 0), true));
  const reader = new Worker(new URL('./snapshot-reader.mjs', import.meta.url), {
    workerData: {
      module: engineModule('shared'),
      memory: memory.memory,
      worker,
      control,
      layout: { ...layout },
      plan: {
        isInPlace,
        first,
        buffer,
        descriptor: memory.offset(layout.SECTION_DESCRIPTORS) + first * layout.DESC_BYTES,
        packets: PACKETS,
        keys,
        out: keys + layout.BUFFER_BYTES,
        count: ADDRESSES.length,
        routesInstance: ROUTES_INSTANCE,
        stopAt: 0,
        countersAt: 1,
        counters: COUNTERS,
      },
    },
  });
  await once(reader, 'message');
  return reader;
}

/** Publishes until `isEnough`, for at most LIMIT_MS. */
async function run(
  flags: number,
  lpm: LpmKind,
  isEnough: (outcome: Outcome, elapsedMs: number) => boolean,
): Promise<Outcome> {
  const engine = makeStressEngine(flags, lpm);
  const control = new SharedArrayBuffer(4 * (1 + COUNTERS * (READERS + 1)));
  const counts = new Int32Array(control);
  const workers = Array.from({ length: READERS }, (_, i) => i + 1);
  const readers = await Promise.all(
    workers.map((worker) => startReader(engine, IN_PLACE.includes(lpm), worker, control)),
  );
  const sum = (which: number): number =>
    workers.reduce((total, worker) => total + Atomics.load(counts, 1 + worker * COUNTERS + which), 0);
  let publishes = 0;
  let refused = 0;
  const outcome = (): Outcome => ({ batches: sum(0), publishes, refused, torn: sum(1) });
  const start = performance.now();
  for (let generation = 1; ; generation++) {
    const elapsed = performance.now() - start;
    if (isEnough(outcome(), elapsed) || elapsed > LIMIT_MS) break;
    setGeneration(engine, generation);
    try {
      engine.publish();
      publishes++;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      refused++;
    }
  }
  Atomics.store(counts, 0, 1);
  await Promise.all(readers.map((reader) => once(reader, 'exit')));
  return outcome();
}

function print(title: string, { batches, publishes, refused, torn }: Outcome): void {
  console.log(`${title}: ${batches} batches, ${publishes} publishes, ${refused} refused, ${torn} torn`);
}

describe.each(KINDS)(`${READERS} readers and a writer in threads, %s tables`, (lpm) => {
  it('with grace no batch is torn', { timeout: 2 * LIMIT_MS }, async () => {
    const outcome = await run(0, lpm, ({ batches, publishes }, elapsed) => {
      return elapsed > GRACE_MS && batches > 1000 && publishes > 10;
    });
    print(`${lpm}, grace`, outcome);
    expect(outcome.torn).toBe(0);
    expect(outcome.publishes).toBeGreaterThan(10);
    expect(outcome.batches).toBeGreaterThan(1000);
  });

  it('without grace batches are torn: the test can see it', { timeout: 2 * LIMIT_MS }, async () => {
    const outcome = await run(layout.CONTROL_NO_GRACE, lpm, ({ torn }, elapsed) => {
      return torn > 0 && elapsed > NO_GRACE_MS;
    });
    print(`${lpm}, no grace`, outcome);
    expect(outcome.torn).toBeGreaterThan(0);
  });
});
