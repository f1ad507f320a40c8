/** Laws of header checks, before anything is looked up. */
import { describe, expect, it } from 'vitest';
import {
  REASON_BAD_CHECKSUM,
  REASON_BAD_HEADER,
  REASON_BAD_VERSION,
  REASON_LOCAL,
  REASON_NOT_UNICAST,
  REASON_TRUNCATED,
  VERDICT_DROP,
  VERDICT_PUNT,
} from '../../assembly/layout.ts';
import { toHex } from '../../src/base/bytes.ts';
import { ip } from '../../src/base/ip-text.ts';
import { addressBits, prefix } from '../../src/base/ip.ts';
import type { DataPlane } from '../../src/engine/data-plane.ts';
import { encodeIpv4 } from '../../src/wire/ipv4.ts';
import {
  LOCAL,
  SITE,
  expectStop,
  lengthen,
  mended,
  opened,
  packetOf,
  send,
  siteRouter,
  targetTo,
  toPeer,
} from './forwarding-support.ts';

export function headerSuite(name: string, makeDataPlane: () => DataPlane): void {
  const site = (instanceId = 0): DataPlane => siteRouter(makeDataPlane(), instanceId);

  describe(`${name}: header checks`, () => {
    const good = packetOf(4);
    const changed = (at: number, value: number, mend = true): Uint8Array => {
      const packet = good.slice();
      packet[at] = value;
      return mend ? mended(packet) : packet;
    };
    it.each([
      ['no bytes', new Uint8Array(0), REASON_TRUNCATED],
      ['version 0 in one byte', Uint8Array.of(0x05), REASON_BAD_VERSION],
      ['version 5', changed(0, 0x55), REASON_BAD_VERSION],
      ['19 bytes', good.subarray(0, 19), REASON_TRUNCATED],
      ['39 bytes of IPv6', packetOf(6).subarray(0, 39), REASON_TRUNCATED],
      ['IHL 4', changed(0, 0x44), REASON_BAD_HEADER],
      ['total length 19', changed(3, 19), REASON_BAD_HEADER],
      ['total length below a longer IHL', mended(lengthen(good.slice(0, 20), 0x46)), REASON_BAD_HEADER],
      ['total length beyond the packet', changed(3, good.length + 1), REASON_TRUNCATED],
      ['payload length beyond the packet', packetOf(6).subarray(0, 55), REASON_TRUNCATED],
      ['checksum', changed(8, 63, false), REASON_BAD_CHECKSUM],
    ])('%s', (_, packet, reason) => {
      const sent = send(site(), packet);
      expectStop(sent, VERDICT_DROP, reason);
      expect(toHex(sent.bytes)).toBe(toHex(packet));
    });

    it('options are carried along', () => {
      const plane = site();
      toPeer(plane, 4, [targetTo(4)]);
      const header = {
        dscp: 0,
        ecn: 0,
        identification: 1,
        dontFragment: false,
        moreFragments: false,
        fragmentOffset: 0,
        ttl: 64,
        protocol: 17,
        source: SITE[4].eid,
        destination: SITE[4].peer,
        options: Uint8Array.of(1, 1, 1, 0),
      };
      const { innerBytes } = opened(send(plane, encodeIpv4(header, new Uint8Array(8))).bytes);
      expect(toHex(innerBytes)).toBe(toHex(encodeIpv4({ ...header, ttl: 63 }, new Uint8Array(8))));
    });

    it.each(['224.0.0.9', '255.255.255.255', '0.0.0.0', 'ff02::9', '::'])(
      '%s is forwarded neither to nor from',
      (text) => {
        const address = ip(text);
        expectStop(
          send(site(), packetOf(address.family, { destination: address })),
          VERDICT_DROP,
          REASON_NOT_UNICAST,
        );
        expectStop(
          send(site(), packetOf(address.family, { source: address })),
          VERDICT_DROP,
          REASON_NOT_UNICAST,
        );
      },
    );

    it.each(['224.0.0.9', '255.255.255.255', 'ff02::9'])('%s is delivered when listened to', (text) => {
      const address = ip(text);
      const plane = site();
      plane.setRoute(0, prefix(address, addressBits(address.family)), LOCAL);
      plane.publish();
      expectStop(
        send(plane, packetOf(address.family, { destination: address, ttl: 1 })),
        VERDICT_PUNT,
        REASON_LOCAL,
      );
    });
  });
}
