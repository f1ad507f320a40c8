import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GraphReport, LadderReport } from '../../src/cli/lab-picture.ts';
import { expectGolden, pxtr } from './run.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pxtr-graph-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('pxtr lab graph', () => {
  it('prints SVG of the network; Mermaid and DOT when asked', async () => {
    const svg = await pxtr('lab', 'graph', 'pxtr');
    expect([svg.code, svg.err]).toEqual([0, '']);
    expect(svg.out).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" class="pxtr-topology"/);
    expect((await pxtr('lab', 'graph', 'pxtr', '--svg')).out).toBe(svg.out);
    expectGolden('lab-graph-pxtr-mermaid', (await pxtr('lab', 'graph', 'pxtr', '--mermaid')).out);
    expectGolden('lab-graph-pxtr-dot', (await pxtr('lab', 'graph', 'pxtr', '--dot')).out);
  });

  it('prints the packets of the run with --ladder', async () => {
    const svg = await pxtr('lab', 'graph', 'two-sites', '--ladder');
    expect([svg.code, svg.err]).toEqual([0, '']);
    expect(svg.out).toContain('class="pxtr-ladder"');
    expectGolden('lab-graph-pxtr-ladder', (await pxtr('lab', 'graph', 'pxtr', '--ladder', '--mermaid')).out);
    expectGolden('lab-graph-pxtr-ladder-dot', (await pxtr('lab', 'graph', 'pxtr', '--ladder', '--dot')).out);
    const early = await pxtr('lab', 'graph', 'pxtr', '--ladder', '--until', '10.003s');
    expect(early.out).toContain('>#3<');
    expect(early.out).not.toContain('>#5<');
    expect((await pxtr('lab', 'graph', 'pxtr', '--ladder', '--all')).out).toContain('Map-Register');
  });

  it('writes a file whose name says what is in it', async () => {
    for (const [name, beginning] of [
      ['a.svg', '<svg'],
      ['a.mmd', '%%'],
      ['a.dot', 'graph "pxtr" {'],
      ['a.json', '{'],
    ]) {
      const path = join(folder, name!);
      const { code, out, err } = await pxtr('lab', 'graph', 'pxtr', '--out', path);
      expect([code, out, err]).toEqual([0, '', `wrote ${path}\n`]);
      expect(readFileSync(path, 'utf8').startsWith(beginning!)).toBe(true);
    }
  });

  it('--json is what is drawn, as data', async () => {
    const graph = JSON.parse((await pxtr('lab', 'graph', 'pxtr', '--json')).out) as GraphReport;
    expect(Object.keys(graph)).toEqual(['schema', 'name', 'title', 'nodes', 'links', 'sites']);
    expect(graph.schema).toBe('pxtr-lab-graph/1');
    expect(graph.nodes[1]).toMatchObject({ name: 'mapserver', place: 'rloc', rank: 1 });
    const ladder = JSON.parse((await pxtr('lab', 'graph', 'pxtr', '--ladder', '--json')).out) as LadderReport;
    expect(Object.keys(ladder)).toEqual(['schema', 'scenario', 'title', 'nodes', 'packets']);
    expect(ladder.schema).toBe('pxtr-lab-ladder/1');
    expect(ladder.packets[0]).toMatchObject({ number: 1, class: 'control', from: 'lisp1', to: 'mapserver' });
  });

  it.each([
    [['--svg', '--dot'], 2, '--svg and --dot are two formats'],
    [['--out', '/no/such/folder/x.svg'], 1, 'cannot write /no/such/folder/x.svg'],
    [['--out', '/no/x.png'], 2, 'dot -Tpng -o /no/x.png'],
    [['--svg', '--out', '/no/x.PNG'], 2, 'no format is known by the ending of /no/x.PNG'],
    [['--out', '/no/x.txt'], 2, 'Or say which: --svg'],
    [['--dot', '--out', '/no/y.svg'], 2, '--dot does not go with /no/y.svg, which would be svg'],
    // These are fine, but for the folder.
    [['--dot', '--out', '/no/y.gv'], 1, 'cannot write /no/y.gv: no such file or directory'],
    [['--mermaid', '--out', '/no/y.md'], 1, 'cannot write /no/y.md: no such file'],
    [['--out', '/no/y'], 1, 'cannot write /no/y: no such file'],
    [['--seed', 'x'], 2, 'A seed is a whole number'],
  ])('%j is refused with code %i', async (flags, code, message) => {
    const run = await pxtr('lab', 'graph', 'pxtr', ...flags);
    expect([run.code, run.out]).toEqual([code, '']);
    expect(run.err).toContain(message);
  });

  it('--help has examples', async () => {
    const { code, out } = await pxtr('lab', 'graph', '--help');
    expect(code).toBe(0);
    expect(out).toContain('Examples:\n  pxtr lab graph pxtr --out pxtr.svg');
  });
});

describe('the pictures of docs/images', () => {
  it.each([
    ['pxtr-topology.svg', []],
    ['pxtr-ladder.svg', ['--ladder']],
  ])('%s is what pxtr lab graph pxtr draws', async (name, flags) => {
    const path = fileURLToPath(new URL(`../../docs/images/${name}`, import.meta.url));
    const { out } = await pxtr('lab', 'graph', 'pxtr', ...flags);
    if (process.env['PXTR_UPDATE_GOLDENS'] === '1') writeFileSync(path, out);
    const how = `pxtr ${['lab', 'graph', 'pxtr', ...flags].join(' ')} --out docs/images/${name}`;
    expect(readFileSync(path, 'utf8') === out, `${name} is stale: ${how}`).toBe(true);
  });
});
