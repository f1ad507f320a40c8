import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { toHex } from '../../src/base/bytes.ts';
import {
  decodeReport,
  type DecodeOptions,
  type DecodeReport,
  type FrameReport,
} from '../../src/cli/decode-report.ts';
import { readFrames } from '../../src/cli/frames.ts';
import { paintFor } from '../../src/cli/render/paint.ts';
import { hexDump } from '../../src/wire/hex-text.ts';
import { buildIcmpPacket } from '../../src/wire/icmp.ts';
import { writePcap } from '../../src/wire/pcap.ts';
import { PcapngWriter } from '../../src/wire/pcapng-writer.ts';
import { buildUdpPacket } from '../../src/wire/udp.ts';
import { hex } from '../support/hex.ts';
import { expectGolden, pxtr, pxtrFed, type CommandRun } from './run.ts';

const HOSTS = { source: ip('192.168.1.1'), destination: ip('4.4.4.4') };
const ECHO = buildIcmpPacket(
  { ...HOSTS, ttl: 255 },
  { type: 'echo-request', identifier: 1, sequence: 1, data: hex('00') },
);
const BROKEN = buildUdpPacket(
  { ...HOSTS, ttl: 64, sourcePort: 4342, destinationPort: 4342, checksum: 'compute' },
  hex('10000001 1122'),
);

function capture(
  ...frames: readonly (readonly [micros: number, bytes: Uint8Array, comment?: string])[]
): Uint8Array {
  const writer = new PcapngWriter();
  const link = writer.addInterface('lisp1-mapserver', 101);
  for (const [micros, bytes, comment] of frames) writer.packet(link, micros, bytes, comment);
  return writer.finishCopy();
}

function report(file: Uint8Array, options: DecodeOptions = {}): DecodeReport {
  const read = readFrames(file);
  if (!read.ok) throw new Error('not a capture');
  return decodeReport(read.value, options, paintFor(false));
}

describe('decodeReport', () => {
  it('lists number, relative time, interface and one line a frame', () => {
    const { text, malformedCount } = report(capture([5_000_000, ECHO, 'first echo'], [6_000_250, ECHO]));
    expect(text).toBe(
      [
        '1  0.000000  lisp1-mapserver  192.168.1.1 > 4.4.4.4 ICMP echo request id 1 seq 1 ttl 255',
        '   comment: first echo',
        '2  1.000250  lisp1-mapserver  192.168.1.1 > 4.4.4.4 ICMP echo request id 1 seq 1 ttl 255',
      ].join('\n'),
    );
    expect(malformedCount).toBe(0);
  });

  it('malformed frames say where and why, and are counted', () => {
    const { text, json, malformedCount } = report(capture([0, BROKEN], [1, ECHO], [2, hex('35')]));
    expect(text).toContain('[malformed: truncated at byte 32 (nonce)]');
    expect(text).toContain('[malformed: bad-version at byte 0 (ip.version)]');
    expect(text.split('\n').at(-1)).toBe('2 of 3 frames malformed');
    expect(malformedCount).toBe(2);
    expect(json.map(({ errors }) => errors.length)).toEqual([1, 0, 1]);
  });

  it('the tree hangs below each line', () => {
    const { text } = report(capture([0, ECHO]), { tree: true });
    expect(text.split('\n')).toContain('     TTL: 255 [8..9)');
  });

  it('a wrong checksum is named and does not make a frame malformed', () => {
    const bad = ECHO.slice();
    bad[10]! ^= 1;
    const { json, malformedCount, text } = report(capture([0, bad]));
    expect(malformedCount).toBe(0);
    expect(json[0]!.checksumErrors).toEqual([{ code: 'bad-checksum', offset: 10, field: 'ipv4.checksum' }]);
    expect(text).toContain('[bad IP checksum]');
  });

  it('frames that are not IP are listed as such; a snapped frame is not malformed', () => {
    const frame = (bytes: Uint8Array, originalLength: number) => ({ timeMicros: 0, bytes, originalLength });
    const arp = hex('020000000002 020000000001 0806 0001');
    const ethernet = writePcap([frame(arp, arp.length)], { linkType: 1 });
    expect(report(ethernet)).toMatchObject({
      text: '1  0.000000  0  not IP (link type 1, 16 bytes)',
      malformedCount: 0,
    });
    const snapped = writePcap([frame(BROKEN.subarray(0, 30), 100)], { linkType: 101 });
    expect(report(snapped).malformedCount).toBe(0);
  });

  it('times go backwards and have nanoseconds where the file has them', () => {
    const at = (timeMicros: number, nanos: number) => ({
      timeMicros,
      nanos,
      bytes: ECHO,
      originalLength: ECHO.length,
    });
    const file = writePcap([at(2_000_000, 500), at(2_000_001, 499), at(1_000_000, 0), at(2_000_000, 499)], {
      linkType: 101,
      resolution: 'nanos',
    });
    expect(report(file).json.map(({ time }) => time)).toEqual([
      '0.000000',
      '0.000000999',
      '-1.000000500',
      '-0.000000001',
    ]);
  });

  it('a file that ends early keeps its frames and says where it ended', () => {
    const file = capture([0, ECHO], [1, ECHO]);
    const { text, json, fileError } = report(file.subarray(0, file.length - 1));
    expect(json.length).toBe(1);
    expect(fileError).toMatchObject({ code: 'truncated', offset: file.length - 1 });
    expect(text).toContain(`file ends early: truncated at byte ${file.length - 1}`);
  });

  it('an empty capture says so', () => {
    expect(report(capture()).text).toBe('no frames');
  });
});

