import { describe, expect, it } from 'vitest';
import { MAX_PACKET_BYTES } from '../../assembly/layout.ts';
import { forwardingSuite } from './forwarding-suite.ts';
import { ENGINE_BUILDS, makeEngine } from './engine-builds.ts';

for (const build of ENGINE_BUILDS) forwardingSuite(`Engine, ${build} build`, () => makeEngine(build));

describe('a packet buffer', () => {
  it('takes MAX_PACKET_BYTES and not one more', () => {
    const engine = makeEngine('release');
    const taken = (bytes: number): boolean => engine.inject(new Uint8Array(bytes), { interfaceIndex: 0 });
    expect([taken(MAX_PACKET_BYTES), taken(MAX_PACKET_BYTES + 1)]).toEqual([true, false]);
  });
});
