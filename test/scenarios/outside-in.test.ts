// The world starts: the PITR asks first, the site's own miss comes with the answer.
import { expect, test } from 'vitest';
import { expectGolden, expectPassed, lab, policies } from './support.ts';

test('the story comes out as the lab file expects, and reads as it always did', () => {
  const run = lab('outside-in');
  run.run();
  expectPassed(run);
  expectGolden('outside-in.txt', [...run.narration(), '', ...run.ladder()]);
});

test('with drop at the sites the reply of the second echo is lost as well', () => {
  const run = lab('outside-in', policies({ lisp1: 'drop', lisp2: 'drop' }, 'outside-in'));
  run.run();
  expect(run.pings().map(({ result }) => result.marks)).toEqual(['..!!!', '..!!!']);
});
