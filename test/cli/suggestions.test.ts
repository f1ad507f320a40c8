import { expect, test } from 'vitest';
import { Command } from 'commander';
import { betterSuggestions } from '../../src/cli/suggestions.ts';
import { pxtr } from './run.ts';

test('a mistyped command or option is recognised', async () => {
  expect((await pxtr('lap')).err).toContain('(Did you mean lab?)');
  expect((await pxtr('decod', 'x')).err).toContain('(Did you mean decode?)');
  expect((await pxtr('lab', 'run', 'pxtr', '--jsn')).err).toContain('(Did you mean --json?)');
});

test('a word that is near to nothing is given no suggestion', async () => {
  for (const word of ['lint', 'play', 'snow']) {
    const { err } = await pxtr(word);
    expect(err).toContain(`error: unknown command '${word}'\n`);
    expect(err).not.toContain('Did you mean');
    expect(err).toContain('Commands: lab, explain, ');
  }
});

test('of several suggestions the near ones stay', () => {
  const text = (words: string): string => `error: unknown command 'lig2'\n(Did you mean ${words}?)\n`;
  const better = (message: string): string => betterSuggestions(message, new Command('pxtr'), () => []);
  expect(better(text('one of lig, lab, lid2'))).toBe(text('one of lig, lid2'));
  expect(better(text('one of lig, map'))).toBe(text('lig'));
});

test.each([
  [['run', 'pxtr'], '(Did you mean pxtr lab run?)'],
  [['list'], '(Did you mean one of pxtr lab list, pxtr learn list?)'],
  [['lab', 'hint', '2'], '(Did you mean pxtr learn hint?)'],
  [['lab', 'pxtr'], '(Did you mean pxtr lab run pxtr?)'],
  [['two-sites'], '(Did you mean pxtr lab run two-sites?)'],
  [['lab', 'run', 'list'], 'no scenario "list" - did you mean pxtr lab list?'],
  [['lab', 'sweep', 'graph'], 'no scenario "graph" - did you mean pxtr lab graph?'],
  [['import', 'orr', 'nowhere.conf'], 'there is no format orr - did you mean oor?'],
  [['decode', '4500'], '4500 is no packet either'],
])('%j is answered with what was meant', async (args, meant) => {
  const { code, out, err } = await pxtr(...args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(meant);
});

test.each([[['forward']], [['lab', 'web']], [['run', 'pxtr']], [['labb', 'run', 'pxtr']]])(
  '%j is no command, whether or not its help is asked for',
  async (args) => {
    const plain = await pxtr(...args);
    expect([plain.code, plain.out]).toEqual([2, '']);
    expect(plain.err).toMatch(/unknown command '\w+'\n(\(Did you mean |Commands: )/);
    for (const flag of ['--help', '-h']) {
      expect(await pxtr(...args, flag)).toEqual(plain);
      expect(await pxtr(flag, ...args)).toEqual(plain);
    }
  },
);

test.each([['run'], ['sweep'], ['graph']])(
  'lab %s without a scenario names those there are',
  async (word) => {
    const { code, err } = await pxtr('lab', word);
    expect(code).toBe(2);
    expect(err).toMatch(/^Scenarios: .*two-sites.*; pxtr lab list /m);
    expect(err).toContain('npm run lab -- pxtr');
  },
);

test('the commands there are, are those of the group', async () => {
  expect((await pxtr('lab', 'web')).err).toContain('Commands: run, list, graph, diff, sweep, shell\n');
  const { code, out } = await pxtr('lab', 'run', 'no-scenario', '--help');
  expect([code, out.slice(0, 18)]).toEqual([0, 'Usage: pxtr lab ru']);
  // What follows may be an exercise.
  expect((await pxtr('learn', '01', '--help')).out).toContain('Usage: pxtr learn ');
});

test('help is about the command that it names, however deep', async () => {
  const asked = await pxtr('help', 'lab', 'run');
  expect(asked).toEqual(await pxtr('lab', 'run', '--help'));
  expect(asked.out).toContain('Usage: pxtr lab run');
  expect((await pxtr('help', 'explain')).out).toContain('Usage: pxtr explain');
  expect((await pxtr('help')).out).toContain('Usage: pxtr [options] [command]');
  const wrong = await pxtr('help', 'lab', 'rnu');
  expect([wrong.code, wrong.out]).toEqual([2, '']);
  expect(wrong.err).toContain('there is no command "rnu" - did you mean run?');
});
