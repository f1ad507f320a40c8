/** Laws of what the public profile leaves out: marks in the LISP header, and reports of what others' headers say. */
import { describe, expect, it } from 'vitest';
import { VERDICT_ENCAP, VERDICT_NATIVE } from '../../assembly/layout.ts';
import { toHex } from '../../src/base/bytes.ts';
import type { DataPlane } from '../../src/engine/data-plane.ts';
import type { Marking } from '../../src/engine/marking.ts';
import {
  instanceOf,
  lispDataHeader,
  locatorStatusBits,
  mapVersionsOf,
  nonceOf,
} from '../../src/wire/lisp-data.ts';
import {
  FAMILIES,
  PAIRS,
  RLOC,
  SITE,
  expectGone,
  inbound,
  lispOf,
  opened,
  packetOf,
  send,
  siteRouter,
  targetTo,
  toPeer,
  type Opened,
} from './forwarding-support.ts';

export function trustedSuite(name: string, makeDataPlane: () => DataPlane): void {
  const site = (instanceId = 0): DataPlane => siteRouter(makeDataPlane(), instanceId);
  const marked = (marking: Marking, instanceId = 0, outer: 4 | 6 = 4): Opened => {
    const plane = site(instanceId);
    toPeer(plane, 4, [targetTo(outer, { marking })], instanceId);
    const sent = send(plane, packetOf(4), { instanceId });
    expectGone(sent, VERDICT_ENCAP);
    return opened(sent.bytes);
  };

  describe(`${name}: trusted profile, sending`, () => {
    it('sends the LISP words of spec example D3: nonce, echo request, instance, two LSBs', () => {
      const marking = { nonce: 0xabcdef, echo: true, locatorStatusBits: 3 };
      expect(marked(marking, 101, 6).lisp).toEqual({ flags: 0xe8, word0: 0xabcdef, word1: 0x6503 });
    });

    it('sends the LISP words of spec example D4: map-versions, 32 LSBs', () => {
      const marking = { versions: { source: 0x123, destination: 0x456 }, locatorStatusBits: 5 };
      expect(marked(marking).lisp).toEqual({ flags: 0x50, word0: 0x123456, word1: 5 });
    });

    it('DP-07 a nonce goes before map-versions: never N=1 with V=1', () => {
      const { lisp } = marked({ nonce: 0x111111, versions: { source: 2, destination: 3 } });
      expect([nonceOf(lisp), mapVersionsOf(lisp), lisp.flags & 0x10]).toEqual([0x111111, undefined, 0]);
    });

    it('DP-08 E is not sent without N', () => {
      expect(marked({ echo: true }).lisp.flags).toBe(0);
    });

    it.each([
      [0, 0xffff_fff5],
      [101, 0xf5],
    ])('DP-11 in instance %i the LSBs are those that fit', (instanceId, bits) => {
      const { lisp } = marked({ locatorStatusBits: 0xffff_fff5 }, instanceId);
      expect([locatorStatusBits(lisp), instanceOf(lisp) ?? 0]).toEqual([bits, instanceId]);
    });

    it('DP-17 targets of one entry keep nonces of their own', () => {
      const plane = site();
      const targets = ([1, 2] as const).map((nonce) =>
        targetTo(nonce === 1 ? 4 : 6, { weight: 50, marking: { nonce } }),
      );
      toPeer(plane, 4, targets);
      const seen = new Map<number, Set<number | undefined>>();
      for (let port = 0; port < 64; port++) {
        const payload = Uint8Array.of(port, 1, 0, 53, 0, 12, 0, 0, 1, 2, 3, 4);
        const { outer, lisp } = opened(send(plane, packetOf(4, { payload })).bytes);
        seen.set(outer.family, (seen.get(outer.family) ?? new Set()).add(nonceOf(lisp)));
      }
      expect([...seen].sort()).toEqual([
        [4, new Set([1])],
        [6, new Set([2])],
      ]);
    });

    it('two entries to one locator may be marked differently', () => {
      const plane = site();
      toPeer(plane, 4, [targetTo(4, { marking: { versions: { source: 1, destination: 7 } } })]);
      toPeer(plane, 6, [targetTo(4, { marking: { versions: { source: 1, destination: 8 } } })]);
      const versions = FAMILIES.map((inner) => {
        return mapVersionsOf(opened(send(plane, packetOf(inner)).bytes).lisp)?.destination;
      });
      expect(versions).toEqual([7, 8]);
    });

    it('DP-25 a target without marking has the header of the public profile again', () => {
      const plane = site();
      toPeer(plane, 4, [targetTo(4, { marking: { nonce: 7, locatorStatusBits: 1 } })]);
      toPeer(plane, 4, [targetTo(4)]);
      expect(opened(send(plane, packetOf(4)).bytes).lisp).toEqual({ flags: 0, word0: 0, word1: 0 });
    });
  });

  describe(`${name}: trusted profile, receiving`, () => {
    it.each(PAIRS)('IPv%i in IPv%i: the header is told with the verdict', (inner, outer) => {
      const plane = site();
      plane.setReception({ report: true });
      plane.publish();
      const header = lispDataHeader({ nonce: 0x123456, echo: true, locatorStatusBits: 0x8000_0001 });
      const sent = send(plane, lispOf(outer, inbound(inner), { header }));
      expectGone(sent, VERDICT_NATIVE);
      expect(sent.verdict.tunnel).toEqual({
        source: RLOC[outer].peer,
        destination: RLOC[outer].own,
        innerSource: SITE[inner].peer,
        header,
      });
    });

    it.each(PAIRS)('DP-26 IPv%i in IPv%i: by default nothing is told', (inner, outer) => {
      const header = lispDataHeader({ nonce: 1, echo: true, locatorStatusBits: 1 });
      const sent = send(site(), lispOf(outer, inbound(inner), { header }));
      expectGone(sent, VERDICT_NATIVE);
      expect(sent.verdict.tunnel).toBeUndefined();
    });

    it('tells nothing of packets that were refused or carried no LISP header', () => {
      const plane = site();
      plane.setReception({ report: true });
      toPeer(plane, 4, [targetTo(4)]);
      const stranger = lispOf(4, inbound(4, { destination: SITE[4].outside }));
      expect(send(plane, stranger).verdict.tunnel).toBeUndefined();
      expect(send(plane, packetOf(4)).verdict.tunnel).toBeUndefined();
    });

    it('reports do not touch what is delivered', () => {
      const plain = site();
      const told = site();
      told.setReception({ report: true });
      told.publish();
      const packet = lispOf(6, inbound(6, { ttl: 9 }), { ttl: 5 });
      expect(toHex(send(told, packet).bytes)).toBe(toHex(send(plain, packet).bytes));
    });
  });
}
