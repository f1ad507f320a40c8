import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { ip } from '../../src/base/ip-text.ts';
import type { FrameReport } from '../../src/cli/decode-report.ts';
import { packetFromJson, packetToJson } from '../../src/cli/packet-json/packet.ts';
import { JsonFault, type Json } from '../../src/cli/packet-json/shape.ts';
import { TEMPLATES } from '../../src/cli/packet-json/templates.ts';
import { verifyControl } from '../../src/wire/authenticate.ts';
import { encodeControl } from '../../src/wire/control.ts';
import { decodePacket, layersOf } from '../../src/wire/packet.ts';
import { readCapture } from '../../src/wire/read-capture.ts';
import { buildUdpPacket } from '../../src/wire/udp.ts';
import { encodeRip } from '../../src/wire/rip.ts';
import { anyControl } from '../support/gen-control.ts';
import { anyRip } from '../support/gen-rip.ts';
import { exampleNames } from '../sim/examples.ts';
import { lab } from '../scenarios/support.ts';
import { pxtr, pxtrFed } from './run.ts';

function jsonOf(bytes: Uint8Array): Json {
  const packet = decodePacket(bytes);
  if (!packet.ok) throw new Error('no packet');
  return packetToJson(packet.value, bytes);
}

function bytesOf(json: Json): Uint8Array {
  const packet = packetFromJson(json, '');
  if (!packet.ok) throw new Error(`${packet.error.path}: ${packet.error.message}`);
  return packet.value;
}

describe('packets as JSON', () => {
  it('give their bytes back, whatever message they carry', () => {
    fc.assert(
      fc.property(anyControl, (message) => {
        const addresses = { source: ip('10.0.1.2'), destination: ip('10.0.1.1'), ttl: 255 };
        const ports = { sourcePort: 4342, destinationPort: 4342, checksum: 'compute' } as const;
        const bytes = buildUdpPacket({ ...addresses, ...ports }, encodeControl(message));
        const json = JSON.parse(JSON.stringify(jsonOf(bytes))) as Json;
        expect(json).not.toHaveProperty('bytes');
        expect(toHex(bytesOf(json))).toBe(toHex(bytes));
      }),
    );
  });

  it('RIP gives its bytes back, whatever it says', () => {
    fc.assert(
      fc.property(anyRip, (message) => {
        const addresses = { source: ip('10.0.1.1'), destination: ip('224.0.0.9'), ttl: 2 };
        const ports = { sourcePort: 520, destinationPort: 520, checksum: 'compute' } as const;
        const bytes = buildUdpPacket({ ...addresses, ...ports }, encodeRip(message));
        const json = JSON.parse(JSON.stringify(jsonOf(bytes))) as Json;
        expect(json).toHaveProperty('rip.entries');
        expect(toHex(bytesOf(json))).toBe(toHex(bytes));
      }),
    );
  });

  it.each(exampleNames())('every packet of %s has a name for each of its parts, and comes back', (name) => {
    const run = lab(name);
    run.run();
    const capture = readCapture(run.capture());
    if (!capture.ok) throw new Error('our own capture');
    for (const { bytes } of capture.value.packets) {
      const json = jsonOf(bytes);
      expect(toHex(bytesOf(json))).toBe(toHex(bytes));
      expect(json).not.toHaveProperty('bytes');
    }
  });

  it('a packet that does not follow from its parts is its bytes', () => {
    const odd = bytesOf(TEMPLATES['echo']!);
    odd[10]! ^= 1;
    expect(jsonOf(odd)).toEqual({ bytes: toHex(odd) });
    expect(bytesOf(jsonOf(odd))).toEqual(odd);
  });

  it('any JSON is a packet or a fault with a path, never another exception', () => {
    const place = fc.constantFrom('ip', 'udp', 'icmp', 'control', 'rip', 'lisp', 'inner', 'bytes', 'payload');
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(TEMPLATES)),
        place,
        fc.jsonValue(),
        (template, key, value) => {
          const packet = packetFromJson({ ...(template as object), [key]: value as Json }, '');
          if (!packet.ok) {
            expect(packet.error).toBeInstanceOf(JsonFault);
            expect(packet.error.message).not.toBe('');
          }
        },
      ),
    );
  });

  it.each<[string, Json, string, string | undefined]>([
    ['', {}, 'key "ip" is missing', 'a packet has "ip" or "bytes"'],
    [
      'ip.tll',
      { ip: { source: '1.1.1.1', destination: '2.2.2.2', tll: 3 } },
      'unknown key',
      'did you mean "ttl"?',
    ],
    [
      'ip.source',
      { ip: { source: '1.1.1', destination: '2.2.2.2' } },
      'an IP address is expected, not "1.1.1"',
      undefined,
    ],
    [
      'ip.ttl',
      { ip: { source: '1.1.1.1', destination: '2.2.2.2', ttl: 256 } },
      'a whole number from 0 to 255 is expected, not 256',
      undefined,
    ],
    [
      'ip.destination',
      { ip: { source: '1.1.1.1', destination: '::1' } },
      'source and destination are of different families',
      undefined,
    ],
  ])('a fault at %s', (path, json, message, hint) => {
    const packet = packetFromJson(json, '');
    expect(packet.ok).toBe(false);
    if (!packet.ok)
      expect([packet.error.path, packet.error.message, packet.error.hint]).toEqual([path, message, hint]);
  });

  it('a fault deep in a message names its place', () => {
    const request = structuredClone(TEMPLATES['map-request']) as { control: { records: { eid: string }[] } };
    request.control.records[0]!.eid = 'nowhere';
    const packet = packetFromJson(request, '[2]');
    expect(!packet.ok && packet.error.path).toBe('[2].control.records[0].eid');
    const typed = packetFromJson({ ...request, control: { type: 'map-requst' } }, '');
    expect(!typed.ok && typed.error.hint).toBe('did you mean "map-request"?');
  });
});

