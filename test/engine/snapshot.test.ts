// Publishing as readers see it: whole tables, old or new, in memory that is theirs until they are done.
import { describe, expect, it } from 'vitest';
import {
  CONTROL_EPOCH_OFFSET,
  CONTROL_NO_GRACE,
  CONTROL_OFFSET,
  SNAPSHOT_COUNT,
} from '../../assembly/layout.ts';
import { hostPrefix, ipv4 } from '../../src/base/ip.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { makeEngine } from './engine-builds.ts';
import { connected } from './forwarding-support.ts';
import {
  beginBatch,
  endBatch,
  generationsSeen,
  instancesOf,
  liveSnapshot,
  setGeneration,
} from './snapshot-support.ts';

const eid = (n: number) => ({ instanceId: 0, prefix: hostPrefix(ipv4(n)) });

function setEntries(engine: Engine, count: number, action = 3): void {
  for (let n = 0; n < count; n++) engine.setEntry({ eid: eid(n), action, targets: [] });
}

describe.each(['linear', 'patricia'] as const)('a publish with %s tables', (lpm) => {
  it('is invisible until its one store, and whole after it', () => {
    const engine = makeEngine('release', { workers: 2, lpm });
    const { exports } = engine;
    let published = 0;
    let looks = 0;
    const look = (): void => {
      looks++;
      expect(generationsSeen(engine, 1)).toEqual([published]);
    };
    // A reader looks before and after every step of the writer.
    for (const name of ['fibBegin', 'lpmApply', 'quiesced', 'publish'] as const) {
      const step = exports[name] as (...args: number[]) => number;
      Object.defineProperty(exports, name, {
        value: (...args: number[]): number => {
          look();
          const result = step(...args);
          if (name === 'publish') published++;
          look();
          return result;
        },
      });
    }
    for (let generation = 1; generation <= 7; generation++) {
      setGeneration(engine, generation);
      look();
      engine.publish();
      expect(published).toBe(generation);
      look();
    }
    expect(looks).toBeGreaterThan(7 * 10);
  });

  it('leaves a reader in its batch with the tables it began with', () => {
    const engine = makeEngine('release', { workers: 2, lpm });
    setGeneration(engine, 1);
    engine.publish();
    const before = liveSnapshot(engine);
    const image = (): Uint8Array => engine.memory.bytes.slice(before, before + 128);
    const held = image();
    beginBatch(engine);
    for (let generation = 2; generation <= 7; generation++) {
      setGeneration(engine, generation);
      engine.publish();
      expect(generationsSeen(engine, 0)).toEqual([generation]);
    }
    expect(image()).toEqual(held);
    expect(liveSnapshot(engine)).not.toBe(before);
  });
});

describe('grace', () => {
  it('keeps a replaced slot from reuse while a reader may see it', () => {
    const engine = makeEngine('release', { workers: 2, entries: 2 });
    setEntries(engine, 1);
    engine.publish();
    beginBatch(engine);
    setEntries(engine, 1, 4);
    engine.publish(); // into the second slot
    setEntries(engine, 1, 5);
    expect(() => engine.publish()).toThrow(
      expect.objectContaining({ code: 'no-room', section: 'entries', wanted: 3, have: 2 }),
    );
    endBatch(engine);
    setEntries(engine, 1, 5);
    engine.publish();
  });

  it('does not wait for readers that came after the publish', () => {
    const engine = makeEngine('release', { workers: 2, entries: 2 });
    for (let turn = 0; turn < 20; turn++) {
      setEntries(engine, 1, 3 + (turn % 3));
      engine.publish();
      beginBatch(engine);
    }
  });

  it('waits for the slowest of many readers', () => {
    const engine = makeEngine('release', { workers: 4, entries: 2 });
    setEntries(engine, 1);
    engine.publish();
    for (const worker of [1, 2, 3]) beginBatch(engine, worker);
    setEntries(engine, 1, 4);
    engine.publish();
    for (const worker of [3, 1, 2]) {
      setEntries(engine, 1, 5);
      expect(() => engine.publish()).toThrow('no-room in entries');
      endBatch(engine, worker);
    }
    setEntries(engine, 1, 5);
    engine.publish();
  });

  it('holds across the wrap of the epoch, which never takes the value that means idle', () => {
    const engine = makeEngine('release', { workers: 2, entries: 2 });
    engine.memory.view.setInt32(CONTROL_OFFSET + CONTROL_EPOCH_OFFSET, -8, true);
    setEntries(engine, 1);
    engine.publish();
    for (let turn = 0; turn < 12; turn++) {
      beginBatch(engine);
      setEntries(engine, 1, 3 + (turn % 2));
      engine.publish();
      setEntries(engine, 1, 5);
      expect(() => engine.publish()).toThrow('no-room in entries');
      endBatch(engine);
      setEntries(engine, 1, 5);
      engine.publish();
    }
  });

  it('is what CONTROL_NO_GRACE takes away', () => {
    const engine = makeEngine('release', { workers: 2, entries: 2, flags: CONTROL_NO_GRACE });
    beginBatch(engine);
    for (let turn = 0; turn < 20; turn++) {
      setEntries(engine, 1, 3 + (turn % 3));
      engine.publish();
    }
  });
});

describe('snapshots', () => {
  it('run out when a reader keeps them all, and are free again when it is done', () => {
    const engine = makeEngine('release', { workers: 2 });
    beginBatch(engine);
    for (let n = 1; n < SNAPSHOT_COUNT; n++) {
      setGeneration(engine, n);
      engine.publish();
    }
    const live = liveSnapshot(engine);
    engine.setRoute(9, hostPrefix(ipv4(9)), connected(1));
    expect(() => engine.publish()).toThrow(
      expect.objectContaining({
        code: 'readers-busy',
        section: 'snapshots',
        wanted: SNAPSHOT_COUNT + 1,
        have: SNAPSHOT_COUNT,
      }),
    );
    expect(liveSnapshot(engine)).toBe(live);
    expect(generationsSeen(engine, 0)).toEqual([SNAPSHOT_COUNT - 1]);
    endBatch(engine);
    setGeneration(engine, 1);
    engine.publish();
    expect(generationsSeen(engine, 0)).toEqual([1]);
    expect(instancesOf(engine)).toEqual([0]);
  });

  it('list their instances in ascending order, whatever the order of publishing', () => {
    const engine = makeEngine('release');
    for (const instanceId of [7, 0xff_ffff, 3, 101]) {
      engine.setRoute(instanceId, hostPrefix(ipv4(1)), connected(1));
      engine.publish();
    }
    expect(instancesOf(engine)).toEqual([0, 3, 7, 101, 0xff_ffff]);
  });

  it('are not made when nothing changes', () => {
    const engine = makeEngine('release');
    const live = liveSnapshot(engine);
    engine.publish();
    expect(liveSnapshot(engine)).toBe(live);
  });
});
