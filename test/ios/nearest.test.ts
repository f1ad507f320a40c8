// "Did you mean": only what may have been typed for the word.
import { expect, test } from 'vitest';
import { nearest } from '../../src/ios/nearest.ts';

test.each([
  ['prtx', ['pxtr', 'failover'], 'pxtr'],
  ['hots', ['host', 'config'], 'host'],
  ['wrong-kye', ['wrong-key'], 'wrong-key'],
  ['interfaze', ['interface', 'ip'], 'interface'],
  ['nodez', ['name', 'nodes'], 'nodes'],
  ['ehco', ['echo'], 'echo'],
  ['h3', ['h1', 'r1'], 'h1'],
  ['oute', ['route'], 'route'],
])('%s among %j is %s', (typed, known, meant) => {
  expect(nearest(typed, known)).toBe(meant);
});

test.each([
  ['lint', ['lig', 'lab']],
  ['set', ['eth', 'get']],
  ['key', ['no', 'name']],
  ['in', ['no', 'end']],
  ['monitor', ['router']],
  ['policy', ['police-map', 'ipv4']],
  ['tunnel', ['until']],
  ['', ['no', 'a']],
])('%s is near to none of %j', (typed, known) => {
  expect(nearest(typed, known)).toBeUndefined();
});
