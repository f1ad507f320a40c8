// Traffic that the express lane is for, with now and then a packet that it must leave: Engine and Model do the same.
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import { checksum } from '../../src/base/checksum.ts';
import { hostPrefix, ipv4, prefix } from '../../src/base/ip.ts';
import { cidr, ip } from '../../src/base/ip-text.ts';
import { SeededRandom } from '../../src/base/random.ts';
import {
  ACTION_FORWARD,
  POLICY_ETR_DESTINATION,
  POLICY_ITR_SOURCE,
  POLICY_PETR_SOURCE,
  POLICY_RTR_DESTINATION,
  VERDICT_ENCAP,
  VERDICT_NATIVE,
} from '../../src/engine/codes.ts';
import type { DataPlane, EncapTarget, InjectOptions, NextHop } from '../../src/engine/data-plane.ts';
import { Model } from '../../src/engine/model.ts';
import { ENGINE_BUILDS, makeEngine } from './engine-builds.ts';

const OWN = ip('192.0.2.1');
const OUT: NextHop = { kind: 'via', interfaceIndex: 1, gateway: ip('192.0.2.254'), mtu: 1500 };
const NARROW: NextHop = { kind: 'via', interfaceIndex: 3, gateway: ip('192.0.2.253'), mtu: 120 };
const SITE = 0x0a00_0000; // 10.0.0.0/16
const PEERS = 0x0a40_0000; // 10.64.0.0/12, a /24 each
const INSTANCE = 7;

function target(n: number, nextHop = OUT): EncapTarget {
  const family = n % 5 === 4 ? ip('2001:db8::1') : OWN;
  const destination = n % 5 === 4 ? ip(`2001:db8:1::${n + 1}`) : ipv4(0xc633_6400 + n);
  return { source: family, destination, priority: 1, weight: 1 + (n % 3), nextHop };
}

function fill(plane: DataPlane): void {
  for (const instanceId of [0, INSTANCE]) {
    plane.setRoute(instanceId, hostPrefix(OWN), { kind: 'local', interfaceIndex: 0, mtu: 1500 });
    plane.setRoute(instanceId, prefix(OWN, 0), OUT);
    plane.setRoute(instanceId, cidr('10.0.0.0/16'), { kind: 'connected', interfaceIndex: 2, mtu: 1500 });
    plane.setRoute(instanceId, cidr('10.0.9.0/24'), { kind: 'connected', interfaceIndex: 2, mtu: 90 });
    plane.setRoute(instanceId, cidr('10.0.8.0/24'), { kind: 'discard', interfaceIndex: 0, mtu: 0 });
    const set = (text: string, flags: number): void => {
      plane.setPolicy({ instanceId, prefix: cidr(text) }, flags);
    };
    set('10.0.0.0/16', POLICY_ITR_SOURCE | POLICY_ETR_DESTINATION);
    set('10.64.16.0/20', POLICY_PETR_SOURCE);
    set('10.64.3.0/24', POLICY_RTR_DESTINATION);
    for (let n = 0; n < 32; n++) {
      const at = { instanceId, prefix: prefix(ipv4(PEERS + n * 256), 24) };
      const targets = n % 3 === 0 ? [target(n), target(n + 40)] : [target(n, n % 7 === 0 ? NARROW : OUT)];
      if (n % 11 !== 10) plane.setEntry({ eid: at, action: n === 9 ? 3 : ACTION_FORWARD, targets });
    }
  }
  plane.publish();
}

