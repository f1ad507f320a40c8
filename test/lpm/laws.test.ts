// Laws about all kinds together.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  LARGEST_VALUE,
  LPM_KINDS,
  RESEARCH_KINDS,
  type LpmKind,
  lpmCapabilities,
  lpmCode,
} from '../../src/engine/lpm.ts';
import { makeEngine } from '../engine/engine-builds.ts';
import { follow } from './subject.ts';
import { anyKey, anySteps } from './random-tables.ts';
import { borders, LpmTable } from './table.ts';

const KINDS: readonly LpmKind[] = [...LPM_KINDS, ...RESEARCH_KINDS];
const { exports } = makeEngine('research');

describe.each([4, 6] as const)('all kinds, IPv%i', (family) => {
  it('answer alike after the same random changes', () => {
    const tables = KINDS.filter((kind) => lpmCapabilities(exports, kind).families.includes(family)).map(
      (kind) => new LpmTable({ kind, build: 'research', family }),
    );
    fc.assert(
      fc.property(
        anySteps(family, LARGEST_VALUE, 250),
        fc.array(anyKey(family), { maxLength: 60 }),
        (steps, more) => {
          const answers = tables.map((table) => {
            table.clear();
            const rows = follow(table, steps);
            return table.lookup([...borders(family, rows.values()), ...more]);
          });
          for (const each of answers) expect(each).toEqual(answers[0]);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('an unknown kind', () => {
  it('can do nothing', () => {
    const last = Math.max(...KINDS.map((kind) => lpmCode(kind)));
    for (const code of [0, last + 1, -1]) {
      expect(exports.lpmCaps(code)).toBe(0);
      expect(exports.lpmAtomicity(code)).toBe(0);
      expect(exports.lpmInsert(code, 0, 0)).toBe(0);
    }
  });
});
