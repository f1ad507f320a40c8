// Links between the pages of this repository lead somewhere, headings included.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

const PAGES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...below('docs'),
  ...below('examples'),
];

function below(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .sort();
}

/** Text without blocks and code spans, where brackets are no links. */
function prose(markdown: string): string {
  return markdown.replaceAll(/^```[\s\S]*?^```$/gm, '');
}

function anchorsOf(path: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, title] of prose(readFileSync(path, 'utf8')).matchAll(/^#{1,6} (.*)$/gm)) {
    const name = title!
      .toLowerCase()
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-');
    for (let i = 0; ; i++) {
      const unique = i === 0 ? name : `${name}-${i}`;
      if (anchors.has(unique)) continue;
      anchors.add(unique);
      break;
    }
  }
  return anchors;
}

/** Labs that come along with routing by RIP: pages may already point there. */
const AWAITED = ['examples/reader-questions', 'examples/two-pitrs'];

/** What is wrong with a link of a page; undefined when it leads somewhere. */
function fault(page: string, target: string): string | undefined {
  if (/^[a-z]+:/.test(target)) return undefined;
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : normalize(join(dirname(page), path));
  const full = join(ROOT, file);
  if (!existsSync(full)) return AWAITED.includes(file) ? undefined : `${target}: there is no ${file}`;
  if (anchor === undefined) return undefined;
  if (statSync(full).isDirectory() || !anchorsOf(full).has(anchor)) return `${target}: no such heading`;
  return undefined;
}

describe('links', () => {
  it.each(PAGES)('of %s lead somewhere', (page) => {
    const text = prose(readFileSync(join(ROOT, page), 'utf8'));
    const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
    expect(targets.map((target) => fault(page, target)).filter((each) => each !== undefined)).toEqual([]);
  });

  it('into nowhere would be found', () => {
    expect(fault('docs/lpm.md', 'nowhere.md')).toContain('there is no');
    expect(fault('docs/lpm.md', 'library.md#nothing')).toContain('no such heading');
    expect(fault('docs/lpm.md', '../README.md')).toBeUndefined();
    expect(fault('docs/guide/README.md', 'the-lab.md#labyaml')).toBeUndefined();
  });

  it('every page of the guide is in its map', () => {
    const map = readFileSync(join(ROOT, 'docs/guide/README.md'), 'utf8');
    for (const name of readdirSync(join(ROOT, 'docs/guide'))) {
      if (name !== 'README.md') expect(map).toContain(`](${name})`);
    }
  });
});
