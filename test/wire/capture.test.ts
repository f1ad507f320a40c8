import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, toHex } from '../../src/base/bytes.ts';
import { networkLayer, type Capture, type CapturePacket } from '../../src/wire/capture.ts';
import { writePcap } from '../../src/wire/pcap.ts';
import { PcapngWriter } from '../../src/wire/pcapng-writer.ts';
import { readCapture } from '../../src/wire/read-capture.ts';
import { payload } from '../support/gen-ip.ts';
import { hex } from '../support/hex.ts';

/** Up to the year 2106: what 32 bits of seconds can say. */
const time = fc
  .integer({ min: 0, max: 0xffff_ffff })
  .chain((sec) => fc.nat(999_999).map((us) => sec * 1_000_000 + us));
const packet: fc.Arbitrary<CapturePacket> = fc
  .record({ timeMicros: time, bytes: payload, snapped: fc.nat(1000) })
  .map(({ timeMicros, bytes, snapped }) => ({
    timeMicros,
    interfaceIndex: 0,
    bytes,
    originalLength: bytes.length + snapped,
  }));

function read(file: Uint8Array): Capture {
  const capture = readCapture(file);
  if (!capture.ok) throw new Error(`${capture.error.code} ${capture.error.field}`);
  return capture.value;
}

/** Every length of a file: an error, or what was before the cut and a located error unless it fell between packets. */
function checkCuts(file: Uint8Array, ends: readonly number[]): void {
  const whole = read(file).packets;
  for (let length = 0; length < file.length; length++) {
    const capture = readCapture(file.subarray(0, length));
    if (!capture.ok) {
      expect(length, 'a readable header').toBeLessThan(ends[0]!);
      expect(capture.error).toMatchObject({ code: 'truncated' });
      expect(capture.error.offset).toBeLessThanOrEqual(length);
      continue;
    }
    expect(capture.value.packets, `cut at ${length}`).toEqual(whole.slice(0, capture.value.packets.length));
    if (ends.includes(length)) expect(capture.value.error).toBeUndefined();
    else {
      expect(capture.value.error, `cut at ${length}`).toMatchObject({ code: 'truncated' });
      expect(capture.value.error!.offset).toBeLessThanOrEqual(length);
    }
  }
}

describe('pcap', () => {
  it('reads what it wrote, in both byte orders and both resolutions', () => {
    const order = fc.constantFrom('little' as const, 'big' as const);
    const resolution = fc.constantFrom('micros' as const, 'nanos' as const);
    fc.assert(
      fc.property(
        fc.array(packet, { maxLength: 8 }),
        order,
        resolution,
        fc.nat(300),
        fc.nat(999),
        (packets, o, r, linkType, nanos) => {
          const wanted = packets.map((p) => (r === 'nanos' && nanos > 0 ? { ...p, nanos } : p));
          expect(read(writePcap(wanted, { linkType, order: o, resolution: r }))).toEqual({
            format: 'pcap',
            interfaces: [{ linkType, resolution: r === 'nanos' ? 1_000_000_000 : 1_000_000 }],
            packets: wanted,
          });
        },
      ),
    );
  });

  it('the file header is that of the format', () => {
    const file = writePcap([{ timeMicros: 1_000_002, bytes: hex('aabb'), originalLength: 9 }], {
      linkType: 101,
      order: 'big',
    });
    expect(toHex(file)).toBe(
      'a1b2c3d4000200040000000000000000' + '0004000000000065' + '00000001000000020000000200000009' + 'aabb',
    );
  });

  it('a file cut at any byte gives the packets before the cut and says where it ended', () => {
    const packets = [hex('01020304'), hex(''), hex('0506')].map((bytes, i) => ({
      timeMicros: i,
      bytes,
      originalLength: bytes.length,
    }));
    for (const order of ['little', 'big'] as const) {
      checkCuts(writePcap(packets, { linkType: 101, order }), [24, 44, 60, 78]);
    }
  });
});

