/** Laws of the forwarding order: what is looked at first, and who wins. */
import { describe, expect, it } from 'vitest';
import {
  POLICY_ETR_DESTINATION,
  POLICY_ITR_SOURCE,
  POLICY_PITR_DESTINATION,
  REASON_AGGREGATE_HOLE,
  REASON_AUTH_FAILURE,
  REASON_DROP_NO_REASON,
  REASON_LOCAL,
  REASON_MAP_CACHE_MISS,
  REASON_NONE,
  REASON_NO_ACTION,
  REASON_NO_ROUTE,
  REASON_POLICY_DENIED,
  REASON_SEND_MAP_REQUEST,
  REASON_TOO_BIG,
  REASON_TTL_EXPIRED,
  VERDICT_DROP,
  VERDICT_ENCAP,
  VERDICT_NATIVE,
  VERDICT_PUNT,
} from '../../assembly/layout.ts';
import { toHex } from '../../src/base/bytes.ts';
import { cidr, formatPrefix, ip } from '../../src/base/ip-text.ts';
import { prefix } from '../../src/base/ip.ts';
import type { DataPlane, NextHop } from '../../src/engine/data-plane.ts';
import { instanceOf } from '../../src/wire/lisp-data.ts';
import {
  DISCARD,
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
  opened,
  packetOf,
  packetOfLength,
  send,
  sendAll,
  siteRouter,
  targetTo,
  toPeer,
  via,
} from './forwarding-support.ts';

