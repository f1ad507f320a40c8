import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { prefix } from '../../src/base/ip.ts';
import { MAX_INSTANCE_ID } from '../../src/mapping/eid.ts';
import { sortLocators } from '../../src/mapping/locator.ts';
import type { Mapping } from '../../src/mapping/mapping.ts';
import { readEid, readRecord, readRecords, writeRecord } from '../../src/roles/records.ts';
import type { LispAddress } from '../../src/wire/afi.ts';
import { eidAddress, lispIp } from '../../src/wire/lisp-address.ts';
import { anyEidRecord, anyIp } from '../support/gen-control.ts';
import { eid, locator, mapping } from '../support/messages.ts';

const UNKNOWN: LispAddress = {
  kind: 'lcaf',
  lcaf: { type: 'unknown', code: 77, reserved1: 0, flags: 0, reserved2: 0, body: Uint8Array.of(1) },
};
const list = (...items: readonly LispAddress[]): LispAddress => ({
  kind: 'lcaf',
  lcaf: { type: 'afi-list', items },
});

const anyMapping: fc.Arbitrary<Mapping> = fc
  .record({
    address: anyIp,
    bits: fc.nat(128),
    instanceId: fc.oneof(fc.constant(0), fc.nat(MAX_INSTANCE_ID)),
    ttlMinutes: fc.nat(0xffff_ffff),
    action: fc.nat(7),
    authoritative: fc.boolean(),
    mapVersion: fc.nat(0xfff),
    locators: fc.array(anyIp, { maxLength: 5 }),
  })
  .map(({ address, bits, instanceId, action, locators, ...rest }) => ({
    ...rest,
    eid: { instanceId, prefix: prefix(address, Math.min(bits, address.family === 4 ? 32 : 128)) },
    action: locators.length === 0 ? action : 0,
    locators: sortLocators(locators.map((each) => ({ ...locator('10.0.0.1'), address: each }))),
  }));

describe('records', () => {
  it('reading what was written gives the mapping back', () => {
    fc.assert(
      fc.property(anyMapping, (m) => {
        expect(readRecord(writeRecord(m))).toEqual({ ok: true, value: m });
      }),
    );
  });

  it('reading never throws, and clears host bits', () => {
    fc.assert(
      fc.property(anyEidRecord(), (record) => {
        const read = readRecord(record);
        if (!read.ok) return;
        const { address, bits } = read.value.eid.prefix;
        expect(prefix(address, bits).address).toEqual(address);
      }),
    );
  });

  it('CP-25 locators are written in ascending order, IPv4 before IPv6', () => {
    const record = writeRecord(mapping('10.1.0.0/16', ['2001:db8::1', '10.0.0.2', '10.0.0.1']));
    expect(record.locators.map(({ rloc }) => rloc)).toEqual(
      ['10.0.0.1', '10.0.0.2', '2001:db8::1'].map((t) => lispIp(ip(t))),
    );
  });

  it('CP-18 at most one locator carries the p bit', () => {
    const record = writeRecord(mapping('10.1.0.0/16', ['10.0.0.1', '10.0.0.2', '10.0.0.2']), ip('10.0.0.2'));
    expect(record.locators.map(({ probed }) => probed)).toEqual([false, true, false]);
  });

  it('an instance other than 0 wraps the EID', () => {
    expect(writeRecord(mapping('10.1.0.0/16', [], { eid: eid('10.1.0.0/16', 101) })).eid).toEqual(
      eidAddress(101, ip('10.1.0.0')),
    );
  });

  it('an instance beyond 24 bits is refused', () => {
    expect(readEid(eidAddress(MAX_INSTANCE_ID, ip('10.0.0.1')), 32).ok).toBe(true);
    expect(readEid(eidAddress(MAX_INSTANCE_ID + 1, ip('10.0.0.1')), 32)).toEqual({
      ok: false,
      error: 'instance-out-of-range',
    });
  });

  it.each([
    ['no address', { kind: 'none' }],
    ['a name', { kind: 'name', name: 'ietf' }],
    ['a MAC address', { kind: 'mac', mac: new Uint8Array(6) }],
    ['an unknown LCAF', UNKNOWN],
    ['a list', list(lispIp(ip('10.0.0.1')))],
  ] as const)('LC-04 an EID that is %s is refused, and one refusal refuses all records', (_, address) => {
    const good = writeRecord(mapping('10.1.0.0/16', ['10.0.0.1']));
    const bad = { ...good, eid: address, maskBits: 0 };
    expect(readRecord(bad)).toEqual({ ok: false, error: 'unsupported-eid' });
    expect(readRecords([good, bad])).toEqual({ ok: false, error: 'unsupported-eid' });
  });

  it('LC-02 LC-10 an unknown locator is ignored, a list gives its first address', () => {
    const record = writeRecord(mapping('10.1.0.0/16', ['10.0.0.1']));
    const [one] = record.locators;
    const read = readRecord({
      ...record,
      locators: [
        { ...one!, rloc: UNKNOWN },
        { ...one!, rloc: list(UNKNOWN, lispIp(ip('10.0.0.9')), lispIp(ip('10.0.0.8'))) },
        { ...one!, rloc: eidAddress(5, ip('10.0.0.7')) },
      ],
    });
    expect(read).toMatchObject({
      value: { locators: [{ address: ip('10.0.0.7') }, { address: ip('10.0.0.9') }] },
    });
  });

  it('LC-03 without a usable locator the ACT of the record counts; with one it does not', () => {
    const record = { ...writeRecord(mapping('10.1.0.0/16', ['10.0.0.1'])), action: 3 };
    expect(readRecord(record)).toMatchObject({ value: { action: 0 } });
    const ignored = record.locators.map((each) => ({ ...each, rloc: UNKNOWN }));
    expect(readRecord({ ...record, locators: ignored })).toMatchObject({
      value: { action: 3, locators: [] },
    });
  });
});
