import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { registerDecode } from '../../src/cli/commands/decode.ts';
import { decodeReport, type DecodeReport, type FrameReport } from '../../src/cli/decode-report.ts';
import { buildIcmpPacket } from '../../src/wire/icmp.ts';
import { writePcap } from '../../src/wire/pcap.ts';
import { PcapngWriter } from '../../src/wire/pcapng-writer.ts';
import { buildUdpPacket } from '../../src/wire/udp.ts';
import { hex } from '../support/hex.ts';

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

function report(file: Uint8Array, options = {}): DecodeReport {
  const read = decodeReport(file, options);
  if (!read.ok) throw new Error('not a capture');
  return read.value;
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
  let output: string;
  let errors: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pxtr-'));
    output = '';
    errors = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((output += String(text)), true));
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((errors += String(text)), true));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  /** Exit code of `pxtr decode <args>`. */
  function run(file: Uint8Array | undefined, ...args: readonly string[]): number | undefined {
    const path = join(folder, 'x.pcapng');
    if (file !== undefined) writeFileSync(path, file);
    const program = new Command('pxtr');
    registerDecode(program);
    const before = process.exitCode;
    process.exitCode = 0;
    program.parse(['decode', ...args, path], { from: 'user' });
    const code = process.exitCode;
    process.exitCode = before;
    return code;
  }

  it('exits with 0 when every frame decodes', () => {
    expect(run(capture([0, ECHO]))).toBe(0);
    expect(output).toContain('echo request');
    expect(errors).toBe('');
  });

  it('exits with 1 when a frame is malformed or the file ends early', () => {
    expect(run(capture([0, ECHO], [0, BROKEN]))).toBe(1);
    const file = capture([0, ECHO]);
    expect(run(file.subarray(0, file.length - 4), '--json')).toBe(1);
    expect(errors).toContain('ends early');
  });

  it('exits with 2 and a message when there is no such file or it is no capture', () => {
    expect(run(undefined)).toBe(2);
    expect(errors).toContain('cannot read');
    expect(run(hex('00112233'))).toBe(2);
    expect(errors).toContain('is not a pcap or pcapng file: bad-value at byte 0 (capture.magic)');
    expect(output).toBe('');
  });

  it('--json is an array with one object a frame: fields, comment, errors', () => {
    run(capture([0, ECHO, 'hello'], [1_000_000, BROKEN]), '--json');
    const frames = JSON.parse(output) as FrameReport[];
    expect(frames).toMatchObject([
      { frame: 1, time: '0.000000', interface: 'lisp1-mapserver', comment: 'hello', errors: [] },
      { frame: 2, time: '1.000000', errors: [{ code: 'truncated', offset: 32, field: 'nonce' }] },
    ]);
    expect(frames[0]!.layers.map(({ label }) => label)).toEqual(['IPv4', 'ICMP']);
  });
});
