// tshark judges what we write: it parses with code that shares nothing with ours.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concatBytes } from '../../src/base/bytes.ts';
import { ip } from '../../src/base/ip-text.ts';
import { fragmentIpv4 } from '../../src/wire/fragment.ts';
import { buildIcmpPacket, quoteForError } from '../../src/wire/icmp.ts';
import { decrementTtl } from '../../src/wire/ip-packet.ts';
import { encodeLispData, lispDataHeader } from '../../src/wire/lisp-data.ts';
import { writePcap } from '../../src/wire/pcap.ts';
import { PcapngWriter } from '../../src/wire/pcapng-writer.ts';
import { buildUdpPacket } from '../../src/wire/udp.ts';
import { hex } from '../support/hex.ts';
import { findTool, skipReason } from '../support/tools.ts';

const HOSTS4 = { source: ip('192.168.1.1'), destination: ip('4.4.4.4') };
const HOSTS6 = { source: ip('2001:db8:1::5'), destination: ip('2001:db8:2::7') };
const RLOCS4 = { source: ip('10.0.1.2'), destination: ip('10.0.1.1') };
const RLOCS6 = { source: ip('2001:db8:a::1'), destination: ip('2001:db8:b::1') };
const DATA = Uint8Array.from({ length: 72 }, (_, i) => i);
const CHECKSUM_CHECKS = [
  '-o',
  'ip.check_checksum:TRUE',
  '-o',
  'udp.check_checksum:TRUE',
  '-o',
  'udp.ignore_ipv6_zero_checksum:TRUE',
];

/** Every kind of packet the encoders build. */
function packets(): Uint8Array[] {
  const echo = { type: 'echo-request', identifier: 1, sequence: 1, data: DATA } as const;
  const inner = [
    buildIcmpPacket({ ...HOSTS4, ttl: 255, dscp: 46, ecn: 1 }, echo),
    buildIcmpPacket({ ...HOSTS6, ttl: 255, flowLabel: 0x12345 }, { ...echo, type: 'echo-reply' }),
  ];
  const headers = [
    lispDataHeader(),
    lispDataHeader({ instanceId: 101, nonce: 0xabcdef, locatorStatusBits: 3 }),
  ];
  const lisp = [RLOCS4, RLOCS6].flatMap((rlocs) =>
    inner.flatMap((packet) =>
      headers.map((header) =>
        buildUdpPacket(
          {
            ...rlocs,
            ttl: 254,
            sourcePort: 0xc001,
            destinationPort: 4341,
            checksum: 'zero',
            dontFragment: true,
          },
          concatBytes(encodeLispData(header), packet),
        ),
      ),
    ),
  );
  const computed = { ttl: 64, sourcePort: 1234, destinationPort: 9, checksum: 'compute' } as const;
  const udp = [
    buildUdpPacket({ ...HOSTS4, ...computed }, DATA),
    buildUdpPacket({ ...HOSTS6, ...computed }, DATA.subarray(1)),
  ];
  const request = hex('10000001 11223344 55667788 0001c0a80101 00010a000102 00200001 04040404');
  const control = buildUdpPacket({ ...RLOCS4, ...computed, destinationPort: 4342 }, request);
  const errors = [
    buildIcmpPacket(
      { ...RLOCS4, ttl: 64 },
      { type: 'unreachable', code: 4, mtu: 1464, quote: quoteForError(inner[0]!) },
    ),
    buildIcmpPacket(
      { ...RLOCS4, ttl: 64 },
      { type: 'time-exceeded', code: 0, quote: quoteForError(inner[0]!) },
    ),
    buildIcmpPacket(
      { ...RLOCS6, ttl: 64 },
      { type: 'packet-too-big', mtu: 1444, quote: quoteForError(inner[1]!) },
    ),
    buildIcmpPacket(
      { ...RLOCS6, ttl: 64 },
      { type: 'unreachable', code: 0, mtu: 0, quote: quoteForError(inner[1]!) },
    ),
  ];
  const forwarded = inner.map((packet) => packet.slice());
  for (const packet of forwarded) decrementTtl(packet);
  return [...inner, ...lisp, ...udp, control, ...errors, ...forwarded, ...fragmentIpv4(udp[0]!, 60)];
}

