// The page of a run: whole, alone, and with every number that its pictures show.
import { describe, expect, it } from 'vitest';
import { benchPage } from '../../src/cli/render/bench-page.ts';
import { report, result } from './example-report.ts';

describe('the page of a run', () => {
  const page = benchPage(report());

  it('loads nothing and runs nothing', () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|url\(|@import|https?:/);
  });

  it('closes what it opens', () => {
    const open: string[] = [];
    for (const [, close, name, empty] of page.matchAll(/<(\/?)([a-z0-9]+)[^>]*?(\/?)>/g)) {
      if (name === 'meta' || empty === '/') continue;
      if (close === '/') expect(open.pop()).toBe(name);
      else open.push(name!);
    }
    expect(open).toEqual([]);
  });

  it('has pictures of speed, latency, reads, bytes and lengths, and no number that is none', () => {
    const pictures = [...page.matchAll(/aria-label="([^"]*)"/g)].map(([, title]) => title!);
    expect(pictures).toEqual([
      'Prefixes by length, IPv4',
      ...['rand', 'unif'].flatMap((trace) => [
        `Speed over ${trace}`,
        `Latency over ${trace}, batches of 256`,
        'Reads of poptrie 2 B',
        'Reads of dxr 2 B',
        'Lengths and levels of poptrie 2 B',
        'Lengths and levels of dxr 2 B',
      ]),
      'Bytes by part',
      'Announcing a prefix, microseconds',
    ]);
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('has a heat map with a cell for each length and level, the darker the more lookups', () => {
    const map = /aria-label="Lengths and levels of poptrie 2 B".*?<\/svg>/s.exec(page)![0];
    const cells = [...map.matchAll(/x="([\d.]+)" y="(\d+)".*?fill-opacity="([\d.]+)"><title>([^<]*)</g)];
    expect(cells.map(([, x, y, , told]) => `${x} ${y} ${told}`)).toEqual([
      '36 0 none at level 1: 250',
      '60 9 /16 at level 2: 700',
      '60 18 /25 at level 2: 50',
    ]);
    const dark = cells.map(([, , , opacity]) => Number(opacity));
    expect(dark[1]).toBe(1);
    expect(dark[0]).toBeLessThan(dark[1]!);
    expect(dark[2]).toBeLessThan(dark[0]!);
    expect(page).toContain('<td>2: 700</td>');
    expect(page).toContain('<td>1.25, 75.0 %</td>');
  });

  it('has updates as bars up to p99 and in numbers, and who builds anew', () => {
    const plot = /aria-label="Announcing a prefix, microseconds".*?<\/svg>/s.exec(page)![0];
    expect([...plot.matchAll(/<title>([^<]*)</g)].map(([, told]) => told)).toEqual([
      'patricia 4 B: 1.50 (p99 6.00)',
      'patricia 4 B, read: 3.00 (p99 12.0)',
    ]);
    expect(page).toContain(
      '<td>one</td><td>2.50</td><td>8.00</td><td>3.00</td><td>12.0</td><td>5,000,000</td>',
    );
    expect(page).toContain('Each publish builds the whole table anew: poptrie 2 B 12.5 ms.');
    expect(page).not.toContain('took turns');
    const { environment } = report();
    const pinned = benchPage(report({ environment: { ...environment, usableCores: 1 } }));
    expect(pinned).toContain('may use one core: that thread and the one that changes took turns.');
  });

  it('has the numbers in tables, and who was refused', () => {
    for (const cell of ['102', '100-104', '86.0', '25.0 %', '1 MiB', 'An imagined processor'])
      expect(page).toContain(`<td>${cell}</td>`);
    expect(page).toContain('<td>wasmBuilds, traced</td><td>fedcba9876543210</td>');
    expect(page).toContain('answers 3 for 10.0.0.1, where 7 is right');
  });

  it('says that a table is a made one', () => {
    expect(page).toContain('<h1>Longest-prefix match: table.txt</h1>');
    const { settings } = report();
    const made = benchPage(report({ settings: { ...settings, table: 'made' } }));
    expect(made).toContain('<h1>Longest-prefix match: a made table</h1>');
  });

  it('says what a leaf is, and who was refused after everything that was measured', () => {
    expect(page).toContain('leaf: bytes of a value in the structure');
    const headings = [...page.matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, words]) => words!);
    expect(headings).toEqual(['IPv4', 'Refused, not timed', 'Left out', 'Environment']);
  });

  it('has room for the longest name of a bar, and none of its letters left of the picture', () => {
    const long = result({ kind: 'longest-prefix-match' });
    const wide = benchPage(report({ results: [long, { ...long, batch: 1 }] }));
    // Liberation Sans has its letters at most 7 of 12 pixels wide in the mean of such names.
    for (const [, at, name] of wide.matchAll(/<text x="([\d.]+)"[^>]*text-anchor="end"[^>]*>([^<]*)</g))
      expect(Number(at) - 7 * name!.length).toBeGreaterThanOrEqual(0);
  });

  it('writes no marks of the latency axis over each other', () => {
    const slow = result({ kind: 'linear' });
    const { percentiles } = slow.latency;
    const wide = percentiles.map(({ percent }, i) => ({ percent, ns: 0.5 + i ** 6 }));
    const both = benchPage(
      report({ results: [{ ...slow, latency: { ...slow.latency, percentiles: wide } }], instruments: [] }),
    );
    const picture = /aria-label="Latency.*?<\/svg>/s.exec(both)![0];
    const marks = [...picture.matchAll(/<text x="([\d.]+)" y="318"[^>]*>([\d.]+)</g)].map(([, at, name]) => ({
      at: Number(at),
      half: 3.5 * name!.length,
      name,
    }));
    expect(marks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['1', '10', '100', '1000', '10000']),
    );
    const sorted = marks.toSorted((a, b) => a.at - b.at);
    for (const [i, { at, half }] of sorted.slice(1).entries())
      expect(at - half).toBeGreaterThan(sorted[i]!.at + sorted[i]!.half);
  });

  it('escapes what names of files may hold', () => {
    const { settings } = report();
    const odd = benchPage(
      report({ settings: { ...settings, table: '<b>&"' }, results: [result({ trace: '<i>' })] }),
    );
    expect(odd).not.toMatch(/<b>|<i>/);
    expect(odd).toContain('&lt;b&gt;');
  });

  it('can do without instruments, results and refusals', () => {
    const bare = benchPage(report({ results: [], instruments: [], refused: [], updates: [] }));
    expect(bare).not.toMatch(/NaN|Infinity|undefined|Refused|Updates/);
  });
});
