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
      ]),
      'Bytes by part',
    ]);
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('has the numbers in tables, and who was refused', () => {
    for (const cell of ['102.0', '100.0-104.0', '86.0', '25.0 %', '1 MiB', 'An imagined processor'])
      expect(page).toContain(`<td>${cell}</td>`);
    expect(page).toContain('answers 3 for 10.0.0.1, where 7 is right');
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
    const bare = benchPage(report({ results: [], instruments: [], refused: [] }));
    expect(bare).not.toMatch(/NaN|Infinity|undefined|Refused/);
  });
});
