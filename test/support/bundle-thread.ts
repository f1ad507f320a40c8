// A program for a thread, from TypeScript: worker threads of Node 20 take JavaScript.
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Bundles `test/<path>.ts` into build/lanes, as deep below the repository as it was. */
export function bundleThread(path: string): URL {
  const outfile = `${ROOT}build/lanes/${path.replaceAll('/', '-')}.mjs`;
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: [`test/${path}.ts`],
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outfile,
    logLevel: 'error',
  });
  return pathToFileURL(outfile);
}
