// Real threads in the seats of an engine: they forward, fail, and are ended in the middle of a batch.
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import {
  ACTION_FORWARD,
  CONTROL_OFFSET,
  CONTROL_SEEN_OFFSET,
  CONTROL_SEEN_STRIDE_SHIFT,
  EPOCH_IDLE,
  POLICY_ITR_SOURCE,
  VERDICT_ENCAP,
} from '../../assembly/layout.ts';
import { hostPrefix, ipv4 } from '../../src/base/ip.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { EngineError } from '../../src/engine/errors.ts';
import { createEngineSync } from '../../src/engine/open-inline.ts';
import { WorkerPool, type ThreadEnd } from '../../src/threads/worker-pool.ts';
import { connected, packetOf, RLOC, SITE } from '../engine/forwarding-support.ts';
import { bundleThread } from '../support/bundle-thread.ts';

const script = bundleThread('threads/forwarder');
const ENTRIES = 3000;
const DESTINATION = ipv4(0x0b00_0001);
const PACKET = packetOf(4, { destination: DESTINATION });

const pools: WorkerPool[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});

/** From the module that is built in. Tables are searched row by row, and there are many rows. */
function makeShared(): Engine {
  const engine = createEngineSync({ shared: true, workers: 3, buffers: 256, nextHops: 4, lpm: 'linear' });
  engine.setPolicy({ instanceId: 0, prefix: hostPrefix(SITE[4].eid) }, POLICY_ITR_SOURCE);
  for (let n = 1; n < ENTRIES; n++) {
    const eid = { instanceId: 0, prefix: hostPrefix(ipv4(0x0b00_0000 + n)) };
    engine.setEntry({ eid, action: 3, targets: [] });
  }
  publish(engine, 0);
  return engine;
}

function publish(engine: Engine, mark: number): void {
  const target = {
    source: RLOC[4].own,
    destination: ipv4(0xc633_0001),
    priority: 1,
    weight: 1,
    nextHop: connected(mark),
  };
  const eid = { instanceId: 0, prefix: hostPrefix(DESTINATION) };
  engine.setEntry({ eid, action: ACTION_FORWARD, targets: [target] });
  engine.publish();
}

async function start(
  engine: Engine,
  mode: string,
  onEnd: (end: ThreadEnd) => 'restart' | 'leave' = (end) => {
    throw new Error(`thread ${end.worker} ended`, { cause: end.error });
  },
  count?: number,
): Promise<WorkerPool> {
  const options = { script, data: { mode }, onEnd };
  const pool = await WorkerPool.start(engine, count === undefined ? options : { ...options, count });
  pools.push(pool);
  return pool;
}

/** With all that a thread of Node can. */
function threadOf(pool: WorkerPool, worker: number): Worker {
  return pool.thread(worker) as Worker;
}

async function ask(pool: WorkerPool, worker: number, packets: readonly Uint8Array[]): Promise<unknown> {
  const thread = threadOf(pool, worker);
  const answer = once(thread, 'message');
  thread.postMessage(packets);
  return ((await answer) as [unknown])[0];
}

function isAnnounced({ memory }: Engine, worker: number): boolean {
  const at = CONTROL_OFFSET + CONTROL_SEEN_OFFSET + (worker << CONTROL_SEEN_STRIDE_SHIFT);
  return Atomics.load(new Int32Array(memory.memory.buffer), at / 4) !== EPOCH_IDLE;
}

function isRefused(engine: Engine): boolean {
  try {
    for (let mark = 1; mark < 30; mark++) publish(engine, mark);
    return false;
  } catch (error) {
    if (error instanceof EngineError) return true;
    throw error;
  }
}

describe('a pool of threads', () => {
  it('forwards in each of its seats, by the tables of the moment', async () => {
    const engine = makeShared();
    const pool = await start(engine, 'forward');
    for (const mark of [1, 2]) {
      publish(engine, mark);
      const fates = await Promise.all([1, 2].map((worker) => ask(pool, worker, [PACKET, PACKET])));
      const fate = { verdict: VERDICT_ENCAP, outInterface: mark };
      expect(fates).toMatchObject([
        [fate, fate],
        [fate, fate],
      ]);
    }
    expect(engine.counters().encapsulated.packets).toBe(8);
  });

  it('whose thread is ended in the middle of a batch does not hinder the engine, and another one takes over', async () => {
    const engine = makeShared();
    let wasAnnounced = false;
    const ends: ThreadEnd[] = [];
    let pool = await start(
      engine,
      'stuck',
      (end) => {
        ends.push(end);
        return 'restart';
      },
      1,
    );
    // It is in a batch nearly always; a moment between two does not count.
    for (let tries = 0; tries < 20 && !wasAnnounced; tries++) {
      const thread = threadOf(pool, 1);
      while (!isAnnounced(engine, 1)) await setImmediate();
      expect(isRefused(engine)).toBe(true);
      const exit = once(thread, 'exit');
      // Registered behind the pool's own listener would be too late.
      thread.prependListener('exit', () => (wasAnnounced = isAnnounced(engine, 1)));
      await thread.terminate();
      await exit;
    }
    expect(wasAnnounced).toBe(true);
    expect(ends[0]).toEqual({ worker: 1, exitCode: 1 });
    await pool.close();
    expect(isAnnounced(engine, 1)).toBe(false);
    expect(isRefused(engine)).toBe(false);
    pool = await start(engine, 'forward', undefined, 1);
    expect(await ask(pool, 1, [PACKET])).toMatchObject([{ verdict: VERDICT_ENCAP, outInterface: 29 }]);
  });

  it('starts another thread in a seat when it is told to', async () => {
    const engine = makeShared();
    const pool = await start(engine, 'forward', () => 'restart', 2);
    const [first, other] = [threadOf(pool, 1), threadOf(pool, 2)];
    await first.terminate();
    const second = threadOf(pool, 1);
    expect(second).not.toBe(first);
    expect(pool.thread(2)).toBe(other);
    await once(second, 'online');
    expect(await ask(pool, 1, [PACKET])).toMatchObject([{ verdict: VERDICT_ENCAP }]);
  });

  it('tells what a thread threw, and leaves its seat empty', async () => {
    const engine = makeShared();
    const end = await new Promise<ThreadEnd>((resolve) => {
      void start(engine, 'fail', (each) => (resolve(each), 'leave'), 1);
    });
    expect(end).toMatchObject({ worker: 1, exitCode: 1, error: { message: 'this thread fails' } });
    expect(pools[0]!.thread(1)).toBeUndefined();
  });

  it('does not start when the engine has not so many seats, or a program does not take its seat', async () => {
    const engine = makeShared();
    await expect(start(engine, 'forward', undefined, 3)).rejects.toThrow(
      /bad-options in workers: of 3 workers seats are for 1 and up, not for 3/,
    );
    const nowhere = new URL('data:text/javascript,process.exit(4)');
    await expect(WorkerPool.start(engine, { script: nowhere, onEnd: () => 'restart' })).rejects.toThrow(
      /worker \d ended with 4 before it took its seat/,
    );
  });
});
