import { describe, expect, it } from 'vitest';
import {
  problems,
  readRequirements,
  renderPage,
  statusOf,
  testNamesIn,
  testsById,
  unknownIds,
} from '../../scripts/protocol.mjs';

describe('docs/protocol.md', () => {
  it('is what scripts/protocol.mjs writes, and every ID in a test name is known', () => {
    expect(problems()).toEqual([]);
  });

  it('has a row for every requirement', () => {
    const requirements = readRequirements();
    const page = renderPage(requirements, []);
    expect(requirements.length).toBeGreaterThan(180);
    expect(requirements.filter(({ id }) => !page.includes(`\n| ${id} | `))).toEqual([]);
    expect(new Set(requirements.map(({ id }) => id)).size).toBe(requirements.length);
  });
});

describe('the scan for test names', () => {
  it('reads describe, it and test, with each, skipIf, templates and sums', () => {
    const source = `
      describe('CP-25 sorted', () => {
        it("one", () => {});
        test(\`kind \${kind}: DP-05\`, () => {});
        it.each([['x']])('each %s', () => {});
        it.skipIf(reason !== undefined)('where it can', () => {});
        describe.each\`a\`('tagged', () => {});
        it('DP-06 ' + 'and more', () => {});
      });`;
    expect(testNamesIn(source)).toEqual([
      'CP-25 sorted',
      'one',
      'kind …: DP-05',
      'each %s',
      'where it can',
      'tagged',
      'DP-06 and more',
    ]);
  });

  it('takes names from the table of each', () => {
    expect(testNamesIn(`it.each([['CP-25 sorted', 1], ['other', 2]])('%s', () => {});`)).toEqual([
      '%s',
      'CP-25 sorted',
    ]);
  });

  it('leaves out tests that do not run, comments and other strings', () => {
    const source = `
      it.skip('CP-25', () => {});
      it.todo('CP-26');
      // it('CP-27', () => {});
      expect('CP-28').toBe("it('CP-29')");`;
    expect(testNamesIn(source)).toEqual([]);
  });

  it('finds several IDs in one name', () => {
    const byId = testsById([{ file: 'a', name: 'DP-05, DP-06 and (DP-07): not INDEX-12, not SHA-1' }]);
    expect([...byId.keys()]).toEqual(['DP-05', 'DP-06', 'DP-07']);
  });
});

describe('status', () => {
  const base = { level: 'MUST', section: '', text: '' };
  const requirement = { ...base, id: 'CP-25' };
  const operator = { ...base, id: 'CP-31', status: 'operator' as const };

  it('is done with a test, else open or the operator’s', () => {
    const byId = testsById([{ file: 'a', name: 'CP-25 sorted' }]);
    expect(statusOf(requirement, byId)).toBe('done');
    expect(statusOf(requirement, new Map())).toBe('open');
    expect(statusOf(operator, byId)).toBe('operator');
  });

  it('an unknown ID is reported with its file and name', () => {
    expect(unknownIds([requirement], [{ file: 'test/a.test.ts', name: 'CP-99 x' }])).toEqual([
      'test/a.test.ts: unknown requirement CP-99 in "CP-99 x"',
    ]);
  });
});
