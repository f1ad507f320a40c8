/** Laws of taking LISP headers off: RFC 9300 §5.3, RFC 6040, RFC 6832 §6.1. */
import { describe, expect, it } from 'vitest';
import {
  POLICY_ETR_DESTINATION,
  POLICY_PETR_SOURCE,
  REASON_BAD_INNER,
  REASON_ECN,
  REASON_LISP_KEY,
  REASON_LISP_TRUNCATED,
  REASON_LOCAL,
  REASON_NESTED,
  REASON_NONE,
  REASON_NOT_LOCAL_EID,
  REASON_NO_ROUTE,
  REASON_SOURCE_DENIED,
  REASON_TTL_EXPIRED,
  REASON_UDP_CHECKSUM,
  REASON_UNKNOWN_INSTANCE,
  VERDICT_DROP,
  VERDICT_NATIVE,
  VERDICT_PUNT,
} from '../../assembly/layout.ts';
import { concatBytes, toHex } from '../../src/base/bytes.ts';
import { cidr, ip } from '../../src/base/ip-text.ts';
import { hostPrefix } from '../../src/base/ip.ts';
import type { DataPlane } from '../../src/engine/data-plane.ts';
import { encodeLispData, lispDataHeader } from '../../src/wire/lisp-data.ts';
import { buildUdpPacket } from '../../src/wire/udp.ts';
import {
  FAMILIES,
  PAIRS,
  RLOC,
  SITE,
  type Sent,
  connected,
  decoded,
  everywhere,
  expectGone,
  expectStop,
  host,
  inbound,
  lispOf,
  mended,
  opened,
  packetOf,
  send,
  sendAll,
  siteRouter,
  targetTo,
  toPeer,
  via,
} from './forwarding-support.ts';

