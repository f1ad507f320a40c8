import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import { ip } from '../../src/base/ip-text.ts';
import { align } from '../../src/cli/align.ts';
import { buildIcmpPacket } from '../../src/wire/icmp.ts';
import { pxtr } from './run.ts';

const anyWords = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });

describe('align', () => {
  it('puts every element of both sides into one row, in order, and equal ones only together', () => {
    fc.assert(
      fc.property(anyWords, anyWords, (left, right) => {
        const rows = align(left, right);
        expect(rows.flatMap(({ left: i }) => i ?? [])).toEqual(left.map((_, i) => i));
        expect(rows.flatMap(({ right: j }) => j ?? [])).toEqual(right.map((_, j) => j));
        for (const { left: i, right: j } of rows)
          if (i !== undefined && j !== undefined) expect(left[i]).toBe(right[j]);
      }),
    );
  });

  it('finds as many pairs as the longest common subsequence has', () => {
    const longest = (a: readonly string[], b: readonly string[]): number => {
      if (a.length === 0 || b.length === 0) return 0;
      if (a[0] === b[0]) return 1 + longest(a.slice(1), b.slice(1));
      return Math.max(longest(a.slice(1), b), longest(a, b.slice(1)));
    };
    const short = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 7 });
    fc.assert(
      fc.property(short, short, (left, right) => {
        const pairs = align(left, right).filter((row) => row.left !== undefined && row.right !== undefined);
        expect(pairs.length).toBe(longest(left, right));
      }),
    );
  });
});

const HOSTS = { source: ip('192.168.1.1'), destination: ip('4.4.4.4') };
const ECHO = { type: 'echo-request', identifier: 1, sequence: 1, data: new Uint8Array(8) } as const;
const packet = (ttl: number, sequence = 1): string =>
  toHex(buildIcmpPacket({ ...HOSTS, ttl }, { ...ECHO, sequence }));

describe('pxtr diff', () => {
  let folder: string;
  const file = (name: string): string => join(folder, name);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pxtr-'));
    for (const [name, seed] of [
      ['a', '1'],
      ['b', '2'],
    ] as const)
      writeFileSync(file(name), (await pxtr('lab', 'run', 'pxtr', '--seed', seed, '--pcap', '-')).bytes);
    writeFileSync(file('petr'), (await pxtr('lab', 'run', 'pxtr-petr', '--pcap', '-')).bytes);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('a packet and itself are equal', async () => {
    const { code, out } = await pxtr('diff', packet(64), packet(64));
    expect([code, out]).toEqual([0, 'The packets are equal.\n']);
  });

  it('names the field, its bytes and both values; the checksum that follows from it is left out', async () => {
    const { code, out } = await pxtr('diff', packet(64), packet(63));
    expect(code).toBe(1);
    expect(out).toBe('ip.ttl  [8..9)  64  -> 63\n');
    expect((await pxtr('diff', packet(64), packet(63, 2), '--ignore', 'ip.ttl,icmp.seq')).code).toBe(0);
  });

  it('two runs of another seed differ in nonces alone', async () => {
    expect((await pxtr('diff', file('a'), file('a'))).code).toBe(0);
    const { code, out } = await pxtr('diff', file('a'), file('b'), '--json');
    expect(code).toBe(1);
    const { frames } = JSON.parse(out) as { frames: { fields: { field: string }[] }[] };
    expect(new Set(frames.flatMap(({ fields }) => fields.map(({ field }) => field)))).toEqual(
      new Set(['lisp.nonce']),
    );
    const ignored = await pxtr('diff', file('a'), file('b'), '--ignore', 'lisp.nonce');
    expect([ignored.code, ignored.out]).toEqual([0, 'Equal: 27 frames on both sides.\n']);
  });

  it('what only one capture has is marked, and what a PETR changes shows', async () => {
    const { code, out } = await pxtr('diff', file('a'), file('petr'), '--filter', 'icmp');
    expect(code).toBe(1);
    expect(out).toMatch(/^- +\d+ .*lisp1-mapserver {2}192\.168\.1\.1 > 4\.4\.4\.4 ICMP echo request/m);
    expect(out).toMatch(/^\+ +\d+ .*lisp1-mapserver {2}LISP 10\.0\.1\.2 > 10\.0\.255\.1/m);
    expect(out).toMatch(/\d+ changed, \d+ only in the first, \d+ only in the second/);
  });

  it('FILE#N picks a frame', async () => {
    expect((await pxtr('diff', `${file('a')}#7`, `${file('a')}#7`)).out).toBe('The packets are equal.\n');
    const { code, err } = await pxtr('diff', `${file('a')}#700`, file('a'));
    expect(code).toBe(2);
    expect(err).toContain('has no frame 700');
  });

  it('an unknown field to ignore is refused', async () => {
    expect((await pxtr('diff', packet(1), packet(1), '--ignore', 'ip.tll')).err).toContain(
      'there is no field ip.tll',
    );
  });
});

describe('pxtr doctor', () => {
  it('finds what is needed, and says so in JSON too', async () => {
    const { code, out } = await pxtr('doctor', '--json');
    expect(code).toBe(0);
    const { ok, checks } = JSON.parse(out) as { ok: boolean; checks: { name: string; state: string }[] };
    expect(ok).toBe(true);
    expect(checks.filter(({ state }) => state === 'failed')).toEqual([]);
    expect(checks.map(({ name }) => name)).toContain('engine');
    const text = (await pxtr('doctor')).out;
    expect(text).toContain('Everything that is needed is there.');
    // The marks of "lab run" and "learn check", as they are without colours.
    expect(text).toMatch(/^ok {4}Node\.js /);
  });

  it('an old Node.js is refused', async () => {
    const { checkNode } = await import('../../src/cli/doctor-checks.ts');
    expect(checkNode('20.18.9').state).toBe('failed');
    expect(checkNode('20.19.0').state).toBe('ok');
    expect(checkNode('22.0.0').state).toBe('ok');
  });
});
