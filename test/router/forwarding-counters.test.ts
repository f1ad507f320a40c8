// Hits of Map-Cache entries as a router shows them, and as its control plane decides by them.
import { describe, expect, it } from 'vitest';
import { hostPrefix, ipv4 } from '../../src/base/ip.ts';
import { ACTION_FORWARD } from '../../src/engine/codes.ts';
import type { DataPlane } from '../../src/engine/data-plane.ts';
import { Model } from '../../src/engine/model.ts';
import type { EidPrefix } from '../../src/mapping/eid.ts';
import { ForwardingCounters } from '../../src/router/forwarding-counters.ts';
import { makeEngine } from '../engine/engine-builds.ts';
import { packetOf, siteRouter, targetTo } from '../engine/forwarding-support.ts';

const ADDRESS = ipv4(0x0a02_0001);
const EID: EidPrefix = { instanceId: 0, prefix: hostPrefix(ADDRESS) };

/** A data plane with one entry, and its counters; what it says of `hits` is [shown, ever]. */
class Plane {
  counters: ForwardingCounters;
  #plane: DataPlane;
  readonly #make: () => DataPlane;

  constructor(make: () => DataPlane) {
    this.#make = make;
    [this.#plane, this.counters] = this.#fresh();
  }

  get hits(): [number, number] {
    return [this.counters.hits(EID), this.counters.hitsEver(EID)];
  }

  meet(packets: number): this {
    for (let n = 0; n < packets; n++)
      this.#plane.inject(packetOf(4, { destination: ADDRESS }), { interfaceIndex: 3 });
    this.#plane.process();
    this.#plane.collect(() => undefined);
    return this;
  }

  remove(): this {
    this.#plane.removeEntry(EID);
    this.counters.forget(EID);
    return this;
  }

  add(): this {
    this.#plane.setEntry({ eid: EID, action: ACTION_FORWARD, targets: [targetTo(4)] });
    return this;
  }

  publish(): this {
    this.#plane.publish();
    this.counters.published();
    return this;
  }

  clear(): this {
    this.counters.clear([EID]);
    return this;
  }

  restart(): this {
    const state = structuredClone(this.counters.save([EID]));
    [this.#plane, this.counters] = this.#fresh();
    this.counters.restore(state);
    expect(this.counters.save([EID])).toEqual(state);
    return this;
  }

  #fresh(): [DataPlane, ForwardingCounters] {
    const plane = this.#make();
    siteRouter(plane);
    plane.setEntry({ eid: EID, action: ACTION_FORWARD, targets: [targetTo(4)] });
    plane.publish();
    return [plane, new ForwardingCounters(plane)];
  }
}

const PLANES: readonly (readonly [string, () => DataPlane])[] = [
  ['Model', () => new Model()],
  ['Engine', () => makeEngine('release')],
];

describe.each(PLANES)('hits of an entry (%s)', (_, make) => {
  it('go on in a router that is restored; what is shown counts from when it was cleared', () => {
    const plane = new Plane(make).meet(3);
    expect(plane.hits).toEqual([3, 3]);
    expect(plane.restart().meet(2).hits).toEqual([5, 5]);
    expect(plane.clear().meet(1).hits).toEqual([1, 6]);
    expect(plane.restart().meet(1).hits).toEqual([2, 7]);
    expect(plane.clear().hits).toEqual([0, 7]);
  });

  const moves: readonly (readonly [string, (plane: Plane) => Plane])[] = [
    ['as it was', (plane) => plane],
    ['restored', (plane) => plane.restart()],
    ['cleared', (plane) => plane.clear()],
    ['restored and cleared', (plane) => plane.restart().clear().restart()],
  ];
  it.each(moves)('begin again with an entry that comes back, in a router %s', (_name, move) => {
    const plane = move(new Plane(make).meet(3)).remove().publish().add().publish();
    expect(plane.meet(2).hits).toEqual([2, 2]);
  });

  it.each(moves)('go on for an entry that comes back before it was gone, in a router %s', (_name, move) => {
    const plane = move(new Plane(make).meet(3));
    const [shown, ever] = plane.hits;
    expect(plane.remove().add().publish().meet(2).hits).toEqual([shown + 2, ever + 2]);
  });
});