export function decapsulationSuite(name: string, makeDataPlane: () => DataPlane): void {
  const site = (instanceId = 0): DataPlane => siteRouter(makeDataPlane(), instanceId);

  describe(`${name}: decapsulation`, () => {
    it.each(PAIRS)('DP-01 IPv%i comes out of IPv%i and is delivered in the site', (inner, outer) => {
      const plane = site();
      const sent = send(plane, lispOf(outer, inbound(inner)));
      expectGone(sent, VERDICT_NATIVE);
      expect(sent.verdict).toMatchObject({ outInterface: 2, decapsulated: true, inInterface: 3 });
      expect(sent.verdict.gateway).toBeUndefined();
      expect(toHex(sent.bytes)).toBe(toHex(inbound(inner, { ttl: 63 })));
    });

    it.each(PAIRS)(
      'DP-14 IW-10 IPv%i out of IPv%i: the TTL is lowered to the outer one and never raised',
      (inner, outer) => {
        const plane = site();
        const ttlAfter = (innerTtl: number, outerTtl: number): number =>
          decoded(send(plane, lispOf(outer, inbound(inner, { ttl: innerTtl }), { ttl: outerTtl })).bytes).ttl;
        expect(ttlAfter(64, 20)).toBe(19);
        expect(ttlAfter(20, 64)).toBe(19);
        expect(ttlAfter(33, 33)).toBe(32);
        expectStop(
          send(plane, lispOf(outer, inbound(inner, { ttl: 64 }), { ttl: 1 })),
          VERDICT_PUNT,
          REASON_TTL_EXPIRED,
        );
      },
    );

    it.each(PAIRS)('DP-15 IPv%i out of IPv%i: DSCP is the outer one', (inner, outer) => {
      const { bytes } = send(site(), lispOf(outer, inbound(inner, { dscp: 46 }), { dscp: 10 }));
      expect(decoded(bytes).dscp).toBe(10);
    });

    const [N, E1, E0, CE] = [0, 1, 2, 3] as const;
    const DROPPED = -1;
    /** RFC 6040 Figure 4: inner, then the result for outer Not-ECT, ECT(0), ECT(1), CE. */
    const figure4 = [
      [N, [N, N, N, DROPPED]],
      [E0, [E0, E0, E1, CE]],
      [E1, [E1, E1, E1, CE]],
      [CE, [CE, CE, CE, CE]],
    ] as const;
    const cells = figure4.flatMap(([inner, results]) =>
      results.map((result, column) => [inner, [N, E0, E1, CE][column]!, result] as const),
    );
    it.each(cells)(
      'DP-16 IW-10 ECN: inner %i with outer %i gives %i (RFC 6040 Figure 4)',
      (innerEcn, outerEcn, result) => {
        for (const [inner, outer] of PAIRS) {
          const packet = lispOf(outer, inbound(inner, { ecn: innerEcn, dscp: 5 }), {
            ecn: outerEcn,
            dscp: 5,
          });
          const sent = send(site(), packet);
          if (result === DROPPED) {
            expectStop(sent, VERDICT_DROP, REASON_ECN);
            expect(toHex(sent.bytes)).toBe(toHex(packet));
          } else {
            expectGone(sent, VERDICT_NATIVE);
            expect(decoded(sent.bytes)).toMatchObject({ ecn: result, dscp: 5 });
          }
        }
      },
    );

    it('DP-16 re-encapsulation applies the decapsulation table, then copies', () => {
      const plane = site();
      plane.setPolicy(host(SITE[4].peer), POLICY_ETR_DESTINATION);
      toPeer(plane, 4, [targetTo(6)]);
      const { outer, inner } = opened(
        send(plane, lispOf(4, packetOf(4, { ecn: E0, ttl: 30 }), { ecn: CE, ttl: 20 })).bytes,
      );
      expect(outer).toMatchObject({ ecn: CE, ttl: 19 });
      expect(inner).toMatchObject({ ecn: CE, ttl: 19 });
    });

    it.each(FAMILIES)('DP-05 a zero UDP checksum is accepted over IPv%i', (outer) => {
      expectGone(send(site(), lispOf(outer, inbound(4), { checksum: 'zero' })), VERDICT_NATIVE);
    });

    it.each(FAMILIES)(
      'DP-06 over IPv%i a right UDP checksum is accepted and a wrong one is dropped',
      (outer) => {
        for (const payload of [new Uint8Array(8), new Uint8Array(9).fill(7)]) {
          const good = lispOf(outer, inbound(6, { payload }), { checksum: 'compute' });
          expectGone(send(site(), good), VERDICT_NATIVE);
          const wrong = good.slice();
          wrong[wrong.length - 1]! ^= 1;
          const sent = send(site(), wrong);
          expectStop(sent, VERDICT_DROP, REASON_UDP_CHECKSUM);
          expect(toHex(sent.bytes)).toBe(toHex(wrong));
          // The pseudo-header counts as well: the same datagram from another address.
          const moved = lispOf(outer, inbound(6, { payload }), { checksum: 'compute' });
          const at = outer === 4 ? 15 : 23;
          moved[at]! ^= 2;
          expectStop(send(site(), outer === 4 ? mended(moved) : moved), VERDICT_DROP, REASON_UDP_CHECKSUM);
        }
      },
    );

    it.each([
      ['N and V together', 0x90],
      ['E without N', 0x20],
      ['R', 0x04],
      ['all of N, L, E, V', 0xf0],
    ])('DP-07 DP-08 DP-09 DP-10 DP-26 %s: read and not acted on', (_, flags) => {
      const header = { flags, word0: 0xabcdef, word1: 0xffffffff };
      const sent = send(site(), lispOf(4, inbound(4), { header }));
      expectGone(sent, VERDICT_NATIVE);
      expect(toHex(sent.bytes)).toBe(toHex(inbound(4, { ttl: 63 })));
    });

    it('DP-11 DP-24 I=1 selects the table of the instance, I=0 instance 0, and the low byte is ignored', () => {
      const plane = site(101);
      const header = { flags: 0x08, word0: 0, word1: (101 << 8) | 0xee };
      const sent = send(plane, lispOf(4, inbound(4), { header }));
      expectGone(sent, VERDICT_NATIVE);
      expect(sent.verdict.instanceId).toBe(101);
      expectStop(send(plane, lispOf(4, inbound(4))), VERDICT_DROP, REASON_NOT_LOCAL_EID);
    });

    it.each(PAIRS)(
      'DP-11 DP-24 IPv%i in IPv%i: each packet of a mixed batch goes by the tables of its own instance',
      (inner, outer) => {
        const plane = siteRouter(site(), 101);
        // One EID, delivered by another interface in each instance; instance 102 has tables, and nobody there.
        plane.setRoute(0, hostPrefix(SITE[inner].eid), connected(7));
        plane.setRoute(101, hostPrefix(SITE[inner].eid), connected(8));
        plane.setRoute(102, everywhere(inner).prefix, via(RLOC[inner].gateway));
        plane.publish();
        const instances = [101, 0, 102, 101, 101, 0, 0, 102, 0, 101, 999];
        const batch = instances.map((instanceId) => {
          // What stands in the field without the I bit is no instance.
          const header =
            instanceId === 0
              ? { flags: 0, word0: 0, word1: 101 << 8 }
              : { flags: 0x08, word0: 0, word1: (instanceId << 8) | 0xee };
          return { packet: lispOf(outer, inbound(inner), { header }) };
        });
        const outcomes = sendAll(plane, batch).map(({ verdict: { reason, instanceId, outInterface } }) =>
          reason === REASON_NONE ? [instanceId, outInterface] : reason,
        );
        const [zero, one] = [
          [0, 7],
          [101, 8],
        ];
        const [none, unknown] = [REASON_NOT_LOCAL_EID, REASON_UNKNOWN_INSTANCE];
        expect(outcomes).toEqual([one, zero, none, one, one, zero, zero, none, zero, one, unknown]);
      },
    );

    it('an instance without a table is unknown, until something is published there', () => {
      const plane = site();
      const packet = lispOf(4, inbound(4), { header: lispDataHeader({ instanceId: 77 }) });
      expectStop(send(plane, packet), VERDICT_DROP, REASON_UNKNOWN_INSTANCE);
      plane.setPolicy(host(SITE[4].eid, 77), POLICY_ETR_DESTINATION);
      expectStop(send(plane, packet), VERDICT_DROP, REASON_UNKNOWN_INSTANCE);
      plane.publish();
      // Accepted now; nothing there knows the way.
      const sent = send(plane, packet);
      expectStop(sent, VERDICT_DROP, REASON_NO_ROUTE);
      expect(sent.verdict).toMatchObject({ instanceId: 77, decapsulated: true });
      expect(toHex(sent.bytes)).toBe(toHex(inbound(4)));
    });

    it('an instance is not known by what was taken from it, nor by what was gone before it was published', () => {
      const plane = site();
      const packet = lispOf(4, inbound(4), { header: lispDataHeader({ instanceId: 77 }) });
      const eid = host(SITE[4].eid, 77);
      plane.setPolicy(eid, 0);
      plane.setPetr(77, 4, []);
      plane.removeEntry(eid);
      plane.removeRoute(77, eid.prefix);
      plane.publish();
      expectStop(send(plane, packet), VERDICT_DROP, REASON_UNKNOWN_INSTANCE);
      plane.setPolicy(eid, POLICY_ETR_DESTINATION);
      plane.setPolicy(eid, 0);
      plane.publish();
      expectStop(send(plane, packet), VERDICT_DROP, REASON_UNKNOWN_INSTANCE);
    });

    it.each([1, 2, 3])('KK=%i: there is no key', (kk) => {
      const header = { flags: kk, word0: 0, word1: 0 };
      expectStop(send(site(), lispOf(4, inbound(4), { header })), VERDICT_DROP, REASON_LISP_KEY);
    });

    it('DP-32 two LISP headers are taken off, a third one is not', () => {
      const plane = site();
      for (const family of FAMILIES) plane.setPolicy(host(RLOC[family].own), POLICY_ETR_DESTINATION);
      plane.publish();
      const twice = lispOf(6, lispOf(4, inbound(4)));
      expectGone(send(plane, twice), VERDICT_NATIVE);
      expect(plane.counters().decapsulated).toEqual({ packets: 2, bytes: twice.length + twice.length - 56 });
      expectStop(send(plane, lispOf(4, twice)), VERDICT_DROP, REASON_NESTED);
      expectStop(send(plane, twice, { decapsulated: true }), VERDICT_DROP, REASON_NESTED);
      expectGone(send(plane, lispOf(4, inbound(4)), { decapsulated: true }), VERDICT_NATIVE);
    });

    it('a UDP length below 16 or beyond the packet is refused', () => {
      const good = lispOf(4, inbound(4));
      for (const length of [0, 8, 15, good.length - 20 + 1]) {
        const packet = good.slice();
        new DataView(packet.buffer).setUint16(24, length);
        expectStop(send(site(), packet), VERDICT_DROP, REASON_LISP_TRUNCATED);
      }
    });

    it('an inner packet must be whole and sound; what follows it is trimmed', () => {
      const inner = inbound(4);
      const bad: readonly (readonly [string, Uint8Array])[] = [
        ['nothing', new Uint8Array(0)],
        ['version 5', Uint8Array.of(0x50, ...inner.subarray(1))],
        ['version 0', new Uint8Array(40)],
        ['cut', inner.subarray(0, inner.length - 1)],
        ['cut in the header', inner.subarray(0, 19)],
        ['checksum', inner.map((byte, i) => (i === 10 ? byte ^ 1 : byte))],
        ['IPv6 cut', inbound(6).subarray(0, 45)],
      ];
      for (const [what, bytes] of bad) {
        const { verdict } = send(site(), lispOf(4, bytes));
        expect([what, verdict.verdict, verdict.reason]).toEqual([what, VERDICT_DROP, REASON_BAD_INNER]);
      }
      const longer = send(site(), lispOf(4, concatBytes(inner, new Uint8Array(5))));
      expect(toHex(longer.bytes)).toBe(toHex(inbound(4, { ttl: 63 })));
    });

    it('an ETR refuses what is not for its EIDs, and shows the packet as received', () => {
      const packet = lispOf(4, inbound(4, { destination: SITE[4].outside }));
      const sent = send(site(), packet);
      expectStop(sent, VERDICT_DROP, REASON_NOT_LOCAL_EID);
      expect(sent.verdict.decapsulated).toBe(false);
      expect(toHex(sent.bytes)).toBe(toHex(packet));
    });

    it('IW-09 a PETR takes packets of served sources only', () => {
      const plane = site();
      plane.setPolicy({ instanceId: 0, prefix: cidr('10.2.0.0/16') }, POLICY_PETR_SOURCE);
      plane.setProxyEtr(true);
      plane.publish();
      const relayed = (source: string): Sent =>
        send(plane, lispOf(4, packetOf(4, { source: ip(source), destination: SITE[4].outside })));
      const sent = relayed('10.2.0.7');
      expectGone(sent, VERDICT_NATIVE);
      expect(sent.verdict.gateway).toEqual(RLOC[4].gateway);
      expectStop(relayed('10.9.9.9'), VERDICT_DROP, REASON_SOURCE_DENIED);
      expect(plane.counters().byReason[REASON_SOURCE_DENIED]).toBe(1);
    });

    it('LISP data of this router itself, in fragments, or on another port is for the router', () => {
      const packet = lispOf(4, inbound(4));
      expectStop(send(site(), packet, { originated: true }), VERDICT_PUNT, REASON_LOCAL);
      const fragment = packet.slice();
      fragment[6] = 0x20;
      expectStop(send(site(), mended(fragment)), VERDICT_PUNT, REASON_LOCAL);
      const other = packet.slice();
      new DataView(other.buffer).setUint16(22, 4342);
      expectStop(send(site(), other), VERDICT_PUNT, REASON_LOCAL);
    });

    it('what is not decapsulated on an own address is routed on, LISP or not', () => {
      const packet = buildUdpPacket(
        {
          source: RLOC[4].peer,
          destination: SITE[4].outside,
          ttl: 9,
          sourcePort: 0xf123,
          destinationPort: 4341,
          checksum: 'zero',
        },
        concatBytes(encodeLispData(lispDataHeader()), inbound(4)),
      );
      const sent = send(site(), packet);
      expectGone(sent, VERDICT_NATIVE);
      expect(sent.verdict.decapsulated).toBe(false);
    });
  });
}
