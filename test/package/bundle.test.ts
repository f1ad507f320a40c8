// Bundles of the packed package in a browser: what a page gets that uses it as its users do.
import { build as esbuild } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM_ARGUMENTS } from '../browser/arguments.ts';
import { runScenario } from '../browser/run-scenario.ts';
import { buildPage, serve } from '../browser/serve.ts';
import { findTool, skipReason } from '../support/tools.ts';
import { exampleFiles } from './examples.ts';
import { makeProject, packageSkipReason, type Project } from './project.ts';

type Site = ReadonlyMap<string, string | Uint8Array>;

const HTML =
  '<!doctype html><title>pxtr</title><link rel="icon" href="data:," /><script type="module" src="/main.js"></script>';

/** A page's script: opens engines of one entry and runs a lab on them. */
function pageScript(entry: 'pxtr' | 'pxtr/url'): string {
  return `
    import { createEngine, createLpm, cidr, ip } from '${entry}';
    import { createLab, loadLab } from 'pxtr/sim';
    globalThis.runLab = async (files, seed) => {
      const file = loadLab(new Map(files));
      const engines = [];
      for (const node of file.value.nodes) if (node.kind === 'router') engines.push(await createEngine());
      return createLab(file.value, { seed, makeDataPlane: () => engines.pop() }).run().logHash;
    };
    globalThis.lookUp = async () => {
      const lpm = await createLpm();
      lpm.insert(cidr('2001:db8::/32'), 9);
      lpm.publish();
      return lpm.lookup(ip('2001:db8::1'));
    };
    globalThis.failure = () => createEngine().then(() => 'none', (error) => error.constructor.name);`;
}

const isSkipped = packageSkipReason() !== undefined || skipReason('chromium') !== undefined;

describe.skipIf(isSkipped)('in a browser', () => {
  let project: Project;
  let browser: Browser;

  beforeAll(async () => {
    project = makeProject();
    browser = await chromium.launch({ executablePath: findTool('chromium')!, args: [...CHROMIUM_ARGUMENTS] });
  });

  afterAll(async () => {
    await browser?.close();
    project?.remove();
  });

  const viteSite = async (name: string, entry: 'pxtr' | 'pxtr/url'): Promise<Site> => {
    project.write(`${name}/index.html`, HTML.replace('/main.js', './main.js'));
    project.write(`${name}/main.js`, pageScript(entry));
    return buildPage(join(project.folder, name));
  };

  const esbuildSite = async (): Promise<Site> => {
    const entry = project.write('esbuild/main.js', pageScript('pxtr'));
    const { outputFiles } = await esbuild({
      entryPoints: [entry],
      bundle: true,
      minify: true,
      format: 'esm',
      write: false,
      logLevel: 'warning',
    });
    return new Map([
      ['/index.html', HTML],
      ['/main.js', outputFiles[0]!.text],
    ]);
  };

  /** Serves the files, evaluates in the page, and says what the page complained of. */
  const evaluate = async <T>(
    site: Site,
    policy: string,
    expression: string,
  ): Promise<{ readonly value: T; readonly complaints: readonly string[] }> => {
    const server = await serve(site, policy);
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    try {
      await page.goto(server.url, { waitUntil: 'load' });
      return { value: await page.evaluate<T>(expression), complaints };
    } finally {
      await page.close();
      await server.close();
    }
  };

  const policy = (...more: readonly string[]): string =>
    ["default-src 'none'", 'img-src data:', "script-src 'self' 'wasm-unsafe-eval'", ...more].join('; ');

  const wanted = runScenario(exampleFiles('pxtr'), 3).logHash;
  const runLab = `runLab(${JSON.stringify([...exampleFiles('pxtr')])}, 3)`;

  it('a Vite build of pxtr runs a lab with the log of Node, from one script', async () => {
    const site = await viteSite('vite-inline', 'pxtr');
    expect([...site.keys()].filter((path) => path.endsWith('.wasm'))).toEqual([]);
    expect(await evaluate(site, policy(), runLab)).toEqual({ value: wanted, complaints: [] });
  });

  it('a Vite build of pxtr/url does so with the engine in a file, and without it in the script', async () => {
    const site = await viteSite('vite-url', 'pxtr/url');
    const wasm = [...site].filter(([path]) => /engine-[^/]*\.wasm$/.test(path));
    expect(
      wasm.map(([, content]) => content).map((content) => Buffer.from(content as Uint8Array)),
    ).toContainEqual(readFileSync(join(project.home, 'dist/build/engine.wasm')));
    const scripts = [...site].filter(([path]) => path.endsWith('.js')).map(([, content]) => String(content));
    expect(scripts.join('')).not.toContain('AGFzbQ');
    const run = await evaluate(site, policy("connect-src 'self'"), runLab);
    expect(run).toEqual({ value: wanted, complaints: [] });
    expect((await evaluate(site, policy("connect-src 'self'"), 'lookUp()')).value).toBe(9);
  });

  it('a file that the server does not have is an error that says so, and is asked for again', async () => {
    const site = new Map(await viteSite('vite-missing', 'pxtr/url'));
    for (const path of site.keys()) if (path.endsWith('.wasm')) site.delete(path);
    const twice = 'Promise.all([1, 2].map(failure)).then(async (both) => [...both, await failure()])';
    const { value, complaints } = await evaluate<string[]>(site, policy("connect-src 'self'"), twice);
    expect(value).toHaveLength(3);
    expect(new Set(value).size).toBe(1);
    expect(complaints.filter((text) => text.includes('404')).length).toBe(2);
  });

  it('an esbuild bundle of pxtr runs a lab with the log of Node', async () => {
    const site = await esbuildSite();
    expect(await evaluate(site, policy(), runLab)).toEqual({ value: wanted, complaints: [] });
    expect((await evaluate(site, policy(), 'lookUp()')).value).toBe(9);
  });

  it('a policy without wasm-unsafe-eval is a CompileError, not a crash', async () => {
    const strict = policy().replace(" 'wasm-unsafe-eval'", '');
    expect((await evaluate(await esbuildSite(), strict, 'failure()')).value).toBe('CompileError');
  });
});
