// The pictures in a browser: XML that parses, texts with the sizes that real fonts give them.
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ladderStory } from '../../src/cli/lab-picture.ts';
import { ladderSvg } from '../../src/sim/draw/ladder-svg.ts';
import { topologySvg } from '../../src/sim/draw/topology-svg.ts';
import { labGraph } from '../../src/sim/lab-graph.ts';
import { exampleNames } from '../sim/examples.ts';
import { randomLab } from '../sim/draw/gen-lab.ts';
import { isInside, isOver, viewBox, type Box } from '../sim/draw/read-svg.ts';
import { lab, labFile } from '../scenarios/support.ts';
import { findTool, skipReason } from '../support/tools.ts';
import { CHROMIUM_ARGUMENTS } from './arguments.ts';

interface Measured {
  readonly root: string;
  readonly texts: readonly (Box & { readonly text: string })[];
  readonly page: string;
}

function pictures(): [name: string, svg: string][] {
  const examples = exampleNames().flatMap((name): [string, string][] => {
    const run = lab(name);
    run.run();
    return [
      [name, topologySvg(labGraph(labFile(name)))],
      [`${name} ladder`, ladderSvg(ladderStory(run, false))],
    ];
  });
  const random = [1, 2, 3, 4, 5, 6].map((seed): [string, string] => [
    `random ${seed}`,
    topologySvg(labGraph(randomLab(seed))),
  ]);
  return [...examples, ...random];
}

/** Runs in the page. */
const MEASURE = `(svg) => {
  const root = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
  document.body.replaceChildren(document.importNode(root, true));
  const texts = [...document.querySelectorAll('text')].map((each) => {
    const { x, y, width, height } = each.getBBox();
    return { text: each.textContent, x, y, width, height };
  });
  const page = document.querySelector('.page');
  return { root: root.nodeName, texts, page: page === null ? '' : getComputedStyle(page).fill };
}`;

describe.skipIf(skipReason('chromium') !== undefined)('pictures in a browser', () => {
  let browser: Browser | undefined;
  let page: Page;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: findTool('chromium')!, args: [...CHROMIUM_ARGUMENTS] });
    page = await browser.newPage();
    await page.setContent('<!doctype html><body></body>');
  });
  afterAll(async () => {
    await browser?.close();
  });

  const measure = (svg: string): Promise<Measured> =>
    page.evaluate<Measured>(`(${MEASURE})(${JSON.stringify(svg)})`);

  it('they parse, their texts stay inside and do not run into one another', async () => {
    for (const [name, svg] of pictures()) {
      const { root, texts } = await measure(svg);
      expect(root, name).toBe('svg');
      expect(texts.length, name).toBeGreaterThan(5);
      expect(
        texts.filter((text) => !isInside(text, viewBox(svg))),
        name,
      ).toEqual([]);
      // Boxes of lines are higher than their letters: what counts is the middle half.
      const lines = texts.map((each) => ({ ...each, y: each.y + each.height / 4, height: each.height / 2 }));
      const links = /^\d+ (ms|s|us)\b/;
      const fixed = lines.filter(({ text }) => !links.test(text));
      const over = fixed.flatMap((a, i) =>
        fixed
          .slice(i + 1)
          .filter((b) => isOver(a, b))
          .map((b) => `${a.text} / ${b.text}`),
      );
      expect(over, name).toEqual([]);
    }
  });

  it('light or dark follows the viewer', async () => {
    const svg = topologySvg(labGraph(labFile('pxtr')));
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await measure(svg);
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await measure(svg);
    expect([light.page, dark.page]).toEqual(['rgb(255, 255, 255)', 'rgb(13, 17, 23)']);
  });
});