const reason = skipReason('tshark');

describe.skipIf(reason !== undefined)('tshark reads what we write', () => {
  const all = packets();
  // The start of a lab, and a time beyond 32 bits of microseconds.
  const times = all.map((_, i) => (i === 0 ? 0 : 10_000_000_000 + 1_001 * i));
  const names = ['lisp1-mapserver', 'mapserver-outsideworld'];
  let folder: string;
  let file: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pxtr-'));
    const writer = new PcapngWriter();
    for (const name of names) writer.addInterface(name, 101);
    all.forEach((bytes, i) =>
      writer.packet(i % 2, times[i]!, bytes, i % 3 === 0 ? `packet ${i} — µ` : undefined),
    );
    file = join(folder, 'packets.pcapng');
    writeFileSync(file, writer.finishCopy());
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  const tshark = (...args: readonly string[]): string[] =>
    execFileSync(findTool('tshark')!, ['-n', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .split('\n')
      .slice(0, -1);
  const fields = (path: string, ...list: readonly string[]): string[][] =>
    tshark('-r', path, '-T', 'fields', ...list.flatMap((field) => ['-e', field])).map((line) =>
      line.split('\t'),
    );

  it('times, interface names, lengths and comments are the ones we gave', () => {
    const rows = fields(file, 'frame.time_epoch', 'frame.interface_name', 'frame.len', 'frame.comment');
    expect(rows).toEqual(
      all.map((bytes, i) => [
        `${Math.floor(times[i]! / 1e6)}.${String(times[i]! % 1e6).padStart(6, '0')}000`,
        names[i % 2],
        String(bytes.length),
        i % 3 === 0 ? `packet ${i} — µ` : '',
      ]),
    );
  });

  it('DP-06 no packet is malformed, and every checksum that was computed is good', () => {
    const filter =
      '_ws.malformed || _ws.expert.severity == error || ip.checksum.status == 0 || udp.checksum.status == 0 || icmp.checksum.status == 0 || icmpv6.checksum.status == 0';
    expect(tshark(...CHECKSUM_CHECKS, '-r', file, '-Y', filter)).toEqual([]);
    const good =
      'ip.checksum.status == 1 || udp.checksum.status == 1 || icmp.checksum.status == 1 || icmpv6.checksum.status == 1';
    expect(tshark(...CHECKSUM_CHECKS, '-r', file, '-Y', good).length).toBe(all.length);
  });

  it('DP-01 the four encapsulations are LISP data to it, with our flags and instance', () => {
    const rows = tshark(
      '-r',
      file,
      '-Y',
      'lisp-data',
      '-T',
      'fields',
      '-e',
      'lisp-data.flags',
      '-e',
      'lisp-data.iid',
      '-e',
      'udp.dstport',
    );
    expect(rows).toEqual([...Array<string[]>(4)].flatMap(() => ['0x00\t\t4341', '0xc8\t101\t4341']));
  });

  it('pcap in both byte orders and resolutions reads alike', () => {
    for (const order of ['little', 'big'] as const) {
      for (const resolution of ['micros', 'nanos'] as const) {
        const path = join(folder, `${order}-${resolution}.pcap`);
        const list = all.map((bytes, i) => ({
          timeMicros: times[i]! % 2 ** 32,
          bytes,
          originalLength: bytes.length,
        }));
        writeFileSync(path, writePcap(list, { linkType: 101, order, resolution }));
        expect(fields(path, 'frame.time_epoch', 'frame.len')).toEqual(
          list.map(({ timeMicros, bytes }) => [
            `${Math.floor(timeMicros / 1e6)}.${String(timeMicros % 1e6).padStart(6, '0')}000`,
            String(bytes.length),
          ]),
        );
      }
    }
  });
});