describe('RIP as JSON', () => {
  const faultOf = (rip: Json): unknown => {
    const packet = packetFromJson({ ...(TEMPLATES['rip'] as object), rip }, '');
    return packet.ok ? undefined : [packet.error.path, packet.error.message];
  };

  it('has words where there are words', () => {
    expect(TEMPLATES['rip']).toMatchObject({
      rip: { command: 'response', entries: [{ address: '192.168.0.0', mask: '255.255.0.0', metric: 1 }] },
    });
    const route = { kind: 'route', address: '10.0.0.0', mask: '255.0.0.0', metric: 16 };
    const least = { ...(TEMPLATES['rip'] as object), rip: { command: 1, entries: [route] } };
    expect(jsonOf(bytesOf(least))).toMatchObject({
      rip: { command: 'request', version: 2, entries: [{ afi: 2, tag: 0, nextHop: '0.0.0.0' }] },
    });
  });

  it.each<[Json, string, string]>([
    [{ command: 'update', entries: [] }, 'rip.command', 'a RIP command is expected'],
    [{ command: 'request' }, 'rip', 'key "entries" is missing'],
    [
      { command: 2, entries: [{ kind: 'route', address: '::1', mask: '0.0.0.0', metric: 1 }] },
      'rip.entries[0].address',
      'an IPv4 address is expected: RIP has no others',
    ],
    [
      { command: 2, entries: [{ kind: 'route', afi: 10, address: '1.1.1.1', mask: '0.0.0.0', metric: 1 }] },
      'rip.entries[0].afi',
      'the address family of a route is 2, or 0 in a request for all of them',
    ],
  ])('%j is at fault at %s', (rip, path, message) => {
    expect(faultOf(rip)).toEqual([path, message]);
  });
});

describe('pxtr encode', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pxtr-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(Object.keys(TEMPLATES))('the template %s is a sound packet', async (name) => {
    const { out: json } = await pxtr('encode', '--template', name);
    const { code, out } = await pxtrFed(json, 'encode', '-');
    expect(code).toBe(0);
    const packet = decodePacket(fromHex(out)!);
    expect(packet.ok && [...layersOf(packet.value)].every(({ kind }) => kind !== 'broken')).toBe(true);
  });

  it('what decode prints is what encode takes', async () => {
    const { bytes } = await pxtr('lab', 'run', 'pxtr', '--pcap', '-');
    const file = join(folder, 'run.pcapng');
    const { writeFileSync } = await import('node:fs');
    writeFileSync(file, bytes);
    const { out: frames } = await pxtr('decode', file, '--json', '--hex');
    const { out } = await pxtrFed(frames, 'encode', '-');
    expect(out.trimEnd().split('\n')).toEqual(
      (JSON.parse(frames) as FrameReport[]).map((frame) => frame.bytes),
    );
  });

  it('signs so that the other side believes it', async () => {
    const { out: json } = await pxtr('encode', '--template', 'map-register');
    const { out } = await pxtrFed(json, 'encode', '-', '--sign', 'KEY1');
    const packet = decodePacket(fromHex(out)!);
    if (!packet.ok) throw new Error('no packet');
    const control = [...layersOf(packet.value)].find((layer) => layer.kind === 'control')!;
    const key = { keyId: 0, algorithmId: 2, secret: new TextEncoder().encode('KEY1') } as const;
    const message = fromHex(out)!.subarray(control.start, control.end);
    expect(verifyControl(message, key)).toBe('ok');
    expect(verifyControl(message, { ...key, secret: new TextEncoder().encode('KEY2') })).toBe('mac');
    const { err } = await pxtrFed(json, 'encode', '-', '--sign', 'KEY1', '--algorithm', '1');
    expect(err).toContain('the message has key ID 0 and algorithm 2, not 0 and 1');
  });

  it('faults say where', async () => {
    const { code, err } = await pxtrFed('{"ip": {"source": "10.0.0.1"}}', 'encode', '-');
    expect(code).toBe(1);
    expect(err).toContain('standard input: ip: key "destination" is missing');
    expect((await pxtrFed('{', 'encode', '-')).err).toContain('is no JSON');
    expect((await pxtr('encode')).code).toBe(2);
    expect((await pxtr('encode', '--template', 'nothing')).err).toContain('Templates: map-request');
  });
});
