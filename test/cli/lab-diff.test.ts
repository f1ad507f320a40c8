import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabDiffReport } from '../../src/cli/lab-diff-report.ts';
import { PAGE_COLUMNS } from '../../src/cli/render/table.ts';
import { expectGolden, pxtr } from './run.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pxtr-diff-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file of pxtr with something replaced. */
function changed(name: string, from: string, to: string): string {
  const text = readFileSync(join(EXAMPLES, 'pxtr', name), 'utf8');
  expect(text).toContain(from);
  const path = join(folder, `changed-${name}`);
  writeFileSync(path, text.replace(from, to));
  return path;
}

describe('pxtr lab diff', () => {
  it('tells the lines that differ and every decision that does; exit code 1', async () => {
    const { code, out, err } = await pxtr('lab', 'diff', 'pxtr', 'pxtr-petr');
    expect([code, err]).toEqual([1, '']);
    expectGolden('lab-diff-pxtr-petr', out);
    expect(out.split('\n').filter((line) => line.length > PAGE_COLUMNS + 2)).toEqual([]);
  });

  it('a scenario and itself: exit code 0', async () => {
    const { code, out } = await pxtr('lab', 'diff', 'pxtr', 'pxtr', '--cold');
    expect(code).toBe(0);
    expect(out).toContain('configuration\n  the same\n');
    expect(out).toMatch(
      /\nno difference in \d+ decisions \(10 source addresses, \d+ destination ranges\)\n$/,
    );
  });

  it('--with puts a file in the place of one of the scenario', async () => {
    const path = changed('lisp1.ios', 'KEY1', 'KEYX');
    const { code, out } = await pxtr('lab', 'diff', 'pxtr', '--with', `lisp1.ios=${path}`);
    expect(code).toBe(1);
    expect(out).toContain(
      '    -  ipv4 etr map-server 10.0.1.1 key KEY1\n    +  ipv4 etr map-server 10.0.1.1 key KEYX',
    );
    expect(out).toContain('LOST outsideworld, from 4.4.4.4, 10.0.3.2 to 192.168.1.1/32 (lisp1)');
    expect(out).toContain('8 lost, 0 gained');
  });

  it('a change that no packet notices is exit code 0, and its lines are told', async () => {
    const path = changed('mapserver.ios', 'miss-policy drop', 'miss-policy hold');
    const { code, out } = await pxtr('lab', 'diff', 'pxtr', '--with', `mapserver.ios=${path}`);
    expect(code).toBe(0);
    expect(out).toContain('+  miss-policy hold');
  });

  it('--json has the same, with destinations as prefixes', async () => {
    const path = changed('mapserver.ios', 'ip route', 'ip route 9.9.0.0 255.255.0.0 Null0\nip route');
    const { code, out } = await pxtr('lab', 'diff', 'pxtr', '--with', `mapserver.ios=${path}`, '--json');
    expect(code).toBe(1);
    const report = JSON.parse(out) as LabDiffReport;
    expect(Object.keys(report)).toEqual([
      ...['schema', 'before', 'after', 'seed', 'state', 'time', 'same', 'nodes', 'links', 'addresses'],
      ...['config', 'compared', 'differing', 'changes'],
    ]);
    expect(report).toMatchObject({
      schema: 'pxtr-lab-diff/1',
      same: false,
      state: 'resolved',
      time: '10.000000',
    });
    expect(Object.keys(report.changes[0]!)).toEqual([
      'kind',
      'node',
      'sources',
      'destinations',
      'before',
      'after',
    ]);
    expect(report.changes[0]).toMatchObject({
      kind: 'changed',
      node: 'lisp1',
      sources: ['192.168.1.1', '10.0.1.2'],
      destinations: ['9.9.0.0/16'],
      after: [
        { end: 'dropped', steps: [{ node: 'lisp1' }, { node: 'mapserver', action: 'drop aggregate-hole' }] },
      ],
    });
  });

  it.each([
    [['pxtr'], 'there is nothing to compare with'],
    [['pxtr', 'no-such-thing'], 'no scenario "no-such-thing"'],
    [['pxtr', '--with', 'lisp1.ios'], '"lisp1.ios" is not name=file'],
    [['pxtr', '--with', 'lips1.ios=x'], 'pxtr has no file lips1.ios - did you mean lisp1.ios?'],
    [['pxtr', '--with', 'lisp1.ios=/no/such/file'], 'cannot read /no/such/file'],
    [['pxtr', 'pxtr', '--at', 'soon'], 'A time looks like'],
  ])('%j is trouble: exit code 2', async (args, message) => {
    const { code, out, err } = await pxtr('lab', 'diff', ...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });

  it('a replaced file with a mistake is told with its place: exit code 2', async () => {
    const path = changed('lisp1.ios', 'ipv4 itr map-resolver', 'ipv4 itr map-resolvor');
    const { code, err } = await pxtr('lab', 'diff', 'pxtr', '--with', `lisp1.ios=${path}`);
    expect(code).toBe(2);
    expect(err).toMatch(/scenario pxtr does not load\n[^]* {2}lisp1\.ios:12:11: Invalid input/);
  });

  it('--help has examples and exit codes', async () => {
    const { code, out } = await pxtr('lab', 'diff', '--help');
    expect(code).toBe(0);
    expect(out).toContain('Exit codes, as of diff(1)');
    expect(out).toContain('pxtr lab diff pxtr pxtr-petr');
  });
});
