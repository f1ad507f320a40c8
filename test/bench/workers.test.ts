// What the threads of the workers bench compare their passes by.
import { describe, expect, it } from 'vitest';
import { change, fill, modelPass, passOf, SITES, tracePackets, WORKS } from '../../bench/workers-work.ts';
import { ipv4, prefix } from '../../src/base/ip.ts';
import { EngineWorker } from '../../src/engine/engine-worker.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { Model } from '../../src/engine/model.ts';
import { eidPrefix } from '../../src/mapping/eid.ts';
import { makeEngine } from '../engine/engine-builds.ts';

const SEED = 3;

function makeFilled(): Engine {
  const engine = makeEngine('shared', { workers: 2, entries: 4 * SITES, rewrites: 256, fibBytes: 4 << 20 });
  fill(engine);
  return engine;
}

describe.each(WORKS)('a pass of the workers bench, to %s', (work) => {
  it('has one result in the engine and in a worker of it, before and after updates', () => {
    const engine = makeFilled();
    const [own, other] = [engine, EngineWorker.open(engine.seat(1))].map((plane) =>
      passOf(work, SEED, plane),
    );
    const results = [own!(), other!(), own!()];
    for (let turn = 1; turn < 5; turn++) {
      change(engine, turn);
      engine.publish();
      results.push(other!());
    }
    expect(new Set(results).size).toBe(1);
    expect(passOf(work, SEED + 1, engine)()).not.toBe(results[0]);
  });

  it('has another result when an entry that it meets is gone', () => {
    const engine = makeFilled();
    const pass = passOf(work, SEED, engine);
    const before = pass();
    const destination = new DataView(tracePackets(SEED)[0]!.buffer).getUint32(16);
    for (let number = 0; number < SITES; number++) {
      const at = prefix(ipv4(0x0a00_0000 + number * 0x1000), 20);
      if (work === 'lookup' || (destination & 0xffff_f000) >>> 0 === at.address.w0)
        engine.removeEntry(eidPrefix(at));
    }
    engine.publish();
    expect(pass()).not.toBe(before);
  });
});

it('the Model encapsulates to the same result', () => {
  const model = new Model();
  fill(model);
  expect(modelPass(SEED, model)()).toBe(passOf('encapsulate', SEED, makeFilled())());
});
