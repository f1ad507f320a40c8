import { describe, expect, it } from 'vitest';
import { fraction, SeededRandom } from '../../src/base/random.ts';
import { optionsOf } from '../../src/ios/apply.ts';
import { checkDraft } from '../../src/ios/check.ts';
import { formatConfigError } from '../../src/ios/config-error.ts';
import { parseExec } from '../../src/ios/exec.ts';
import { parseConfig } from '../../src/ios/parse.ts';
import { renderConfig, renderDraft } from '../../src/ios/render.ts';
import { draftOfText } from '../../src/sim/lab-console-config.ts';
import { DIALECT_TEXTS } from './dialect-configs.ts';
import { LAB } from './lab-configs.ts';
import { read } from './read.ts';

const ALL = [...Object.values(LAB), ...DIALECT_TEXTS.map(([, text]) => text)].join('');
const SEED = 20_260_101;
const MUTATIONS = process.env['PXTR_LONG'] === '1' ? 50_000 : 2000;
const NOWHERE = { line: 1, column: 1, length: 0, text: '' };

/** What a console makes of the lines, mistakes left out, is shown in words that mean the same. */
function type(text: string): void {
  const draft = draftOfText(text);
  if (checkDraft(draft, true, NOWHERE).length === 0)
    expect(read(renderDraft(draft)).options).toEqual(optionsOf(draft));
}

/** What the parser may answer: options that render to the same, or errors that can be shown. */
function judge(text: string): void {
  const result = parseConfig(text);
  if (result.ok) {
    expect(read(renderConfig(result.value.options)).options).toEqual(result.value.options);
    return;
  }
  expect(result.error.length).toBeGreaterThan(0);
  for (const error of result.error) expect(formatConfigError(error)).toContain('^');
}

/** Lines of the configurations, changed at random. */
function mutations(count: number, each: (text: string) => void): void {
  const random = new SeededRandom(SEED);
  const below = (n: number): number => Math.floor(fraction(random) * n);
  const lines = ALL.split('\n');
  const words = ALL.split(/\s+/);
  for (let round = 0; round < count; round++) {
    const from = below(lines.length);
    const some = lines.slice(from, from + 1 + below(12));
    for (let change = 0; change <= below(4); change++) {
      const at = below(some.length);
      const line = some[at] ?? '';
      const cut = below(line.length + 1);
      const pick = below(6);
      if (pick === 0) some[at] = `${line.slice(0, cut)} ${words[below(words.length)]!} ${line.slice(cut)}`;
      else if (pick === 1)
        some[at] = line.slice(0, cut) + String.fromCharCode(below(0x300)) + line.slice(cut);
      else if (pick === 2) some[at] = line.slice(0, cut) + line.slice(cut + 1 + below(4));
      else if (pick === 3) some[at] = `no ${line}`;
      else if (pick === 4) some.splice(at, 1, line, lines[below(lines.length)]!);
      else some[at] = line.replace(/[0-9]+/g, () => String(below(400)));
    }
    each(some.join('\n'));
  }
}

describe('whatever the text', () => {
  it('every strict prefix of a configuration is answered', () => {
    for (const text of [LAB.mapserver, LAB.lisp1])
      for (let end = 0; end < text.length; end++) judge(text.slice(0, end));
  });

  it('every third prefix of a configuration in another dialect is answered', () => {
    for (const name of ['mapserver-global', 'lisp1-xe16'])
      for (const text of DIALECT_TEXTS.flatMap(([each, found]) => (each === name ? [found] : [])))
        for (let end = 0; end < text.length; end += 3) judge(text.slice(0, end));
  });

  it(`${MUTATIONS} mutations are answered (seed ${SEED})`, { timeout: 300_000 }, () => {
    mutations(MUTATIONS, judge);
  });

  it(`500 mutations are shown as they were typed (seed ${SEED})`, () => {
    mutations(500, type);
  });

  it('exec commands are answered as well', () => {
    const { options } = read(LAB.lisp1);
    const commands = [
      'ping 4.4.4.4 source Loopback0 repeat 3 size 200 timeout 1',
      'show lisp site name site1',
      'conf t ; x',
    ];
    for (const command of commands)
      for (let end = 0; end < command.length; end++) {
        const result = parseExec(command.slice(0, end), options);
        if (!result.ok) expect(formatConfigError(result.error)).toContain('^');
      }
  });

  it('a very long line and very many lines take little time', () => {
    judge('a '.repeat(20_000));
    judge(`x${'"'.repeat(20_000)}`);
    judge(`router lisp\n${' map-cache 10.0.0.0/8 drop\n'.repeat(2_000)}`);
  });
});