export function orderSuite(name: string, makeDataPlane: () => DataPlane): void {
  const site = (instanceId = 0): DataPlane => siteRouter(makeDataPlane(), instanceId);

  describe(`${name}: forwarding order`, () => {
    it.each(FAMILIES)('IPv%i: TTL 0 and 1 expire with the packet untouched; TTL 2 leaves as 1', (family) => {
      const plane = site();
      for (const ttl of [0, 1]) {
        const packet = packetOf(family, { ttl });
        const sent = send(plane, packet);
        expectStop(sent, VERDICT_PUNT, REASON_TTL_EXPIRED);
        expect(toHex(sent.bytes)).toBe(toHex(packet));
      }
      const sent = send(plane, packetOf(family, { ttl: 2, source: SITE[family].outside }));
      expectGone(sent, VERDICT_NATIVE);
      expect(decoded(sent.bytes).ttl).toBe(1);
    });

    it.each(FAMILIES)('IPv%i: what was made here keeps its TTL, even 1', (family) => {
      const plane = site();
      toPeer(plane, family, [targetTo(4)]);
      const native = packetOf(family, {
        ttl: 1,
        source: SITE[family].outside,
        destination: SITE[family].outside,
      });
      expect(toHex(send(plane, native, { originated: true }).bytes)).toBe(toHex(native));
      const { outer, innerBytes } = opened(
        send(plane, packetOf(family, { ttl: 1 }), { originated: true }).bytes,
      );
      expect(outer.ttl).toBe(1);
      expect(toHex(innerBytes)).toBe(toHex(packetOf(family, { ttl: 1 })));
    });

    it.each(FAMILIES)('IPv%i: what is for the router is delivered whatever its TTL', (family) => {
      for (const ttl of [0, 1, 64]) {
        const packet = packetOf(family, { ttl, destination: RLOC[family].own });
        const sent = send(site(), packet);
        expectStop(sent, VERDICT_PUNT, REASON_LOCAL);
        expect(toHex(sent.bytes)).toBe(toHex(packet));
      }
    });

    it('a route more specific than the default wins over the Map-Cache, a default or discard route does not', () => {
      const plane = site();
      toPeer(plane, 4, [targetTo(4)]);
      const routed = (bits: number, nextHop: NextHop): Sent => {
        plane.setRoute(0, prefix(SITE[4].peer, bits), nextHop);
        plane.publish();
        const sent = send(plane, packetOf(4));
        plane.removeRoute(0, prefix(SITE[4].peer, bits));
        return sent;
      };
      expectGone(routed(0, connected(5)), VERDICT_ENCAP);
      expectGone(routed(1, connected(5)), VERDICT_NATIVE);
      expectGone(routed(32, via(RLOC[4].gateway)), VERDICT_NATIVE);
      expectGone(routed(8, DISCARD), VERDICT_ENCAP);
    });

    it('a packet is eligible by its source for an ITR and by its destination for a PITR', () => {
      const plane = site();
      const fromOutside = packetOf(4, { source: SITE[4].outside });
      toPeer(plane, 4, [targetTo(4)]);
      expectGone(send(plane, packetOf(4)), VERDICT_ENCAP);
      expectGone(send(plane, fromOutside), VERDICT_NATIVE);
      plane.setPolicy({ instanceId: 0, prefix: cidr('10.2.0.0/16') }, POLICY_PITR_DESTINATION);
      plane.publish();
      expectGone(send(plane, fromOutside), VERDICT_ENCAP);
      const elsewhere = packetOf(4, { source: SITE[4].outside, destination: ip('10.3.0.7') });
      expectGone(send(plane, elsewhere), VERDICT_NATIVE);
      expect(send(plane, elsewhere).verdict.flowHash).toBe(0);
    });

    it.each(PAIRS)(
      'IW-02 a PITR carries IPv%i from its own IPv%i RLOC to a locator of the mapping',
      (inner, outer) => {
        const plane = site();
        plane.setPolicy(host(SITE[inner].peer), POLICY_PITR_DESTINATION);
        toPeer(plane, inner, [targetTo(outer)]);
        const packet = packetOf(inner, { source: SITE[inner].outside });
        const parts = opened(send(plane, packet).bytes);
        expect([parts.outer.source, parts.outer.destination]).toEqual([RLOC[outer].own, RLOC[outer].peer]);
        expect(parts.inner.source).toEqual(SITE[inner].outside);
      },
    );

    it('flags of all covering prefixes count, and 0 takes a prefix away', () => {
      const plane = site();
      toPeer(plane, 4, [targetTo(4)]);
      plane.setPolicy({ instanceId: 0, prefix: cidr('10.0.0.0/8') }, POLICY_ETR_DESTINATION);
      plane.publish();
      expectGone(send(plane, packetOf(4)), VERDICT_ENCAP);
      plane.setPolicy(host(SITE[4].eid), POLICY_ETR_DESTINATION);
      plane.setPolicy({ instanceId: 0, prefix: cidr('10.0.0.0/8') }, POLICY_ITR_SOURCE);
      plane.publish();
      expectGone(send(plane, packetOf(4)), VERDICT_ENCAP);
      plane.setPolicy({ instanceId: 0, prefix: cidr('10.0.0.0/8') }, 0);
      plane.publish();
      expectGone(send(plane, packetOf(4)), VERDICT_NATIVE);
    });

    it.each([
      [0, VERDICT_DROP, REASON_NO_ACTION],
      [1, VERDICT_NATIVE, REASON_NONE],
      [2, VERDICT_PUNT, REASON_SEND_MAP_REQUEST],
      [3, VERDICT_DROP, REASON_DROP_NO_REASON],
      [4, VERDICT_DROP, REASON_POLICY_DENIED],
      [5, VERDICT_DROP, REASON_AUTH_FAILURE],
      [6, VERDICT_DROP, REASON_NO_ACTION],
      [7, VERDICT_DROP, REASON_NO_ACTION],
    ])('IW-05 IW-14 a negative entry with ACT %i gives verdict %i, reason %i', (action, verdict, reason) => {
      const plane = site();
      plane.setEntry({ eid: host(SITE[4].peer), action, targets: [] });
      plane.publish();
      const sent = send(plane, packetOf(4));
      expectStop(sent, verdict, reason);
      expect(sent.verdict.flowHash).not.toBe(0);
      expect(toHex(sent.bytes)).toBe(toHex(packetOf(4, { ttl: verdict === VERDICT_NATIVE ? 63 : 64 })));
      expect(plane.hits(host(SITE[4].peer))).toBe(1);
    });

    it('a miss is the control plane to know about, with the packet as it stands', () => {
      const plane = site();
      const sent = send(plane, packetOf(6), { cookie: 0xfedcba98 });
      expectStop(sent, VERDICT_PUNT, REASON_MAP_CACHE_MISS);
      expect(sent.verdict).toMatchObject({ cookie: 0xfedcba98, inInterface: 3, originated: false });
      expect(toHex(sent.bytes)).toBe(toHex(packetOf(6)));
    });

    it.each(FAMILIES)('IPv%i: what goes between RLOCs is nothing to ITR, PITR or the Map-Cache', (family) => {
      const plane = site();
      toPeer(plane, family, [targetTo(4)]);
      plane.setPolicy(everywhere(family), POLICY_PITR_DESTINATION);
      plane.publish();
      const packet = packetOf(family);
      const how = { originated: true, underlay: true };
      expectGone(send(plane, packet, { originated: true }), VERDICT_ENCAP);
      const sent = send(plane, packet, how);
      expectGone(sent, VERDICT_NATIVE);
      expect(toHex(sent.bytes)).toBe(toHex(packet));
      expect(plane.hits(host(SITE[family].peer))).toBe(1);
    });

    it('DP-35 the longest EID-Prefix wins', () => {
      const plane = site();
      const at = (text: string, action: number): void =>
        plane.setEntry({ eid: { instanceId: 0, prefix: cidr(text) }, action, targets: [] });
      at('0.0.0.0/0', 3);
      at('10.0.0.0/8', 4);
      at('10.2.0.0/16', 5);
      at('10.2.0.7/32', 2);
      plane.publish();
      const reasonFor = (destination: string): number =>
        send(plane, packetOf(4, { destination: ip(destination) })).verdict.reason;
      expect(['11.0.0.1', '10.3.0.1', '10.2.0.8', '10.2.0.7'].map(reasonFor)).toEqual([
        REASON_DROP_NO_REASON,
        REASON_POLICY_DENIED,
        REASON_AUTH_FAILURE,
        REASON_SEND_MAP_REQUEST,
      ]);
      expect(formatPrefix(plane.matchEntry(0, ip('10.2.0.8'))!.prefix)).toBe('10.2.0.0/16');
      expect(plane.matchEntry(0, SITE[6].peer)).toBeUndefined();
      expect(plane.matchEntry(9, ip('10.2.0.8'))).toBeUndefined();
    });

    it.each(PAIRS)(
      'IW-07 IW-08 natively-forward goes to the PETR when there is one: IPv%i over IPv%i',
      (inner, outer) => {
        const plane = site();
        plane.setEntry({ eid: everywhere(inner), action: 1, targets: [] });
        plane.publish();
        const packet = packetOf(inner, { destination: SITE[inner].outside });
        expectGone(send(plane, packet), VERDICT_NATIVE);
        plane.setPetr(0, inner, [targetTo(outer, { destination: RLOC[outer].gateway })]);
        plane.publish();
        const sent = send(plane, packet);
        expectGone(sent, VERDICT_ENCAP);
        expect(opened(sent.bytes).outer.destination).toEqual(RLOC[outer].gateway);
        plane.setPetr(0, inner, []);
        plane.publish();
        expectGone(send(plane, packet), VERDICT_NATIVE);
      },
    );

    it('IW-08 the PETR of one inner family is not that of the other, and needs no route', () => {
      const plane = site();
      for (const family of FAMILIES) {
        plane.setEntry({ eid: everywhere(family), action: 1, targets: [] });
        plane.removeRoute(0, everywhere(family).prefix);
      }
      plane.setPetr(0, 6, [targetTo(4)]);
      plane.publish();
      expectGone(send(plane, packetOf(6)), VERDICT_ENCAP);
      expectStop(send(plane, packetOf(4)), VERDICT_DROP, REASON_NO_ROUTE);
    });

    it('IW-15 a natively-forwarded packet ends in the hole of an aggregate, not on the default route', () => {
      const plane = site();
      plane.setRoute(0, cidr('10.0.0.0/8'), DISCARD);
      plane.setPolicy({ instanceId: 0, prefix: cidr('10.0.0.0/8') }, POLICY_PITR_DESTINATION);
      plane.setEntry({ eid: { instanceId: 0, prefix: cidr('10.64.0.0/10') }, action: 1, targets: [] });
      plane.publish();
      const sent = send(plane, packetOf(4, { source: SITE[4].outside, destination: ip('10.77.0.1') }));
      expectStop(sent, VERDICT_DROP, REASON_AGGREGATE_HOLE);
    });

    it('without any route there is no way', () => {
      const plane = makeDataPlane();
      plane.publish();
      expectStop(send(plane, packetOf(4)), VERDICT_DROP, REASON_NO_ROUTE);
      expectStop(send(plane, packetOf(6), { instanceId: 5 }), VERDICT_DROP, REASON_NO_ROUTE);
    });

    it.each(FAMILIES)('IPv%i: a native packet larger than the interface takes is answered', (family) => {
      const plane = site();
      plane.setRoute(0, everywhere(family).prefix, via(RLOC[family].gateway, 1, 600));
      plane.publish();
      const shape = { source: SITE[family].outside };
      expectGone(send(plane, packetOfLength(family, 600, shape)), VERDICT_NATIVE);
      const packet = packetOfLength(family, 601, shape);
      const sent = send(plane, packet);
      expectStop(sent, VERDICT_PUNT, REASON_TOO_BIG);
      expect(sent.verdict.mtu).toBe(600);
      expect(toHex(sent.bytes)).toBe(toHex(packet));
    });

    it.each(PAIRS)(
      'DP-24 IPv%i in IPv%i: a mixed batch is looked up in the tables of each instance',
      (inner, outer) => {
        const plane = siteRouter(site(), 101);
        toPeer(plane, inner, [targetTo(outer)]);
        toPeer(plane, inner, [targetTo(outer, { destination: RLOC[outer].gateway })], 101);
        const instances = [0, 101, 101, 102, 0, 0, 101, 0, 101];
        const batch = instances.map((instanceId) => ({ packet: packetOf(inner), options: { instanceId } }));
        const outcomes = sendAll(plane, batch).map(({ verdict, bytes }) => {
          if (verdict.verdict !== VERDICT_ENCAP) return verdict.reason;
          const { outer: header, lisp } = opened(bytes);
          return [instanceOf(lisp), header.destination];
        });
        const [zero, one] = [
          [undefined, RLOC[outer].peer],
          [101, RLOC[outer].gateway],
        ];
        expect(outcomes).toEqual([zero, one, one, REASON_NO_ROUTE, zero, zero, one, zero, one]);
      },
    );

    it('DP-24 instances do not see each other', () => {
      const plane = site(101);
      toPeer(plane, 4, [targetTo(4)], 101);
      expectGone(send(plane, packetOf(4), { instanceId: 101 }), VERDICT_ENCAP);
      // Instance 0 of this router has neither policies nor a default route.
      expectStop(send(plane, packetOf(4)), VERDICT_DROP, REASON_NO_ROUTE);
    });
  });
}
