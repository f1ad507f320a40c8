import { describe, expect, it } from 'vitest';
import { checksum } from '../../src/base/checksum.ts';
import { cidr, ip } from '../../src/base/ip-text.ts';
import { VERDICT_NATIVE } from '../../src/engine/codes.ts';
import { Model } from '../../src/engine/model.ts';
import { murmur3 } from '../../src/engine/model-packet.ts';
import { ModelTable } from '../../src/engine/model-tables.ts';
import { forwardingSuite } from './forwarding-suite.ts';

forwardingSuite('Model', () => new Model());

describe('Model', () => {
  it('hashes words as MurmurHash3 x86 32 does their little-endian bytes', () => {
    expect(murmur3([])).toBe(0);
    // "test" and "Hello, world!".slice(0, 12), seed 0.
    expect(murmur3([0x74736574])).toBe(0xba6bd213);
    expect(murmur3([0])).toBe(0x2362f9de);
  });

  it('takes no more packets than its batch and none longer than its buffers', () => {
    const model = new Model({ batchCount: 2, packetBytes: 10 });
    const options = { interfaceIndex: 0 };
    expect(model.inject(new Uint8Array(11), options)).toBe(false);
    expect(model.inject(new Uint8Array(10), options)).toBe(true);
    expect(model.inject(new Uint8Array(1), options)).toBe(true);
    expect(model.inject(new Uint8Array(1), options)).toBe(false);
    model.process();
    expect(model.inject(new Uint8Array(1), options)).toBe(false);
    model.collect(() => undefined);
    expect(model.inject(new Uint8Array(1), options)).toBe(true);
  });

  it('copies what is injected', () => {
    const model = new Model();
    const packet = Uint8Array.of(0x50, 1);
    model.inject(packet, { interfaceIndex: 0 });
    packet.fill(0);
    model.process();
    model.collect((_, bytes) => expect([...bytes]).toEqual([0x50, 1]));
  });

  it('leaves a Buffer that is injected or explained as it is, and does not keep it', () => {
    const model = new Model();
    const out = { kind: 'via', interfaceIndex: 1, gateway: ip('192.0.2.254'), mtu: 1500 } as const;
    model.setRoute(0, cidr('198.51.100.0/24'), out);
    model.publish();
    const packet = Buffer.from('450000140000000040010000c0000207c6336407', 'hex');
    packet.writeUInt16BE(checksum(packet), 10);
    const before = packet.toString('hex');
    const explained = model.explain(packet, { interfaceIndex: 0 });
    model.inject(packet, { interfaceIndex: 0 });
    expect(packet.toString('hex')).toBe(before);
    packet.fill(0);
    model.process();
    model.collect(({ verdict }, bytes) => {
      expect(verdict).toBe(VERDICT_NATIVE);
      expect(bytes[8]).toBe(63);
      expect([...bytes]).toEqual([...explained.bytes]);
    });
    expect(packet.every((byte) => byte === 0)).toBe(true);
  });

  it('finds the longest published prefix of its own family', () => {
    const table = new ModelTable<string>();
    for (const text of ['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16', '::/0']) table.set(cidr(text), text);
    expect(table.longest(ip('10.1.2.3'))).toBeUndefined();
    table.publish();
    const found = (text: string): string | undefined => table.longest(ip(text))?.value;
    expect(['10.1.2.3', '10.2.0.0', '11.0.0.0', '::1'].map(found)).toEqual([
      '10.1.0.0/16',
      '10.0.0.0/8',
      '0.0.0.0/0',
      '::/0',
    ]);
    expect(table.covering(ip('10.1.2.3')).map(({ value }) => value)).toEqual([
      '10.1.0.0/16',
      '10.0.0.0/8',
      '0.0.0.0/0',
    ]);
  });
});