describe('pxtr decode', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pxtr-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs `pxtr decode <args> FILE`. */
  function run(file: Uint8Array | undefined, ...args: readonly string[]): Promise<CommandRun> {
    const path = join(folder, 'x.pcapng');
    if (file !== undefined) writeFileSync(path, file);
    return pxtr('decode', ...args, path);
  }

  it('exits with 0 when every frame decodes', async () => {
    const { code, out, err } = await run(capture([0, ECHO]));
    expect(code).toBe(0);
    expect(out).toContain('echo request');
    expect(err).toBe('');
  });

  it('exits with 1 when a frame is malformed or the file ends early', async () => {
    expect((await run(capture([0, ECHO], [0, BROKEN]))).code).toBe(1);
    const file = capture([0, ECHO]);
    const { code, err } = await run(file.subarray(0, file.length - 4), '--json');
    expect(code).toBe(1);
    expect(err).toContain('ends early');
  });

  it('exits with 2 and a message when there is no such file or it is no capture', async () => {
    const missing = await run(undefined);
    expect(missing.code).toBe(2);
    expect(missing.err).toContain('cannot read');
    const strange = await run(hex('00112233'));
    expect(strange.code).toBe(2);
    expect(strange.err).toContain(
      'neither a pcap or pcapng file (bad-value at byte 0 (capture.magic)) nor text',
    );
    expect(strange.out).toBe('');
  });

  it('--json is an array with one object a frame: fields, comment, errors', async () => {
    const { out } = await run(capture([0, ECHO, 'hello'], [1_000_000, BROKEN]), '--json');
    const frames = JSON.parse(out) as FrameReport[];
    expect(frames).toMatchObject([
      { frame: 1, time: '0.000000', interface: 'lisp1-mapserver', comment: 'hello', errors: [] },
      { frame: 2, time: '1.000000', errors: [{ code: 'truncated', offset: 32, field: 'nonce' }] },
    ]);
    expect(frames[0]!.layers.map(({ label }) => label)).toEqual(['IPv4', 'ICMP']);
  });

  it('reads packets in hexadecimal: a text, an argument', async () => {
    const digits = toHex(ECHO);
    const dump = Buffer.from(hexDump(ECHO).join('\n'));
    expect((await run(dump)).out).toBe((await pxtr('decode', digits)).out);
    expect((await pxtr('decode', digits)).out).toContain('192.168.1.1 > 4.4.4.4 ICMP echo request');
    const bad = await run(Buffer.from('4500 zz'));
    expect(bad.code).toBe(2);
    expect(bad.err).toContain('line 1, column 6: "zz" is not hexadecimal');
  });

  describe('of the article', () => {
    let file: Uint8Array;

    beforeAll(async () => {
      file = (await pxtr('lab', 'run', 'pxtr', '--pcap', '-')).bytes;
    });

    it.each([
      ['lisp.type == map-request && ecm', 2],
      ['lisp.type == map-reply', 2],
      ['link == lisp1-mapserver && icmp.type == echo-reply', 4],
      ['lisp-data', 4],
      ['lisp.eid == 0.0.0.0/1', 1],
      ['ip.addr == 4.4.4.4 && !icmp && !lisp-data', 1],
      ['response.time >= 0.003', 4],
    ])('--filter %j passes %i frames', async (filter, count) => {
      const { code, out } = await run(file, '--filter', filter, '--json');
      expect(code).toBe(0);
      expect((JSON.parse(out) as FrameReport[]).length).toBe(count);
    });

    it('a filter that cannot be read gets a caret and a guess', async () => {
      const { code, err } = await run(file, '--filter', 'lisp.typ == 1');
      expect(code).toBe(2);
      expect(err).toContain('  lisp.typ == 1\n  ^^^^^^^^\n');
      expect(err).toContain('did you mean "lisp.type"?');
    });

    it('--frames picks by number; nothing that passes is said', async () => {
      const numbers = async (text: string) =>
        (JSON.parse((await run(file, '--frames', text, '--json')).out) as FrameReport[]).map(
          ({ frame }) => frame,
        );
      expect(await numbers('3,5-7')).toEqual([3, 5, 6, 7]);
      expect((await run(file, '--frames', '900-')).out).toMatch(/none of \d+ frames passes/);
      expect((await run(file, '--frames', '7-5')).code).toBe(2);
    });

    it('an answer names its question, with the time between them', async () => {
      const { out } = await run(file, '--filter', 'lisp.type == map-reply', '--json');
      const [reply] = JSON.parse(out) as FrameReport[];
      expect(reply!.responseTo).toBeLessThan(reply!.frame);
      expect(reply!.responseSeconds).toBeCloseTo(0.001);
    });

    it('tree, bytes and marks of one packet read well', async () => {
      const { out } = await run(
        file,
        '--filter',
        'lisp.type == map-reply && lisp.locators == 0',
        '--tree',
        '--hex',
        '--expert',
        'chat',
      );
      expectGolden('decode-negative-map-reply', out);
    });

    it('nothing at all is no capture', async () => {
      const empty = await pxtr('decode', '/dev/null');
      expect([empty.code, empty.out]).toEqual([2, '']);
      expect(empty.err).toMatch(/^pxtr: \/dev\/null is empty\nGive a pcap /);
      expect((await pxtr('decode', '-')).err).toContain('standard input is empty');
    });

    it('each mark is listed with its frame, how bad it is and where it stands', async () => {
      // An echo request whose IPv4 header checksum is wrong, twice.
      const bad = '45000054000040004001bad0 0a000102 0a000101 0800'.replaceAll(' ', '').padEnd(168, '0');
      const { out } = await pxtrFed(`${bad}\n\n${bad}\n`, 'decode', '-', '--expert', 'warn');
      expect(out).toMatch(/^\d+ expert marks of severity warn or worse, in 2 of 2 frames$/m);
      for (const frame of [1, 2])
        expect(out).toMatch(
          new RegExp(
            `^  frame ${frame}  warn +IPv4 > Header checksum \\[10\\.\\.12\\) +wrong IPv4 header checksum: routers drop this$`,
            'm',
          ),
        );
    });

    it('--expert in front of the packets takes them for packets', async () => {
      const path = join(folder, 'x.pcapng');
      const behind = await run(file, '--expert');
      expect(behind.code).toBe(0);
      // The file is there by now.
      expect(await pxtr('decode', '--expert', path)).toEqual(behind);
      const twice = await pxtr('decode', '--expert', path, path);
      expect([twice.code, twice.out]).toEqual([2, '']);
      expect(twice.err).toContain('a severity is one of chat, note, warn, error');
      const neither = await pxtr('decode', '--expert', 'wran', path);
      expect(neither.code).toBe(2);
      expect(neither.err).toContain('One of chat, note, warn, error is expected, or packets');
    });

    it('our own packets deserve no warning', async () => {
      expect((await run(file, '--expert', 'warn')).out).toContain(
        'No expert marks of severity warn or worse.',
      );
    });
  });

  it('--fields lists what filters know', async () => {
    const { code, out } = await pxtr('decode', '--fields');
    expect(code).toBe(0);
    expect(out).toMatch(/^lisp\.type +number +message type/m);
    expect(JSON.parse((await pxtr('decode', '--fields', '--json')).out)).toContainEqual(
      expect.objectContaining({ name: 'lisp.type', kind: 'number' }),
    );
  });
});
