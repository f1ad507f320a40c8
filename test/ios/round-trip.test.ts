import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalOptions } from '../../src/ios/apply.ts';
import { renderConfig } from '../../src/ios/render.ts';
import { routerOptions } from './gen-options.ts';
import { LAB } from './lab-configs.ts';
import { read } from './read.ts';

describe('options and text', () => {
  it('options survive being rendered and parsed', () => {
    fc.assert(
      fc.property(routerOptions, (options) => {
        expect(read(renderConfig(options)).options).toEqual(canonicalOptions(options));
      }),
      { numRuns: process.env['PXTR_LONG'] === '1' ? 4000 : 150 },
    );
  });

  it('rendering is a fixed point', () => {
    fc.assert(
      fc.property(routerOptions, (options) => {
        const text = renderConfig(options);
        expect(renderConfig(read(text).options)).toBe(text);
      }),
      { numRuns: 100 },
    );
  });

  it('the canonical order changes nothing twice', () => {
    fc.assert(
      fc.property(routerOptions, (options) => {
        const once = canonicalOptions(options);
        expect(canonicalOptions(once)).toEqual(once);
      }),
      { numRuns: 100 },
    );
  });

  it.each(Object.entries(LAB))('%s of the lab survives, and its text is stable', (_, text) => {
    const { options } = read(text);
    expect(read(renderConfig(options)).options).toEqual(options);
    expect(renderConfig(read(renderConfig(options)).options)).toBe(renderConfig(options));
  });

  it('lines on top of a configuration that say nothing new change nothing', () => {
    fc.assert(
      fc.property(routerOptions, (options) => {
        const base = canonicalOptions(options);
        expect(read('', { base }).options).toEqual(base);
        expect(read(renderConfig(base), { base }).options).toEqual(base);
      }),
      { numRuns: 100 },
    );
  });

  it('"no" before every line of a configuration empties it', () => {
    const text = renderConfig(read(LAB.mapserver).options);
    const openers = text.split('\n').filter((line) => /^(hostname|interface|router|ip route)/.test(line));
    const { options } = read(openers.map((line) => `no ${line}`).join('\n'), {
      base: read(LAB.mapserver).options,
    });
    expect(options).toEqual({ hostname: 'Router', interfaces: [], staticRoutes: [] });
  });
});