describe('pcapng', () => {
  const block = (type: string, body: string): string => {
    const length = (12 + body.replace(/\s/g, '').length / 2).toString(16).padStart(8, '0');
    return `${type}${length}${body}${length}`;
  };
  /** Swaps a big-endian file of 32-bit fields: the little-endian twin where every field has 4 bytes. */
  const swap = (file: Uint8Array): Uint8Array => {
    const swapped = file.slice();
    for (let i = 0; i < file.length; i += 4) swapped.set(file.slice(i, i + 4).reverse(), i);
    return swapped;
  };

  it('reads what it wrote: interfaces, names, times beyond 32 bits, comments', () => {
    const link = fc.record({ name: fc.string(), linkType: fc.nat(300) });
    const frame = fc.record({
      timeMicros: fc.maxSafeNat(),
      bytes: payload,
      comment: fc.option(fc.string({ unit: 'grapheme' }), { nil: undefined }),
      snapped: fc.nat(99),
      pick: fc.nat(),
    });
    fc.assert(
      fc.property(
        fc.array(link, { minLength: 1, maxLength: 4 }),
        fc.array(frame, { maxLength: 8 }),
        (links, frames) => {
          const writer = new PcapngWriter();
          links.forEach(({ name, linkType }, i) => expect(writer.addInterface(name, linkType)).toBe(i));
          const wanted = frames.map(({ timeMicros, bytes, comment, snapped, pick }): CapturePacket => {
            const interfaceIndex = pick % links.length;
            const originalLength = bytes.length + snapped;
            writer.packet(interfaceIndex, timeMicros, bytes, comment, originalLength);
            const base = { timeMicros, interfaceIndex, bytes, originalLength };
            return comment === undefined ? base : { ...base, comment };
          });
          const file = writer.finishCopy();
          expect(file.length).toBe(writer.length);
          expect(file.length % 4).toBe(0);
          expect(read(file)).toEqual({
            format: 'pcapng',
            interfaces: links.map((l) => ({ ...l, resolution: 1_000_000 })),
            packets: wanted,
          });
        },
      ),
    );
  });

  it('equal calls give equal bytes', () => {
    const write = (): Uint8Array => {
      const writer = new PcapngWriter();
      writer.packet(writer.addInterface('lisp1-mapserver', 101), 5, hex('4500'), 'a comment');
      return writer.finishCopy();
    };
    expect(toHex(write())).toBe(toHex(write()));
  });

  it('the writer refuses a packet before its interface and a time that is not whole', () => {
    const writer = new PcapngWriter();
    expect(() => writer.packet(0, 0, hex(''))).toThrow('interface');
    writer.addInterface('a', 101);
    expect(() => writer.packet(0, 0.5, hex(''))).toThrow('microseconds');
    expect(() => writer.packet(0, -1, hex(''))).toThrow('microseconds');
  });

  it('both byte orders read alike', () => {
    // Options and 16-bit fields would not survive the swap, so this file has none.
    const section = block('0a0d0d0a', '1a2b3c4d 00000001 ffffffff ffffffff');
    const packets =
      block('00000003', '00000002 aabb0000') +
      block('00000006', '00000000 00000001 00000002 00000004 00000009 01020304');
    const build = (major: string, link: string): Uint8Array =>
      hex(
        section.replace('00000001 ffffffff', `${major} ffffffff`) +
          block('00000001', `${link} 00000000`) +
          packets,
      );
    const big = build('00010000', '00650000');
    // Major and minor, link type and reserved: two 16-bit fields each, so the halves trade places before the swap.
    const little = swap(build('00000001', '00000065'));
    const bytesOf = (file: Uint8Array): unknown =>
      read(file).packets.map((p) => ({ ...p, bytes: p.bytes.length }));
    expect(bytesOf(little)).toEqual(bytesOf(big));
    expect(read(little).interfaces).toEqual([{ linkType: 101, resolution: 1_000_000 }]);
    expect(read(big).interfaces).toEqual([{ linkType: 101, resolution: 1_000_000 }]);
    expect(read(big).packets).toEqual([
      { timeMicros: 0, interfaceIndex: 0, bytes: hex('aabb'), originalLength: 2 },
      { timeMicros: 2 ** 32 + 2, interfaceIndex: 0, bytes: hex('01020304'), originalLength: 9 },
    ]);
  });

  const SECTION = block('0a0d0d0a', '1a2b3c4d 0001 0000 ffffffffffffffff');
  const enhanced = (ticks: string, index = '00000000'): string =>
    block('00000006', `${index} ${ticks} 00000001 00000001 aa000000`);

  it.each([
    ['default microseconds', '', '00000000 00000005', { timeMicros: 5 }],
    ['10^-9', '0009 0001 09000000', '00000000 000007d3', { timeMicros: 2, nanos: 3 }],
    ['10^-3', '0009 0001 03000000', '00000000 00000005', { timeMicros: 5000 }],
    ['2^-10', '0009 0001 8a000000', '00000000 00000200', { timeMicros: 500_000 }],
    ['offset of 3 s', '000e 0008 0000000000000003', '00000000 00000005', { timeMicros: 3_000_005 }],
  ])('time stamps with %s', (_, options, ticks, expected) => {
    const file = SECTION + block('00000001', `0065 0000 00000000 ${options}`) + enhanced(ticks);
    const [first] = read(hex(file)).packets;
    expect(first).toEqual({ ...expected, interfaceIndex: 0, bytes: hex('aa'), originalLength: 1 });
  });

  it('unknown blocks and options are skipped; a new section numbers its interfaces from 0', () => {
    const link = (type: string): string => block('00000001', `${type} 0000 00000000 0bad 0003 01020300`);
    const file =
      SECTION +
      block('0bad0bad', '12345678') +
      link('0065') +
      enhanced('00000000 00000001') +
      SECTION +
      link('0001') +
      enhanced('00000000 00000002');
    const capture = read(hex(file));
    expect(capture.interfaces.map(({ linkType }) => linkType)).toEqual([101, 1]);
    expect(capture.packets.map(({ interfaceIndex }) => interfaceIndex)).toEqual([0, 1]);
    expect(capture.error).toBeUndefined();
  });

  it('the obsolete packet block is read; a simple packet is bounded by the snap length', () => {
    const link = block('00000001', '0065 0000 00000002');
    const obsolete = block('00000002', '0000 ffff 00000000 00000007 00000001 00000001 bb000000');
    const simple = block('00000003', '00000009 aabb0000');
    expect(read(hex(SECTION + link + obsolete + simple)).packets).toEqual([
      { timeMicros: 7, interfaceIndex: 0, bytes: hex('bb'), originalLength: 1 },
      { timeMicros: 0, interfaceIndex: 0, bytes: hex('aabb'), originalLength: 9 },
    ]);
  });

  it('a packet of an unknown interface and a bad block length end the reading, located', () => {
    const file = hex(SECTION + enhanced('00000000 00000001', '00000005'));
    expect(read(file).error).toMatchObject({ code: 'bad-value', field: 'pcapng.interface' });
    const link = block('00000001', '0065 0000 00000000');
    expect(read(hex(`${SECTION}${link}00000006 00000007`)).error).toMatchObject({
      code: 'bad-length',
      offset: 28 + 20 + 4,
    });
    expect(readCapture(hex('0a0d0d0a 0000001c 11223344'))).toMatchObject({ ok: false, error: { offset: 8 } });
  });

  it('a file cut at any byte gives the packets before the cut and says where it ended', () => {
    const writer = new PcapngWriter();
    const ends = [writer.length];
    const link = writer.addInterface('a', 101);
    ends.push(writer.length);
    for (const [i, text] of ['01020304', '', '0506'].entries()) {
      writer.packet(link, i, hex(text), i === 1 ? undefined : 'comment');
      ends.push(writer.length);
    }
    checkCuts(writer.finishCopy(), ends);
  });
});

