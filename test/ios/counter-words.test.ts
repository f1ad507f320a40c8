import { expect, it } from 'vitest';
import * as layout from '../../assembly/layout.ts';
import { reasonName } from '../../src/engine/counters.ts';
import { counterWords } from '../../src/ios/show/counter-words.ts';

it.each([
  ['map-request-sent', 'Map-Requests sent'],
  ['packet:miss-policy', 'Dropped by miss-policy'],
  ['packet:no-usable-rloc', 'No usable RLOC'],
  ['drop:map-register-authentication', 'Map-Register authentication'],
  ['drop:icmp-relay-no-mapping', 'ICMP relay no mapping'],
  ['path-mtu-lowered', 'Path MTU lowered'],
  ['local', 'To this router'],
])('%s reads %s', (name, words) => {
  expect(counterWords(name)).toBe(words);
});

it('reasons of the data plane have words of their own each, none an internal name', () => {
  const names = Array.from({ length: layout.REASON_COUNT }, (_, reason) => reasonName(reason));
  const words = names.map(counterWords);
  expect(new Set(words).size).toBe(names.length);
  for (const each of words) {
    expect(each).toMatch(/^[A-Z][\w -]*$/);
    expect(each).not.toMatch(/[a-z]-[a-z]/);
  }
});
