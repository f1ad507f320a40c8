import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ip, cidr } from '../../src/base/ip-text.ts';
import { FIELD_TABLE } from '../../src/wire/field-table.ts';
import type { FieldValue } from '../../src/wire/field.ts';
import { parseFilter, type FieldLookup } from '../../src/wire/filter.ts';

const address = (text: string): FieldValue => ({
  kind: 'address',
  address: { kind: 'ip', address: ip(text) },
});
const number = (value: number): FieldValue => ({ kind: 'number', number: value });

/** A frame of these fields. */
function frame(fields: Readonly<Record<string, readonly FieldValue[]>>): FieldLookup {
  return (name) => fields[name] ?? [];
}

const REQUEST = frame({
  ip: [{ kind: 'protocol' }, { kind: 'protocol' }],
  'ip.src': [address('10.0.1.2'), address('10.0.1.2')],
  'ip.dst': [address('10.0.1.1'), address('4.4.4.4')],
  'ip.ttl': [number(255), number(64)],
  'udp.dstport': [number(4342), number(4342)],
  'lisp.type': [
    { kind: 'number', number: 8, name: 'ecm' },
    { kind: 'number', number: 1, name: 'map-request' },
  ],
  'lisp.pitr': [{ kind: 'flag', isSet: false }],
  'lisp.smr': [{ kind: 'flag', isSet: true }],
  'lisp.eid': [{ kind: 'prefix', eid: { kind: 'ip', address: cidr('4.4.4.4/32').address }, bits: 32 }],
  'lisp.nonce': [{ kind: 'nonce', nonce: { hi: 0xb3d2e926, lo: 0xdcdf6ad3 } }],
  'frame.interface': [{ kind: 'text', text: 'lisp1-mapserver' }],
});

function passes(filter: string, fields = REQUEST): boolean {
  const parsed = parseFilter(filter);
  if (!parsed.ok) throw new Error(`${filter}: ${parsed.error.message}`);
  return parsed.value(fields);
}

describe('a filter', () => {
  it.each([
    ['lisp.type == map-request', true],
    ['lisp.type == 1', true],
    ['lisp.type == map-reply', false],
    // As in Wireshark: != holds when no occurrence is equal.
    ['lisp.type != map-reply', true],
    ['lisp.type != ecm', false],
    ['icmp.type != echo-reply', false],
    ['ip.ttl < 65', true],
    ['ip.ttl < 64', false],
    ['ip.ttl >= 255', true],
    ['ip.addr == 4.4.4.4', true],
    ['ip.addr == 4.4.0.0/16', true],
    ['ip.src == 4.4.4.4', false],
    ['ip.dst in {4.4.4.4, 8.8.8.8}', true],
    ['udp.port in {53 4342}', true],
    ['lisp.pitr', false],
    ['lisp.smr', true],
    ['lisp.pitr == 0', true],
    ['lisp.eid == 4.4.4.4/32', true],
    ['lisp.nonce == 0xb3d2e926dcdf6ad3', true],
    ['link == lisp1-mapserver', true],
    ['link contains mapserver', true],
    ['link matches "^lisp[0-9]"', true],
    ['icmp', false],
    ['!icmp', true],
    ['not icmp and ip', true],
    ['icmp || ip', true],
    ['!(icmp || ip)', false],
    // && binds tighter than ||, ! tighter than both.
    ['ip || icmp && icmp', true],
    ['(ip || icmp) && icmp', false],
    ['!icmp && ip', true],
    ['lisp.type eq 1 and udp.dstport ge 4342', true],
  ])('%s: %s', (filter, expected) => {
    expect(passes(filter)).toBe(expected);
  });

  it.each([
    ['', 0, 0],
    ['lisp.typ == 1', 0, 8],
    ['lisp.type ==', 12, 12],
    ['lisp.type == map-rely', 13, 21],
    ['ip.src == 10.0.0', 10, 16],
    ['(ip', 0, 1],
    ['ip)', 2, 3],
    ['ip ip', 3, 5],
    ['lisp.smr > 1', 9, 10],
    ['udp.port in {1 2', 12, 13],
    ['link matches "("', 13, 16],
    ['ip.ttl == "64', 10, 13],
  ])('%j is refused at %i to %i', (filter, start, end) => {
    const parsed = parseFilter(filter);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect([parsed.error.start, parsed.error.end]).toEqual([start, end]);
  });

  it('a name that is not known brings those that are', () => {
    const parsed = parseFilter('lisp.typ');
    expect(!parsed.ok && parsed.error.unknown?.known).toContain('lisp.type');
  });

  it('is nested only so deep', () => {
    expect(parseFilter(`${'('.repeat(100_000)}ip`).ok).toBe(false);
    expect(parseFilter(`${'!'.repeat(100)}ip`).ok).toBe(true);
  });

  it('of any text never throws, and an error lies in the text', () => {
    const word = fc.constantFrom(
      ...FIELD_TABLE.slice(0, 40).map(({ name }) => name),
      ...[
        '==',
        '!=',
        '&&',
        '||',
        '!',
        '(',
        ')',
        '{',
        '}',
        ',',
        'in',
        'contains',
        '1',
        '10.0.0.1',
        '"x"',
        '~',
        '"(',
      ],
    );
    const text = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(text, (filter) => {
        const parsed = parseFilter(filter);
        if (parsed.ok) expect(typeof parsed.value(REQUEST)).toBe('boolean');
        else {
          const { start, end } = parsed.error;
          expect(start >= 0 && start <= end && end <= filter.length, `${start}..${end}`).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('says what the obvious evaluation of its formula says', () => {
    interface Formula {
      readonly text: string;
      readonly holds: (fields: FieldLookup) => boolean;
    }
    const values = fc.integer({ min: 0, max: 3 });
    const leaf = fc
      .tuple(fc.constantFrom('ip.ttl', 'udp.srcport'), fc.constantFrom('==', '<', '!='), values)
      .map(([name, relation, literal]): Formula => ({
        text: `${name} ${relation} ${literal}`,
        holds: (fields) => {
          const all = fields(name).map((value) => (value.kind === 'number' ? value.number : NaN));
          if (relation === '!=') return all.length > 0 && all.every((value) => value !== literal);
          return all.some((value) => (relation === '==' ? value === literal : value < literal));
        },
      }));
    const { formula } = fc.letrec<{ formula: Formula }>((tie) => ({
      formula: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.tuple(tie('formula'), tie('formula'), fc.boolean()).map(([a, b, isAnd]): Formula => ({
          text: `(${a.text} ${isAnd ? '&&' : '||'} ${b.text})`,
          holds: (fields) =>
            isAnd ? a.holds(fields) && b.holds(fields) : a.holds(fields) || b.holds(fields),
        })),
        tie('formula').map((a): Formula => ({ text: `!(${a.text})`, holds: (fields) => !a.holds(fields) })),
      ),
    }));
    fc.assert(
      fc.property(
        formula,
        fc.array(values, { maxLength: 3 }),
        fc.array(values, { maxLength: 3 }),
        (f, ttls, ports) => {
          const fields = frame({ 'ip.ttl': ttls.map(number), 'udp.srcport': ports.map(number) });
          expect(passes(f.text, fields)).toBe(f.holds(fields));
        },
      ),
    );
  });
});