class Traffic {
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed, 'express');
  }

  int(bound: number): number {
    return this.#random.u32() % bound;
  }

  #chance(percent: number): boolean {
    return this.int(100) < percent;
  }

  /** Mostly of one kind, as traffic comes. */
  batch(count: number): { bytes: Uint8Array; options: InjectOptions }[] {
    const lisp = [0, 10, 50, 100][this.int(4)]!;
    const odd = [0, 0, 5, 60][this.int(4)]!;
    return Array.from({ length: count }, () => {
      const options: InjectOptions = {
        interfaceIndex: 1,
        ...(this.#chance(odd) ? { instanceId: INSTANCE } : {}),
        ...(this.#chance(odd) ? { originated: true } : {}),
      };
      return {
        bytes: this.#chance(lisp) ? this.#envelope(odd) : this.#inner(odd, this.#chance(80)),
        options,
      };
    });
  }

  #inner(odd: number, outward: boolean): Uint8Array {
    const site = SITE + this.int(16) * 256 + this.int(256);
    const peer = PEERS + this.int(36) * 256 + this.int(256);
    const bytes = new Uint8Array(20 + this.int(120) + (this.#chance(odd) ? 0 : 4));
    for (let i = 20; i < bytes.length; i++) bytes[i] = this.int(256);
    const view = new DataView(bytes.buffer);
    view.setUint8(0, this.#chance(odd / 4) ? 0x46 : 0x45);
    view.setUint8(1, this.int(256));
    // Frames are padded: the packet may be shorter than what arrived.
    view.setUint16(2, bytes.length - (this.#chance(20) ? Math.min(this.int(6), bytes.length - 20) : 0));
    view.setUint16(6, this.#chance(odd) ? this.int(0x4000) : 0x4000);
    view.setUint8(8, this.#chance(odd) ? this.int(3) : 2 + this.int(254));
    view.setUint8(9, [6, 17, 132, 1][this.int(4)]!);
    view.setUint32(12, outward && this.#chance(80) ? site : PEERS + this.int(36 * 256));
    view.setUint32(
      16,
      this.#chance(odd / 2) ? [0, 0xffff_ffff, 0xe000_0005, OWN.w0][this.int(4)]! : outward ? peer : site,
    );
    view.setUint16(10, checksum(bytes.subarray(0, 20)) ^ (this.#chance(odd / 4) ? 1 : 0));
    return bytes;
  }

  #envelope(odd: number): Uint8Array {
    const inner = this.#inner(odd / 2, this.#chance(30));
    const bytes = new Uint8Array(36 + inner.length + (this.#chance(20) ? this.int(4) : 0));
    bytes.set(inner, 36);
    const view = new DataView(bytes.buffer);
    view.setUint8(0, 0x45);
    view.setUint8(1, this.#chance(50) ? inner[1]! : this.int(256));
    view.setUint16(2, 36 + inner.length);
    view.setUint16(6, this.#chance(odd / 4) ? this.int(0x4000) : 0x4000);
    view.setUint8(8, this.#chance(odd) ? this.int(3) : 2 + this.int(254));
    view.setUint8(9, 17);
    view.setUint32(12, 0xc633_6401);
    view.setUint32(16, OWN.w0);
    view.setUint16(20, 0xc000 + this.int(1000));
    view.setUint16(22, this.#chance(odd / 2) ? 53 : 4341);
    view.setUint16(24, 16 + inner.length + (this.#chance(odd / 4) ? 1 : 0));
    view.setUint16(26, this.#chance(odd / 4) ? 0x1234 : 0);
    view.setUint8(28, this.#chance(odd / 2) ? this.int(256) : this.#chance(20) ? this.int(32) << 3 : 0);
    view.setUint32(32, this.#chance(80) ? INSTANCE << 8 : this.int(1 << 16) << 8);
    view.setUint16(10, checksum(bytes.subarray(0, 20)));
    return bytes;
  }
}

function outcomes(
  plane: DataPlane,
  batch: readonly { bytes: Uint8Array; options: InjectOptions }[],
): string[] {
  for (const { bytes, options } of batch) plane.inject(bytes, options);
  plane.process();
  const lines: string[] = [];
  plane.collect((verdict, bytes) => lines.push(`${JSON.stringify(verdict)} ${toHex(bytes)}`));
  return lines;
}

describe.each(ENGINE_BUILDS)('the express lane, %s build', (build) => {
  it('does what the Model does, with plain packets and others, in batches of all sizes', () => {
    const plain = { encapsulated: 0, native: 0 };
    for (let seed = 1; seed <= 16; seed++) {
      const traffic = new Traffic(seed);
      const model = new Model({ batchCount: 600 });
      const engine = makeEngine(build, { buffers: 600 });
      for (const plane of [model, engine]) fill(plane);
      for (let round = 0; round < 12; round++) {
        const batch = traffic.batch(1 + traffic.int(round % 4 === 0 ? 600 : 40));
        const [wanted, got] = [outcomes(model, batch), outcomes(engine, batch)];
        for (const [i, line] of wanted.entries()) {
          const about = `seed ${seed} round ${round} packet ${i} of ${batch.length}: ${toHex(batch[i]!.bytes)}`;
          expect(got[i], about).toBe(line);
          if (line.includes(`"verdict":${VERDICT_ENCAP},`)) plain.encapsulated++;
          if (line.includes(`"verdict":${VERDICT_NATIVE},`)) plain.native++;
        }
        expect(engine.counters(), `seed ${seed} round ${round}`).toEqual(model.counters());
      }
    }
    expect(plain.encapsulated).toBeGreaterThan(1000);
    expect(plain.native).toBeGreaterThan(1000);
  });
});
