import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { encodeControl } from '../../src/wire/control.ts';
import { FIELD_TABLE, findField } from '../../src/wire/field-table.ts';
import { formatFieldValue, formatHexNonce, parseNonce } from '../../src/wire/field.ts';
import { fieldsOf } from '../../src/wire/packet-fields.ts';
import { decodePacket } from '../../src/wire/packet.ts';
import { readCapture } from '../../src/wire/read-capture.ts';
import { buildUdpPacket } from '../../src/wire/udp.ts';
import { anyControl, anyNonce } from '../support/gen-control.ts';
import { runTshark } from '../support/run-tshark.ts';
import { skipReason } from '../support/tools.ts';
import { exampleNames } from '../sim/examples.ts';
import { lab } from '../scenarios/support.ts';

const HOSTS = { source: ip('10.0.1.2'), destination: ip('10.0.1.1'), ttl: 255 };

function controlPacket(payload: Uint8Array): Uint8Array {
  return buildUdpPacket({ ...HOSTS, sourcePort: 4342, destinationPort: 4342, checksum: 'compute' }, payload);
}

const anyPacket = anyControl.map((message) => controlPacket(encodeControl(message)));

describe('fields of a packet', () => {
  it('are all in the table, of the kind it says, inside the frame', () => {
    fc.assert(
      fc.property(anyPacket, (bytes) => {
        const packet = decodePacket(bytes);
        expect(packet.ok).toBe(true);
        if (!packet.ok) return;
        for (const { name, value, start, end } of fieldsOf(packet.value, bytes)) {
          const definition = findField(name);
          expect(definition?.name, name).toBe(name);
          expect(value.kind, name).toBe(definition!.kind);
          expect(start >= 0 && start <= end && end <= bytes.length, `${name} ${start}..${end}`).toBe(true);
          expect(formatFieldValue(value)).not.toBe('');
        }
      }),
    );
  });

  it('are found whatever bytes follow the IP header', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(199), (payload, at) => {
        const bytes = controlPacket(payload);
        if (at >= 28 && at < bytes.length) bytes[at]! ^= 0xff;
        const packet = decodePacket(bytes);
        if (packet.ok) expect(() => fieldsOf(packet.value, bytes)).not.toThrow();
      }),
    );
  });

  it('nonces read as they are written, in each of their forms', () => {
    fc.assert(
      fc.property(anyNonce, (nonce) => {
        const text = formatHexNonce(nonce);
        expect(parseNonce(text)).toEqual(nonce);
        expect(parseNonce(BigInt(text).toString())).toEqual(nonce);
        const digits = text.slice(2);
        expect(parseNonce(`0x${digits.slice(0, 8)}-0x${digits.slice(8)}`)).toEqual(nonce);
      }),
    );
    expect(parseNonce('18446744073709551616')).toBeUndefined();
    expect(parseNonce('twelve')).toBeUndefined();
  });

  it('names and aliases are each of one field', () => {
    const names = FIELD_TABLE.flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    for (const { anyOf = [] } of FIELD_TABLE) for (const name of anyOf) expect(findField(name)).toBeDefined();
  });
});

/** Fields with tshark's names for them, where it has the field by itself. */
const TSHARK: Readonly<Record<string, string>> = {
  'ip.ttl': 'ip.ttl',
  'ip.len': 'ip.len',
  'ip.proto': 'ip.proto',
  'udp.srcport': 'udp.srcport',
  'udp.dstport': 'udp.dstport',
  'udp.length': 'udp.length',
  'lisp.type': 'lisp.type',
  'lisp-data.iid': 'lisp-data.iid',
};
const TSHARK_SKIP = skipReason('tshark');
if (TSHARK_SKIP !== undefined) console.warn(`test/wire/fields.test.ts, tshark: skipped: ${TSHARK_SKIP}`);

describe.skipIf(TSHARK_SKIP !== undefined)('tshark finds the same values', () => {
  it.each(exampleNames())('in the capture of %s', (name) => {
    const scenario = lab(name);
    scenario.run();
    const file = scenario.capture();
    const columns = Object.values(TSHARK).flatMap((field) => ['-e', field]);
    const rows = runTshark(file, '-T', 'fields', '-E', 'separator=;', ...columns)!
      .trimEnd()
      .split('\n');
    const capture = readCapture(file);
    if (!capture.ok) throw new Error('our own capture');
    expect(rows.length).toBe(capture.value.packets.length);
    for (const [i, { bytes }] of capture.value.packets.entries()) {
      const packet = decodePacket(bytes);
      if (!packet.ok) throw new Error(`frame ${i + 1}`);
      const all = fieldsOf(packet.value, bytes);
      // IPv6 headers have names of their own in tshark, and what an ICMP error quotes is in one list with the rest.
      if (all.some((field) => field.name === 'ipv6' || field.name === 'icmp.unused')) continue;
      const cells = rows[i]!.split(';');
      for (const [column, field] of Object.keys(TSHARK).entries()) {
        const ours = all.flatMap(({ name: own, value }) =>
          own === field && value.kind === 'number' ? [value.number] : [],
        );
        const theirs = cells[column]!.split(',')
          .filter((text) => text !== '')
          .map(Number);
        expect(theirs, `frame ${i + 1}, ${field}`).toEqual(ours);
      }
    }
  });
});