describe('any file', () => {
  it('random bytes and damaged files never throw', () => {
    const writer = new PcapngWriter();
    writer.packet(writer.addInterface('a', 101), 1, hex('01020304'), 'c');
    const packets = [{ timeMicros: 1, bytes: hex('0102'), originalLength: 2 }];
    const files = [
      writer.finishCopy(),
      writePcap(packets, { linkType: 1 }),
      writePcap(packets, { linkType: 1, order: 'big' }),
    ];
    const change = fc.record({ at: fc.nat(), value: fc.oneof(fc.nat(255), fc.constantFrom(0, 0xff, 0x80)) });
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60, size: 'max' }),
        fc.array(change, { maxLength: 4 }),
        (bytes, changes) => {
          readCapture(bytes);
          for (const file of files) {
            const damaged = file.slice();
            for (const { at, value } of changes) damaged[at % damaged.length] = value;
            const capture = readCapture(damaged);
            if (!capture.ok) continue;
            for (const p of capture.value.packets)
              expect(capture.value.interfaces[p.interfaceIndex]).toBeDefined();
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('what is neither pcap nor pcapng is refused at its first byte', () => {
    const error = { code: 'bad-value', offset: 0, field: 'capture.magic' };
    expect(readCapture(hex('00112233 44556677'))).toEqual({ ok: false, error });
    expect(readCapture(hex(''))).toMatchObject({ error: { code: 'truncated' } });
  });
});

describe('networkLayer', () => {
  const MACS = hex('020000000002 020000000001');
  const IP = hex('45000014');
  it.each([
    ['raw', 101, ''],
    ['IPv4', 228, ''],
    ['IPv6', 229, ''],
    ['Ethernet', 1, `${toHex(MACS)}0800`],
    ['Ethernet, IPv6', 1, `${toHex(MACS)}86dd`],
    ['802.1Q', 1, `${toHex(MACS)}8100 0064 0800`],
    ['802.1ad', 1, `${toHex(MACS)}88a8 0001 8100 0064 86dd`],
    ['Linux cooked', 113, '0000 0001 0006 020000000001 0000 0800'],
    ['Linux cooked v2', 276, '0800 0000 00000001 0001 00 06 0200000000010000'],
    ['NULL, little-endian', 0, '02000000'],
    ['NULL, big-endian', 0, '00000002'],
    ['LOOP, IPv6', 108, '0000001e'],
  ])('%s: IP begins behind the header', (_, linkType, header) => {
    const frame = concatBytes(hex(header), IP);
    const network = networkLayer(linkType, frame);
    expect(network && { offset: network.offset, bytes: toHex(network.bytes) }).toEqual({
      offset: frame.length - IP.length,
      bytes: toHex(IP),
    });
  });

  it.each([
    ['ARP', 1, `${toHex(MACS)}0806`],
    ['a short frame', 1, toHex(MACS)],
    ['a VLAN tag without an end', 1, `${toHex(MACS)}8100 81008100`],
    ['cooked ARP', 113, '0000 0001 0006 020000000001 0000 0806'],
    ['an unknown address family', 0, '00000007'],
    ['an unknown link type', 147, '45000014'],
    ['nothing', 0, ''],
  ])('%s has no network layer', (_, linkType, frame) => {
    expect(networkLayer(linkType, hex(frame))).toBeUndefined();
  });
});
