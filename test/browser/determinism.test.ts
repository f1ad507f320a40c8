// The same scenario with the same seed gives the same bytes in Node and in a browser.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTool, skipReason } from '../support/tools.ts';
import { CHROMIUM_ARGUMENTS } from './arguments.ts';
import { runScenario, type ScenarioRun } from './run-scenario.ts';
import { buildPage, serve, type PageServer } from './serve.ts';

function filesOf(scenario: string): Map<string, string> {
  const folder = fileURLToPath(new URL(`../../examples/${scenario}/`, import.meta.url));
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(`${folder}${name}`, 'utf8')]));
}

describe.skipIf(skipReason('chromium') !== undefined)('in a browser', () => {
  let server: PageServer | undefined;
  let browser: Browser | undefined;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    server = await serve(await buildPage());
    browser = await chromium.launch({ executablePath: findTool('chromium')!, args: [...CHROMIUM_ARGUMENTS] });
    page = await browser.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(server.url, { waitUntil: 'load' });
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const runInPage = (scenario: string, seed: number): Promise<ScenarioRun> =>
    page.evaluate<ScenarioRun>(`runScenario(${JSON.stringify(scenario)}, ${seed})`);

  it.each([
    ['pxtr', 1],
    ['pxtr', 20_240_607],
    ['pxtr-v6', 1],
  ])(
    '%s with seed %i gives the log and the capture it gives in Node, byte for byte',
    async (scenario, seed) => {
      const here = runScenario(filesOf(scenario), seed);
      const there = await runInPage(scenario, seed);
      expect(there.log).toEqual(here.log);
      expect(there.logHash).toBe(here.logHash);
      expect(Buffer.from(there.pcapng).equals(Buffer.from(here.pcapng))).toBe(true);
      expect(there.passed).toBe(true);
      expect(here.log.length).toBeGreaterThan(20);
    },
  );

  it('another seed gives another log', async () => {
    const [one, two] = [await runInPage('pxtr', 1), await runInPage('pxtr', 2)];
    expect(two.logHash).not.toBe(one.logHash);
  });

  it('nothing complained', () => {
    expect(complaints).toEqual([]);
  });
});
