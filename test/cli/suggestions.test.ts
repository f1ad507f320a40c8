import { expect, test } from 'vitest';
import { tightenSuggestions } from '../../src/cli/suggestions.ts';
import { pxtr } from './run.ts';

test('a mistyped command or option is recognised', async () => {
  expect((await pxtr('lap')).err).toContain('(Did you mean lab?)');
  expect((await pxtr('decod', 'x')).err).toContain('(Did you mean decode?)');
  expect((await pxtr('lab', 'run', 'pxtr', '--jsn')).err).toContain('(Did you mean --json?)');
});

test('a word that is near to nothing is given no suggestion', async () => {
  for (const word of ['lint', 'run', 'play', 'snow']) {
    const { err } = await pxtr(word);
    expect(err).toContain(`error: unknown command '${word}'\n`);
    expect(err).not.toContain('Did you mean');
  }
});

test('of several suggestions the near ones stay', () => {
  const text = (words: string): string => `error: unknown command 'lig2'\n(Did you mean ${words}?)\n`;
  expect(tightenSuggestions(text('one of lig, lab, lid2'))).toBe(text('one of lig, lid2'));
  expect(tightenSuggestions(text('one of lig, map'))).toBe(text('lig'));
});
