import { describe, expect, it } from 'vitest';
import { MAX_PACKET_BYTES } from '../../assembly/layout.ts';
import { VERDICT_ENCAP } from '../../src/engine/codes.ts';
import { forwardingSuite } from './forwarding-suite.ts';
import { expectGone, packetOf, send, siteRouter, targetTo, toPeer } from './forwarding-support.ts';
import { ENGINE_BUILDS, makeEngine, makeOrdinaryEngine, skippedBatches } from './engine-builds.ts';

for (const build of ENGINE_BUILDS) forwardingSuite(`Engine, ${build} build`, () => makeEngine(build));

// One packet at a time, IPv4 in IPv4 takes the express lane only: the ordinary way has to keep the laws as well.
forwardingSuite('Engine, express lane off', () => makeOrdinaryEngine('release'));

describe('the express lane', () => {
  it('is tried for each plain packet, and never where it is off', () => {
    const [on, off] = [makeEngine('release'), makeOrdinaryEngine('release')];
    for (const engine of [on, off]) {
      siteRouter(engine);
      toPeer(engine, 4, [targetTo(4)]);
    }
    const before = skippedBatches(off);
    for (let i = 1; i <= 40; i++) {
      for (const engine of [on, off]) expectGone(send(engine, packetOf(4)), VERDICT_ENCAP);
      // Each batch that it is not tried for is one less to come.
      expect([skippedBatches(on), before - skippedBatches(off)]).toEqual([0, i]);
    }
  });
});

describe('a packet buffer', () => {
  it('takes MAX_PACKET_BYTES and not one more', () => {
    const engine = makeEngine('release');
    const taken = (bytes: number): boolean => engine.inject(new Uint8Array(bytes), { interfaceIndex: 0 });
    expect([taken(MAX_PACKET_BYTES), taken(MAX_PACKET_BYTES + 1)]).toEqual([true, false]);
  });
});
