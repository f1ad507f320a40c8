// Files and folders that docs/architecture.md names are there.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
/** Where short names are looked for. */
const HOMES = ['', 'src/', 'src/engine/', 'docs/'];

/** Every file and folder of the folders that the page is about, from the root, without a slash at the end. */
const PATHS: ReadonlySet<string> = new Set(
  ['assembly', 'src', 'test', 'bench', 'examples', 'scripts', 'docs', '.ci'].flatMap((folder) => [
    folder,
    ...readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(
      (name) => `${folder}/${name.replaceAll('\\', '/')}`,
    ),
  ]),
);
const SOURCES = [...PATHS].filter((path) => /^(src|assembly)\/.*\.ts$/.test(path));

/** `commands-*.ts` is there when something fits it. */
function isThere(path: string): boolean {
  const bare = path.replace(/\/$/, '');
  if (!bare.includes('*')) return PATHS.has(bare);
  const pattern = new RegExp(`^${bare.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`);
  return [...PATHS].some((each) => pattern.test(each));
}

/** `roles/itr`, `src/roles/itr.ts`, `forward.ts`: from a folder that the page is about, or a file by its name. */
function isFound(name: string): boolean {
  const endings = /\.\w+$|\/$/.test(name) ? [''] : ['', '.ts'];
  if (HOMES.some((home) => endings.some((ending) => isThere(home + name + ending)))) return true;
  const pattern = new RegExp(
    `/${name
      .replace(/(\.ts)?$/, '.ts')
      .replaceAll('.', '\\.')
      .replaceAll('*', '[^/]*')}$`,
  );
  return !name.endsWith('/') && SOURCES.some((path) => pattern.test(path));
}

/** Names in code spans that are paths: with a slash between words, or with the ending of a source file. */
function named(text: string): string[] {
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!);
  return spans.filter(
    (span) =>
      (/^[a-z][\w*-]*(\/[\w*.-]+)+\/?$/.test(span) || /^[\w*-]+\.(ts|md|mjs)$/.test(span)) &&
      !/^(pxtr|node)\b/.test(span),
  );
}

/** Paths of the tree under "Map": what stands first in a line, below the folder that is less indented. */
function mapped(block: string): string[] {
  const paths: string[] = [];
  let folder = '';
  for (const line of block.split('\n')) {
    const [, indent, first] = /^( {0,2})((?:[\w.*-]+(?:\.ts|\/) ?)+)/.exec(line) ?? [];
    if (indent === undefined || first === undefined) continue;
    const names = first.trim().split(' ');
    paths.push(...names.map((name) => (indent === '' ? name : folder + name)));
    // "lpm/" stands in a folder too, but what is in it has no lines of its own.
    if (indent === '') folder = names[0]!;
  }
  return paths;
}

const BLOCK = /## Map\n+```\n([\s\S]*?)```/.exec(PAGE)![1]!;

it('the map draws what is there, and every folder of src/', () => {
  const drawn = mapped(BLOCK);
  expect(drawn.length).toBeGreaterThan(40);
  expect(drawn.filter((path) => !isThere(path))).toEqual([]);
  const folders = readdirSync(join(ROOT, 'src')).filter((name) =>
    statSync(join(ROOT, 'src', name)).isDirectory(),
  );
  expect(folders.filter((name) => !drawn.includes(`src/${name}/`))).toEqual([]);
});

it('paths in the text lead to a file or a folder', () => {
  const paths = named(PAGE);
  expect(paths.length).toBeGreaterThan(60);
  expect([...new Set(paths)].filter((path) => !isFound(path))).toEqual([]);
});

it('so do the files that a packet passes', () => {
  const chains = [...PAGE.matchAll(/^\|[^|\n]*\|[^|\n]*\|([^|\n]* → [^|\n]*)\|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
  );
  expect(chains.length).toBeGreaterThan(30);
  expect([...new Set(chains)].filter((name) => !isFound(name))).toEqual([]);
});

it('a name of nothing would be found', () => {
  expect(named('`src/roles/nobody.ts`, `drop`, `0.0.0.0/1`, `pxtr/ios`')).toEqual(['src/roles/nobody.ts']);
  for (const name of ['src/roles/nobody.ts', 'roles/nobody', 'nobody.ts', 'src/nobody/', 'nobody-*.ts'])
    expect(isFound(name), name).toBe(false);
  expect(mapped('src/   all\n  nobody/   none\n  a.ts b.ts   two')).toEqual([
    'src/',
    'src/nobody/',
    'src/a.ts',
    'src/b.ts',
  ]);
  expect(isThere('src/nobody/')).toBe(false);
});
