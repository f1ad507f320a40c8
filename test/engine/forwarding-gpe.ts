/** Laws of LISP-GPE (RFC 9305), of UDP checksums that are a choice, of path MTUs and of an RTR. */
import { describe, expect, it } from 'vitest';
import {
  POLICY_RTR_DESTINATION,
  REASON_BAD_INNER,
  REASON_GPE_CHECKSUM,
  REASON_GPE_SHIM,
  REASON_NEXT_PROTOCOL,
  REASON_NOT_LOCAL_EID,
  REASON_TOO_BIG,
  REASON_UDP_CHECKSUM,
  VERDICT_DROP,
  VERDICT_ENCAP,
  VERDICT_NATIVE,
  VERDICT_PUNT,
} from '../../assembly/layout.ts';
import { toHex } from '../../src/base/bytes.ts';
import type { Family } from '../../src/base/ip.ts';
import type { DataPlane } from '../../src/engine/data-plane.ts';
import type { ReceptionRules } from '../../src/engine/marking.ts';
import { lispDataHeader, nextProtocolOf } from '../../src/wire/lisp-data.ts';
import {
  FAMILIES,
  OVERHEAD,
  PAIRS,
  RLOC,
  SITE,
  connected,
  expectGone,
  expectStop,
  host,
  inbound,
  lispOf,
  opened,
  packetOf,
  packetOfLength,
  send,
  siteRouter,
  targetTo,
  toPeer,
  type Opened,
  type Sent,
} from './forwarding-support.ts';

