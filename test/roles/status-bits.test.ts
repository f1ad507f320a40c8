// Locator-Status-Bits, sent and received, and gleaning: what only trusted networks have (RFC 9300 §5.3, §9, §13.1).
import { describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { minutes, NEVER, seconds } from '../../src/base/time.ts';
import { hostEid } from '../../src/mapping/eid.ts';
import type { Mapping } from '../../src/mapping/mapping.ts';
import { databaseMapping } from '../../src/roles/etr.ts';
import { GLEANED_LIFE, Gleaning, type GleaningOutput } from '../../src/roles/gleaning.ts';
import { LocatorStatus, STATUS_INTERVAL, type LocatorStatusOutput } from '../../src/roles/locator-status.ts';
import { unicastLocator } from '../../src/roles/records.ts';
import { StatusBits, statusBits, USE_LSB_AFTER } from '../../src/roles/status-bits.ts';
import { eid } from '../support/messages.ts';

/** A mapping whose locators are up or down. */
function mapping(prefix: string, locators: Record<string, boolean>, instanceId = 0): Mapping {
  const list = Object.entries(locators).map(([address, reachable]) =>
    unicastLocator(ip(address), 1, 1, { local: true, reachable }),
  );
  return databaseMapping({ ...eid(prefix), instanceId }, 10, list);
}

const UP = { '10.0.0.1': true, '10.0.0.2': true, '10.0.0.3': true };

describe('LSBs that are sent', () => {
  it('DP-12 ordinals follow the order of Map-Replies: the third locator down clears bit 2', () => {
    expect(statusBits(mapping('10.1.0.0/16', UP))).toBe(0b111);
    const shuffled = { '2001:db8::1': true, '10.0.0.3': false, '10.0.0.1': true, '10.0.0.2': true };
    expect(statusBits(mapping('10.1.0.0/16', shuffled))).toBe(0b1011);
  });

  it('DP-11 no more than fit: 32, or 8 beside an Instance ID', () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`10.0.0.${i + 1}`, true]));
    expect(statusBits(mapping('10.1.0.0/16', many))).toBe(0xffff_ffff);
    expect(statusBits(mapping('10.1.0.0/16', many, 7))).toBe(0xff);
  });

  it('DP-12 are sent only while they are those of whichever mapping matches the inner source', () => {
    const bits = new StatusBits();
    const agree = [mapping('10.1.0.0/16', UP), mapping('10.1.2.0/24', UP)];
    expect(bits.bits(0, agree)).toBe(0b111);
    expect(bits.bits(0, [agree[0]!, mapping('10.1.2.0/24', { '10.0.0.1': true })])).toBeUndefined();
    expect(bits.bits(0, [agree[0]!, mapping('10.1.2.0/24', { ...UP, '10.0.0.2': false })])).toBeUndefined();
    expect(bits.bits(0, [])).toBeUndefined();
  });

  it('DP-31 after a locator was added or removed L stays 0 for five minutes', () => {
    const bits = new StatusBits();
    const before = [mapping('10.1.0.0/16', UP)];
    const after = [mapping('10.1.0.0/16', { '10.0.0.1': true })];
    bits.configure(0, before);
    expect(bits.bits(0, before)).toBe(0b111);
    bits.configure(seconds(10), after);
    expect(USE_LSB_AFTER).toBe(minutes(5));
    expect(bits.bits(seconds(10) + USE_LSB_AFTER - 1, after)).toBeUndefined();
    expect(bits.nextDeadline(seconds(11))).toBe(seconds(10) + USE_LSB_AFTER);
    expect(bits.bits(seconds(10) + USE_LSB_AFTER, after)).toBe(1);
  });

  it('DP-31 a locator that goes down changes no set', () => {
    const bits = new StatusBits();
    bits.configure(0, [mapping('10.1.0.0/16', UP)]);
    const down = [mapping('10.1.0.0/16', { ...UP, '10.0.0.1': false })];
    bits.configure(1, down);
    expect(bits.bits(1, down)).toBe(0b110);
    const other = new StatusBits();
    other.restore(structuredClone(bits.save()));
    expect(other.bits(1, down)).toBe(0b110);
  });
});

