import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMAND, loadModules, PAGE, readable, renderPage } from '../../scripts/commands.mjs';
import { COMMANDS } from '../../src/ios/commands.ts';
import { EXEC_COMMANDS } from '../../src/ios/exec-commands.ts';
import { MODES } from '../../src/ios/grammar.ts';
import { compilePattern } from '../../src/ios/pattern.ts';

const ROOT = join(import.meta.dirname, '../..');

// From the sources: dist/ may be older.
const load = (name: string): Promise<object> => {
  const path = join(ROOT, `src/${name}.ts`);
  return import(path) as Promise<object>;
};
const modules = (await loadModules(load)) as Record<string, unknown>;
const page: string = renderPage(modules);

describe('docs/commands.md', () => {
  it(`is what scripts/commands.mjs writes: ${COMMAND}`, () => {
    const path = join(ROOT, PAGE);
    expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toBe(page);
  });

  it('has a row for every command of every mode', () => {
    const rowsOf = (heading: string): string => {
      const start = page.indexOf(`\n### ${heading}`);
      expect(start, heading).toBeGreaterThan(0);
      return page.slice(start, page.indexOf('\n#', start + 5) + 1 || undefined);
    };
    for (const { mode, patterns, help } of COMMANDS) {
      const { syntax } = readable(patterns[0]!.text);
      const row = rowsOf(`Configuration: \`${MODES[mode].entry}\``)
        .split('\n')
        .find((line) => line.startsWith(`| \`${syntax.replaceAll('|', '\\|')}\``));
      expect(row, `${mode}: ${syntax}`).toContain(help);
    }
    for (const { pattern } of EXEC_COMMANDS) {
      expect(page).toContain(`\`${readable(pattern.text).syntax.replaceAll('|', '\\|')}\``);
    }
  });

  it('marks what is our own and what needs enable', () => {
    expect(page).toMatch(/^\| `miss-policy \(drop \\\| hold\)` † \|/m);
    expect(page).toMatch(/^\| `configure \[terminal\]` `#` \|/m);
    expect(page).not.toMatch(/^\| `hostname NAME` †/m);
  });

  it('has the same number of cells in every row of a table', () => {
    const widths = page
      .split(/\n\n/)
      .filter((block) => block.startsWith('|'))
      .map(
        (block) =>
          new Set(
            block
              .trim()
              .split('\n')
              .map((row) => row.split(/(?<!\\)\|/).length),
          ),
      );
    expect(widths.length).toBeGreaterThan(10);
    expect(widths.filter((counts) => counts.size > 1)).toEqual([]);
  });

  it('links to headings that it has', () => {
    const anchors = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, name]) => name);
    const headings = [...page.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
      title!
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    );
    expect(anchors.length).toBeGreaterThan(10);
    expect(anchors.filter((name) => !headings.includes(name!))).toEqual([]);
  });

  it('takes up modes, fields and commands that it has never heard of', () => {
    const extra = {
      mode: 'vrf',
      patterns: [compilePattern('shape <kind:round|square> <size:1-9>')],
      noPatterns: [],
      help: 'A shape, a|b *c*',
      own: true,
      dialect: 'xe',
      apply: () => undefined,
    };
    const text: string = renderPage({
      ...modules,
      COMMANDS: [...COMMANDS, extra],
      MODES: { ...MODES, vrf: { parent: 'global', prompt: '(config-vrf)', entry: 'vrf definition NAME' } },
    });
    expect(text).toContain('### Configuration: `vrf definition NAME`');
    expect(text).toContain('| Command | Parameters | Dialect | Does |');
    expect(text).toContain(
      '| `shape (round \\| square) SIZE` † | `SIZE` 1 to 9 | xe | A shape, a\\|b \\*c\\* |',
    );
  });
});

describe('a pattern for readers', () => {
  it.each([
    ['a <b:1-9> [c <d:ip4>]', 'a B [c D]'],
    ['<family:ip|ipv6> x', '(ip | ipv6) x'],
    ['x [<family:ip|ipv6>] (<a:word> | b)', 'x [ip | ipv6] (A | b)'],
    ['x ( <k:a|b> | c )', 'x (a | b | c)'],
  ])('%s', (pattern, syntax) => {
    expect(readable(pattern).syntax).toBe(syntax);
  });
});
