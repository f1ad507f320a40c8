/** Laws of putting LISP headers on: RFC 9300 §5, §7, §9. */
import { describe, expect, it } from 'vitest';
import {
  ACTION_FORWARD,
  POLICY_ITR_SOURCE,
  REASON_MAP_CACHE_MISS,
  REASON_NO_USABLE_RLOC,
  REASON_TOO_BIG,
  VERDICT_DROP,
  VERDICT_ENCAP,
  VERDICT_PUNT,
} from '../../assembly/layout.ts';
import { concatBytes, fromHex, toHex } from '../../src/base/bytes.ts';
import { formatIp, ip } from '../../src/base/ip-text.ts';
import type { IpAddress } from '../../src/base/ip.ts';
import type { DataPlane } from '../../src/engine/data-plane.ts';
import { encodeIpv4 } from '../../src/wire/ipv4.ts';
import { instanceOf } from '../../src/wire/lisp-data.ts';
import {
  FAMILIES,
  OVERHEAD,
  PAIRS,
  type PacketShape,
  RLOC,
  SITE,
  expectGone,
  expectStop,
  host,
  opened,
  packetOf,
  packetOfLength,
  send,
  siteRouter,
  targetTo,
  toPeer,
  via,
} from './forwarding-support.ts';

export function encapsulationSuite(name: string, makeDataPlane: () => DataPlane): void {
  const site = (instanceId = 0): DataPlane => siteRouter(makeDataPlane(), instanceId);

  describe(`${name}: encapsulation`, () => {
    it.each(PAIRS)(
      'DP-01 DP-02 DP-04 DP-25 IW-04 IPv%i EIDs are carried over IPv%i RLOCs unchanged but for the TTL',
      (inner, outer) => {
        const plane = site();
        toPeer(plane, inner, [targetTo(outer)]);
        const packet = packetOf(inner);
        const sent = send(plane, packet);
        expectGone(sent, VERDICT_ENCAP);
        expect(sent.verdict).toMatchObject({
          outInterface: 1,
          gateway: RLOC[outer].gateway,
          instanceId: 0,
          decapsulated: false,
          mtu: 0,
        });
        const { outer: ip, udp, lisp, innerBytes } = opened(sent.bytes);
        expect(toHex(innerBytes)).toBe(toHex(packetOf(inner, { ttl: 63 })));
        expect([ip.source, ip.destination]).toEqual([RLOC[outer].own, RLOC[outer].peer]);
        expect(sent.bytes.length).toBe(packet.length + OVERHEAD[outer]);
        // DP-02, DP-04
        expect([udp.destinationPort, udp.checksum]).toEqual([4341, 'zero']);
        expect(lisp).toEqual({ flags: 0, word0: 0, word1: 0 });
        expect([ip.flowLabel, ip.identification, ip.dontFragment]).toEqual([0, 0, true]);
      },
    );

    it('DP-01 DP-11 DP-13 the outer headers of spec example D1 come out byte for byte', () => {
      const plane = site(101);
      toPeer(plane, 4, [targetTo(4)], 101);
      const inner = fromHex(
        '45b80024 00004000 3f012713 0a010005 0a020007 0800e6e8 00010001 41424344 45464748',
      )!;
      const { bytes, verdict } = send(plane, inner, { instanceId: 101, originated: true });
      expect(verdict.instanceId).toBe(101);
      expect(toHex(bytes.subarray(0, 20))).toBe('45b800480000' + '40003f114eb7c0000201c6336401');
      expect(toHex(bytes.subarray(22, 36))).toBe('10f5' + '00340000' + '0800000000006500');
      expect(toHex(bytes.subarray(36))).toBe(toHex(inner));
    });

    it.each([0, 1, 101, 0xabcdef, 0xffffff])(
      'DP-11 DP-24 instance %i is in the header, I=1 unless it is 0',
      (id) => {
        const plane = site(id);
        toPeer(plane, 4, [targetTo(6)], id);
        const { lisp } = opened(send(plane, packetOf(4), { instanceId: id }).bytes);
        expect(instanceOf(lisp)).toBe(id === 0 ? undefined : id);
        expect(lisp.word1 & 0xff).toBe(0);
      },
    );

    it.each(PAIRS)(
      'DP-13 DP-16 IPv%i in IPv%i: outer TTL, DSCP and ECN are copies of the inner ones',
      (inner, outer) => {
        const plane = site();
        toPeer(plane, inner, [targetTo(outer)]);
        for (const [ttl, dscp, ecn] of [
          [2, 46, 0],
          [64, 0, 1],
          [255, 63, 2],
          [100, 10, 3],
        ] as const) {
          const parts = opened(send(plane, packetOf(inner, { ttl, dscp, ecn })).bytes);
          const fields = { ttl: ttl - 1, dscp, ecn };
          expect(parts.outer).toMatchObject(fields);
          expect(parts.inner).toMatchObject(fields);
        }
      },
    );

    it('DP-03 the source port is constant for a flow and spreads flows over 0xc000..0xffff', () => {
      const plane = site();
      toPeer(plane, 4, [targetTo(4)]);
      const portOf = (ports: readonly number[], ttl = 64): number =>
        opened(
          send(plane, packetOf(4, { ttl, payload: Uint8Array.of(...ports, 0, 12, 0, 0, 1, 2, 3, 4) })).bytes,
        ).udp.sourcePort;
      const flows = Array.from({ length: 64 }, (_, i) => portOf([i, 7, 0, 53]));
      expect(portOf([5, 7, 0, 53], 9)).toBe(flows[5]);
      expect(new Set(flows).size).toBeGreaterThan(60);
      expect(Math.min(...flows)).toBeGreaterThanOrEqual(0xc000);
    });

    // Options and an outer IPv6 header are not for the express lane.
    it.each([
      [4, 'without options', 0],
      [4, 'with options', 4],
      [6, 'without options', 0],
    ] as const)(
      'DP-03 over IPv%i, %s: fragments and ICMP of one pair of hosts are one flow each, whatever their first bytes',
      (outer, _, optionBytes) => {
        const plane = site();
        toPeer(plane, 4, [targetTo(outer)]);
        const hashOf = (protocol: number, fragment: number | undefined, byte: number): number => {
          const header = {
            dscp: 0,
            ecn: 0,
            identification: 9,
            dontFragment: false,
            moreFragments: fragment === 0,
            fragmentOffset: fragment ?? 0,
            ttl: 64,
            protocol,
            source: SITE[4].eid,
            destination: SITE[4].peer,
            options: new Uint8Array(optionBytes).fill(1),
          };
          return send(plane, encodeIpv4(header, new Uint8Array(16).fill(byte))).verdict.flowHash;
        };
        const [icmp, udp] = [1, 17];
        expect(hashOf(icmp, undefined, 1)).toBe(hashOf(icmp, undefined, 2));
        expect(hashOf(udp, undefined, 1)).not.toBe(hashOf(udp, undefined, 2));
        // The first fragment has ports, and the last one has no MF.
        expect(hashOf(udp, 0, 1)).toBe(hashOf(udp, 2, 2));
        expect(hashOf(udp, 0, 1)).not.toBe(hashOf(icmp, undefined, 1));
      },
    );

    it.each(FAMILIES)('DP-03 IPv%i: every part of the 5-tuple makes another flow', (inner) => {
      const plane = site();
      toPeer(plane, inner, [targetTo(4)]);
      const other = inner === 4 ? ip('10.2.0.8') : ip('2001:db8:2::8');
      plane.setEntry({ eid: host(other), action: ACTION_FORWARD, targets: [targetTo(4)] });
      const neighbour = inner === 4 ? ip('10.1.0.6') : ip('2001:db8:1::6');
      plane.setPolicy(host(neighbour), POLICY_ITR_SOURCE);
      plane.publish();
      const ports = (...bytes: number[]): Uint8Array => Uint8Array.of(...bytes, 0, 12, 0, 0, 1, 2, 3, 4);
      const hashOf = (shape: PacketShape): number => {
        const sent = send(plane, packetOf(inner, { payload: ports(4, 1, 0, 53), ...shape }));
        expectGone(sent, VERDICT_ENCAP);
        return sent.verdict.flowHash;
      };
      const hashes = [
        {},
        { source: neighbour },
        { destination: other },
        { protocol: 6 },
        { payload: ports(4, 2, 0, 53) },
        { payload: ports(4, 1, 0, 54) },
      ].map(hashOf);
      expect(new Set(hashes).size).toBe(hashes.length);
      // The rest of the packet is no part of it.
      expect(hashOf({ ttl: 9, dscp: 46, payload: ports(4, 1, 0, 53).fill(9, 8) })).toBe(hashes[0]);
    });

    it('DP-23 only the best priority is used, and it is shared by weight', () => {
      const plane = site();
      const rloc = (last: number): IpAddress => ip(`198.51.100.${last}`);
      toPeer(plane, 4, [
        targetTo(4, { destination: rloc(1), priority: 2, weight: 100 }),
        targetTo(4, { destination: rloc(2), priority: 1, weight: 75 }),
        targetTo(4, { destination: rloc(3), priority: 1, weight: 25 }),
      ]);
      const count = new Map<string, number>();
      for (let i = 0; i < 800; i++) {
        const payload = Uint8Array.of(i >> 8, i, 0, 53, 0, 12, 0, 0, 1, 2, 3, 4);
        const to = formatIp(opened(send(plane, packetOf(4, { payload })).bytes).outer.destination);
        count.set(to, (count.get(to) ?? 0) + 1);
      }
      expect([...count.keys()].sort()).toEqual(['198.51.100.2', '198.51.100.3']);
      expect(count.get('198.51.100.2')! / 800).toBeGreaterThan(0.68);
      expect(count.get('198.51.100.2')! / 800).toBeLessThan(0.82);
    });

    it.each([
      [4, 1464],
      [6, 1444],
    ] as const)('DP-19 DP-20 over IPv%i the largest inner packet has %i bytes', (outer, room) => {
      for (const inner of FAMILIES) {
        const plane = site();
        toPeer(plane, inner, [targetTo(outer, { nextHop: via(RLOC[outer].gateway, 1, 9000) })]);
        const fits = send(plane, packetOfLength(inner, room));
        expectGone(fits, VERDICT_ENCAP);
        expect(fits.bytes.length).toBe(1500);
        const packet = packetOfLength(inner, room + 1);
        const large = send(plane, packet);
        expectStop(large, VERDICT_PUNT, REASON_TOO_BIG);
        expect(large.verdict.mtu).toBe(room);
        expect(toHex(large.bytes)).toBe(toHex(packet));
      }
    });

    it('DP-20 a narrow interface lowers what can be encapsulated', () => {
      const plane = site();
      toPeer(plane, 4, [targetTo(6, { nextHop: via(RLOC[6].gateway, 1, 1280) })]);
      expectGone(send(plane, packetOfLength(4, 1280 - 56)), VERDICT_ENCAP);
      const large = send(plane, packetOfLength(4, 1280 - 55));
      expectStop(large, VERDICT_PUNT, REASON_TOO_BIG);
      expect(large.verdict.mtu).toBe(1280 - 56);
    });

    it('bytes beyond the total length are not encapsulated', () => {
      const plane = site();
      toPeer(plane, 6, [targetTo(4)]);
      const { innerBytes } = opened(send(plane, concatBytes(packetOf(6), new Uint8Array(9))).bytes);
      expect(toHex(innerBytes)).toBe(toHex(packetOf(6, { ttl: 63 })));
    });

    it('bytes beyond the total length are not punted either', () => {
      const sent = send(site(), concatBytes(packetOf(4), new Uint8Array(9)));
      expectStop(sent, VERDICT_PUNT, REASON_MAP_CACHE_MISS);
      expect(toHex(sent.bytes)).toBe(toHex(packetOf(4)));
    });

    it('DP-21 IW-05 a target of priority 255 is not used beside others, nor alone', () => {
      const plane = site();
      const never = targetTo(4, { destination: RLOC[4].gateway, priority: 255 });
      toPeer(plane, 4, [never, targetTo(4, { priority: 254 })]);
      for (let port = 0; port < 64; port++) {
        const payload = Uint8Array.of(port, 7, 0, 53, 0, 12, 0, 0, 1, 2, 3, 4);
        const { outer } = opened(send(plane, packetOf(4, { payload })).bytes);
        expect(outer.destination).toEqual(RLOC[4].peer);
      }
      toPeer(plane, 4, [never]);
      expectStop(send(plane, packetOf(4)), VERDICT_DROP, REASON_NO_USABLE_RLOC);
    });

    it('an entry without a target is a dead end', () => {
      const plane = site();
      toPeer(plane, 4, []);
      expectStop(send(plane, packetOf(4)), VERDICT_DROP, REASON_NO_USABLE_RLOC);
    });
  });
}