describe('LSBs that are received', () => {
  const site = eid('10.2.0.0/16');

  it('a bit that falls takes its locator out of use, for this EID-Prefix; one that rises brings it back', () => {
    const status = new LocatorStatus();
    const out: LocatorStatusOutput[] = [];
    status.hear(0, site, 3, 0b111, out);
    expect(out).toEqual([]);
    status.hear(1, site, 3, 0b101, out);
    expect(out).toEqual([{ eid: site, down: [1] }]);
    status.hear(1 + STATUS_INTERVAL, site, 3, 0b111, out);
    expect(out[1]).toEqual({ eid: site, down: [] });
  });

  it('DP-27 bits that flap act no more than once in ten seconds, and the last word counts', () => {
    const status = new LocatorStatus();
    const out: LocatorStatusOutput[] = [];
    for (let i = 0; i < 1000; i++) status.hear(i, site, 2, i % 2 === 0 ? 0b11 : 0b01, out);
    expect(out).toEqual([{ eid: site, down: [1] }]);
    status.hear(2000, site, 2, 0b10, out);
    expect(out).toHaveLength(1);
    const due = status.nextDeadline();
    expect(due).toBe(1 + STATUS_INTERVAL);
    status.tick(due, out);
    expect(out[1]).toEqual({ eid: site, down: [0] });
    expect(status.nextDeadline()).toBe(NEVER);
  });

  it('bits beyond the locators mean nothing; a new mapping begins anew', () => {
    const status = new LocatorStatus();
    const out: LocatorStatusOutput[] = [];
    status.hear(0, site, 2, 0xffff_0003, out);
    expect(out).toEqual([]);
    status.hear(0, site, 2, 0, out);
    status.forget(site);
    expect(status.save()).toEqual([]);
  });
});

describe('gleaning', () => {
  const source = { instanceId: 0, address: ip('10.2.0.7') };
  const rloc = ip('198.51.100.1');

  it('DP-28 one locator of the best priority and weight 0, for 3 s, and a Map-Request for the source EID', () => {
    const gleaning = new Gleaning();
    const out: GleaningOutput[] = [];
    gleaning.hear(seconds(1), source, rloc, false, out);
    expect(out).toMatchObject([
      { kind: 'install', expires: seconds(4), mapping: { eid: hostEid(source), authoritative: false } },
      { kind: 'verify', eid: source },
    ]);
    const [install] = out;
    expect(install?.kind === 'install' && install.mapping.locators).toMatchObject([
      { address: rloc, priority: 0, weight: 0 },
    ]);
    gleaning.tick(seconds(1) + GLEANED_LIFE, out);
    expect(out[2]).toEqual({ kind: 'uninstall', eid: hostEid(source) });
  });

  it('DP-28 a verified entry ends it: nothing is gleaned under it, what was gleaned goes', () => {
    const gleaning = new Gleaning();
    const out: GleaningOutput[] = [];
    gleaning.hear(0, source, rloc, true, out);
    expect(out).toEqual([]);
    gleaning.hear(0, source, rloc, false, out);
    gleaning.hear(1, source, ip('198.51.100.2'), false, out);
    expect(out).toHaveLength(2);
    gleaning.verified(eid('10.2.0.0/16'), out);
    expect(out[2]).toEqual({ kind: 'uninstall', eid: hostEid(source) });
    expect(gleaning.nextDeadline()).toBe(NEVER);
  });

  it('DP-28 a Map-Reply for the very host replaces the entry, which is then not taken away', () => {
    const gleaning = new Gleaning();
    const out: GleaningOutput[] = [];
    gleaning.hear(0, source, rloc, false, out);
    gleaning.verified(hostEid(source), out);
    expect(out).toHaveLength(2);
    expect(gleaning.save()).toEqual([]);
  });

  it('takes bounded room, and no RLOC that is none', () => {
    const gleaning = new Gleaning();
    const out: GleaningOutput[] = [];
    gleaning.hear(0, source, ip('224.0.0.1'), false, out);
    expect(out).toEqual([]);
    for (let i = 0; i < 1000; i++) {
      gleaning.hear(
        0,
        { instanceId: 0, address: { ...source.address, w0: source.address.w0 + i } },
        rloc,
        false,
        out,
      );
    }
    expect(gleaning.save()).toHaveLength(256);
  });
});