export function gpeSuite(name: string, makeDataPlane: () => DataPlane): void {
  const site = (rules: ReceptionRules = {}): DataPlane => {
    const plane = siteRouter(makeDataPlane());
    plane.setReception(rules);
    plane.publish();
    return plane;
  };
  const sendTo = (inner: Family, outer: Family, marking: object): Opened => {
    const plane = site();
    toPeer(plane, inner, [targetTo(outer, { marking })]);
    const sent = send(plane, packetOf(inner));
    expectGone(sent, VERDICT_ENCAP);
    return opened(sent.bytes);
  };
  const receive = (
    rules: ReceptionRules,
    outer: Family,
    nextProtocol: number,
    checksum: 'zero' | 'compute' = 'compute',
  ): Sent => {
    const header = lispDataHeader({ nextProtocol });
    return send(site(rules), lispOf(outer, inbound(4), { header, checksum }));
  };

  describe(`${name}: LISP-GPE`, () => {
    it.each(PAIRS)('DP-40 IPv%i in IPv%i: P=1, the Next Protocol, and nothing else', (inner, outer) => {
      const marking = { gpe: true, nonce: 1, echo: true, versions: { source: 1, destination: 2 } };
      const { lisp, inner: carried } = sendTo(inner, outer, marking);
      expect(lisp).toEqual({ flags: 0x04, word0: inner === 4 ? 1 : 2, word1: 0 });
      expect(carried.family).toBe(inner);
    });

    it('DP-40 N, E, V and bits 8 to 23 of a GPE header are ignored', () => {
      const header = { flags: 0x04 | 0xb0, word0: 0xffff01, word1: 0 };
      expectGone(send(site({ gpe: true }), lispOf(4, inbound(4), { header })), VERDICT_NATIVE);
    });

    it('DP-09 DP-41 without GPE P is not sent, and read as a reserved bit', () => {
      expect(nextProtocolOf(sendTo(4, 4, {}).lisp)).toBeUndefined();
      expectGone(receive({}, 4, 99), VERDICT_NATIVE);
    });

    it.each(PAIRS)('DP-42 IPv%i in IPv%i: GPE has a right UDP checksum by default', (inner, outer) => {
      expect(sendTo(inner, outer, { gpe: true }).udp.checksum).toBe('good');
      expect(sendTo(inner, outer, { gpe: true, checksum: false }).udp.checksum).toBe('zero');
    });

    it('DP-42 GPE over IPv6 without a checksum is refused unless it has been agreed on', () => {
      expectStop(receive({ gpe: true }, 6, 1, 'zero'), VERDICT_DROP, REASON_GPE_CHECKSUM);
      expectGone(receive({ gpe: true, gpeZeroChecksum: true }, 6, 1, 'zero'), VERDICT_NATIVE);
      expectGone(receive({ gpe: true }, 4, 1, 'zero'), VERDICT_NATIVE);
      expectGone(receive({ gpe: true }, 6, 1), VERDICT_NATIVE);
    });

    it.each([0, 3, 4, 0x7f, 0xfe, 0xff])('Next Protocol %i is dropped and counted', (next) => {
      // A checksum of 0 is what the express lane takes, if it does not see P.
      for (const checksum of ['compute', 'zero'] as const) {
        expectStop(receive({ gpe: true }, 4, next, checksum), VERDICT_DROP, REASON_NEXT_PROTOCOL);
      }
    });

    it('a Next Protocol that is not what is inside is dropped', () => {
      expectStop(receive({ gpe: true }, 4, 2), VERDICT_DROP, REASON_NEXT_PROTOCOL);
      const cut = lispOf(4, inbound(4).subarray(0, 12), { header: lispDataHeader({ nextProtocol: 1 }) });
      expectStop(send(site({ gpe: true }), cut), VERDICT_DROP, REASON_BAD_INNER);
    });

    it.each([0x80, 0xfd])('DP-43 shim %i comes before the payload: unknown, so dropped', (next) => {
      for (const checksum of ['compute', 'zero'] as const) {
        expectStop(receive({ gpe: true }, 4, next, checksum), VERDICT_DROP, REASON_GPE_SHIM);
      }
    });
  });

  describe(`${name}: UDP checksums`, () => {
    it.each(PAIRS)('DP-06 IPv%i in IPv%i: a checksum that is sent is right', (inner, outer) => {
      expect(sendTo(inner, outer, { checksum: true }).udp.checksum).toBe('good');
    });

    it('DP-06 a checksum of 0 is sent as 0xffff', () => {
      const plane = site();
      toPeer(plane, 4, [targetTo(4, { marking: { checksum: true } })]);
      const first = packetOf(4, { payload: Uint8Array.of(4, 1, 0, 53, 0, 12, 0, 0, 0, 0, 0, 0) });
      const sum = checksumOf(send(plane, first).bytes);
      // The last word makes up for all the others: the sum comes to 0xffff, its complement to 0.
      const payload = Uint8Array.of(4, 1, 0, 53, 0, 12, 0, 0, 0, 0, sum >>> 8, sum & 0xff);
      expect(checksumOf(send(plane, packetOf(4, { payload })).bytes)).toBe(0xffff);
    });

    it('DP-06 a receiver may choose not to verify', () => {
      for (const outer of FAMILIES) {
        const wrong = lispOf(outer, inbound(4), { checksum: 'compute' });
        wrong[wrong.length - 1]! ^= 1;
        expectStop(send(site(), wrong), VERDICT_DROP, REASON_UDP_CHECKSUM);
        expectGone(send(site({ unverified: true }), wrong), VERDICT_NATIVE);
      }
    });
  });

  describe(`${name}: path MTU`, () => {
    it.each(PAIRS)('DP-20 IPv%i in IPv%i: what the path takes bounds the inner packet', (inner, outer) => {
      const plane = site();
      toPeer(plane, inner, [targetTo(outer, { pathMtu: 1400 })]);
      const room = 1400 - OVERHEAD[outer];
      const sent = send(plane, packetOfLength(inner, room));
      expectGone(sent, VERDICT_ENCAP);
      expect(sent.bytes.length).toBe(1400);
      const refused = send(plane, packetOfLength(inner, room + 1));
      expectStop(refused, VERDICT_PUNT, REASON_TOO_BIG);
      expect(refused.verdict.mtu).toBe(room);
    });

    it('DP-19 a path that takes more than 1500 bytes is not filled', () => {
      const plane = site();
      toPeer(plane, 4, [targetTo(4, { pathMtu: 9000, nextHop: connected(1, 9000) })]);
      expect(send(plane, packetOfLength(4, 1465)).verdict.mtu).toBe(1464);
    });
  });

  describe(`${name}: RTR`, () => {
    const rtr = (outer: Family): DataPlane => {
      const plane = site();
      for (const family of FAMILIES) plane.setPolicy(host(SITE[family].peer), POLICY_RTR_DESTINATION);
      for (const family of FAMILIES) toPeer(plane, family, [targetTo(outer)]);
      return plane;
    };
    const through = (inner: Family): Uint8Array => packetOf(inner, { source: SITE[inner].outside, ttl: 60 });

    it.each(PAIRS)('DP-16 IPv%i through an RTR: header off, header on toward IPv%i', (inner, outer) => {
      const plane = rtr(outer);
      const came = lispOf(outer === 4 ? 6 : 4, through(inner), { ttl: 30, dscp: 46, ecn: 3 });
      expectStop(send(plane, came), VERDICT_DROP, 29); // Not-ECT inside CE
      const sent = send(plane, lispOf(outer === 4 ? 6 : 4, through(inner), { ttl: 30, dscp: 46 }));
      expectGone(sent, VERDICT_ENCAP);
      expect(sent.verdict.decapsulated).toBe(true);
      const parts = opened(sent.bytes);
      // The new outer TTL is the old outer one, less one.
      expect(parts.outer).toMatchObject({ ttl: 29, dscp: 46, ecn: 0, destination: RLOC[outer].peer });
      expect(parts.inner).toMatchObject({ ttl: 29, dscp: 46, source: SITE[inner].outside });
      expect(plane.counters().decapsulated.packets).toBe(1);
      expect(plane.counters().encapsulated.packets).toBe(1);
    });

    it('puts no header on packets that came without one', () => {
      const plane = rtr(4);
      const sent = send(plane, through(4));
      expectGone(sent, VERDICT_NATIVE);
      expect(toHex(sent.bytes)).toBe(toHex(packetOf(4, { source: SITE[4].outside, ttl: 59 })));
    });

    it('a held packet that comes back decapsulated is still one to encapsulate again', () => {
      expectGone(send(rtr(6), through(4), { decapsulated: true }), VERDICT_ENCAP);
    });

    it('takes only what is for the prefixes it serves', () => {
      const plane = rtr(4);
      const elsewhere = packetOf(4, { source: SITE[4].eid, destination: SITE[4].outside });
      expectStop(send(plane, lispOf(4, elsewhere)), VERDICT_DROP, REASON_NOT_LOCAL_EID);
    });
  });
}

/** The outer UDP checksum of IPv4 as it is on the wire. */
function checksumOf(bytes: Uint8Array): number {
  return (bytes[26]! << 8) | bytes[27]!;
}
