/** Laws of tables, publishing, hits, counters and batches. */
import { describe, expect, it } from 'vitest';
import {
  REASON_BAD_VERSION,
  REASON_DROP_NO_REASON,
  REASON_MAP_CACHE_MISS,
  REASON_NONE,
  REASON_SEND_MAP_REQUEST,
  REASON_TRUNCATED,
  REASON_TTL_EXPIRED,
  VERDICT_ENCAP,
  VERDICT_NATIVE,
  VERDICT_PUNT,
} from '../../assembly/layout.ts';
import { cidr } from '../../src/base/ip-text.ts';
import type { DataPlane } from '../../src/engine/data-plane.ts';
import {
  SITE,
  connected,
  everywhere,
  expectGone,
  expectStop,
  host,
  inbound,
  lispOf,
  packetOf,
  send,
  siteRouter,
  targetTo,
  toPeer,
} from './forwarding-support.ts';

export function tableSuite(name: string, makeDataPlane: () => DataPlane): void {
  const site = (instanceId = 0): DataPlane => siteRouter(makeDataPlane(), instanceId);

  describe(`${name}: tables, hits and counters`, () => {
    it('changes are invisible until they are published, all at once', () => {
      const plane = site();
      plane.setEntry({ eid: host(SITE[4].peer), action: 3, targets: [] });
      plane.setRoute(0, cidr('10.2.0.0/16'), connected(4));
      expect(send(plane, packetOf(4)).verdict.reason).toBe(REASON_MAP_CACHE_MISS);
      expect(plane.matchEntry(0, SITE[4].peer)).toBeUndefined();
      plane.publish();
      expect(send(plane, packetOf(4)).verdict).toMatchObject({ verdict: VERDICT_NATIVE, outInterface: 4 });
      plane.removeRoute(0, cidr('10.2.0.0/16'));
      expect(send(plane, packetOf(4)).verdict.verdict).toBe(VERDICT_NATIVE);
      plane.publish();
      expect(send(plane, packetOf(4)).verdict.reason).toBe(REASON_DROP_NO_REASON);
      plane.removeEntry(host(SITE[4].peer));
      plane.publish();
      expect(send(plane, packetOf(4)).verdict.reason).toBe(REASON_MAP_CACHE_MISS);
    });

    it('removing what was set restores the table', () => {
      const plane = site();
      plane.setEntry({ eid: everywhere(4), action: 2, targets: [] });
      plane.publish();
      toPeer(plane, 4, [targetTo(4)]);
      expectGone(send(plane, packetOf(4)), VERDICT_ENCAP);
      plane.removeEntry(host(SITE[4].peer));
      plane.publish();
      expectStop(send(plane, packetOf(4)), VERDICT_PUNT, REASON_SEND_MAP_REQUEST);
    });

    it('hits count packets per entry, survive a replacement, and end with the entry', () => {
      const plane = site();
      const eid = host(SITE[4].peer);
      toPeer(plane, 4, [targetTo(4)]);
      for (let i = 0; i < 3; i++) send(plane, packetOf(4));
      expect(plane.hits(eid)).toBe(3);
      toPeer(plane, 4, [targetTo(6), targetTo(4)]);
      send(plane, packetOf(4));
      expect(plane.hits(eid)).toBe(4);
      expect(plane.hits(everywhere(4))).toBe(0);
      plane.removeEntry(eid);
      plane.publish();
      expect(plane.hits(eid)).toBe(0);
      toPeer(plane, 4, [targetTo(4)]);
      expect(plane.hits(eid)).toBe(0);
    });

    it('every packet is counted once where it ended, bytes as they came and as they left', () => {
      const plane = site();
      toPeer(plane, 4, [targetTo(4)]);
      const native = packetOf(6, { source: SITE[6].outside });
      const encap = packetOf(4);
      const decap = lispOf(6, inbound(4));
      const drop = Uint8Array.of(0x50);
      for (const packet of [native, encap, decap, drop, packetOf(6)]) send(plane, packet);
      const all = [native, encap, decap, drop, packetOf(6)];
      const counters = plane.counters();
      expect(counters).toMatchObject({
        received: { packets: 5, bytes: all.reduce((sum, packet) => sum + packet.length, 0) },
        native: { packets: 2, bytes: native.length + inbound(4).length },
        encapsulated: { packets: 1, bytes: encap.length + 36 },
        decapsulated: { packets: 1, bytes: decap.length },
        punted: 1,
        dropped: 1,
      });
      const reasons = new Map([...counters.byReason.entries()].filter(([, count]) => count > 0));
      expect(reasons).toEqual(
        new Map([
          [REASON_MAP_CACHE_MISS, 1],
          [REASON_BAD_VERSION, 1],
        ]),
      );
    });

    it('a batch comes out in the order it went in', () => {
      const plane = site();
      toPeer(plane, 4, [targetTo(4)]);
      const packets = [
        packetOf(4),
        packetOf(6),
        lispOf(4, inbound(6)),
        new Uint8Array(0),
        packetOf(4, { ttl: 1 }),
      ];
      packets.forEach((packet, cookie) =>
        expect(plane.inject(packet, { interfaceIndex: cookie, cookie })).toBe(true),
      );
      plane.process();
      const seen: [number, number, number][] = [];
      plane.collect((v) => seen.push([v.cookie, v.inInterface, v.reason]));
      expect(seen).toEqual([
        [0, 0, REASON_NONE],
        [1, 1, REASON_MAP_CACHE_MISS],
        [2, 2, REASON_NONE],
        [3, 3, REASON_TRUNCATED],
        [4, 4, REASON_TTL_EXPIRED],
      ]);
      plane.collect(() => expect.unreachable('handed out twice'));
    });
  });
}
