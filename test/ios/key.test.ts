// Keys as IOS writes them: in clear, masked (type 7), encrypted (type 6).
import { describe, expect, it } from 'vitest';
import { draftOf } from '../../src/ios/draft.ts';
import { enterConfigLine, type ConfigState } from '../../src/ios/config-line.ts';
import { renderConfig, renderDraft } from '../../src/ios/render.ts';
import { unmaskType7 } from '../../src/ios/type7.ts';
import { errorsOf, read } from './read.ts';

/** Lines of a site, and of an ETR, with the same words for the key. */
const site = (words: string): string => `router lisp\n site a\n  authentication-key ${words}`;
const etr = (words: string): string => `router lisp\n ipv4 etr map-server 10.0.0.1 key ${words}`;

const keyOfSite = (words: string): unknown => read(site(words)).options.lisp?.sites[0]?.key;
const keyOfEtr = (words: string): unknown => read(etr(words)).options.lisp?.etr.ipv4.mapServers[0]?.key;

describe('type 7', () => {
  it.each([
    ['02050D480809', 'cisco'],
    ['0822455D0A16', 'cisco'],
    ['070C285F4D06', 'cisco'],
    ['094F471A1A0A', 'cisco'],
    ['1511021F0725', 'cisco'],
    ['0822455d0a16', 'cisco'],
  ])('%s is %s', (masked, clear) => {
    expect(unmaskType7(masked)).toBe(clear);
  });

  it.each(['', '08', '0822455D0A1', '5322455D0A16', 'XX22455D0A16', 'KEY1', '00FFFF', '0064'])(
    '%s is none',
    (text) => {
      expect(unmaskType7(text)).toBeUndefined();
    },
  );

  it('is the key itself, and is written as it was entered', () => {
    const key = { keyId: 0, algorithmId: 2, secret: 'cisco' };
    expect(keyOfSite('7 0822455D0A16')).toEqual(key);
    expect(keyOfEtr('7 0822455D0A16')).toEqual(key);
    expect(keyOfEtr('7 0822455D0A16 key-id 3')).toEqual({ ...key, keyId: 3 });
    expect(keyOfSite('3 7 0822455D0A16')).toEqual({ ...key, keyId: 3 });
    for (const text of [
      site('7 0822455D0A16'),
      site('9 7 0822455D0A16 hash-function sha1'),
      etr('7 02050D480809'),
    ])
      expect(entered(text)).toContain(text.split('\n').at(-1)!.trim());
    expect(renderConfig(read(site('7 0822455D0A16')).options)).toContain('authentication-key cisco');
  });

  it('that is none is an error at the key', () => {
    for (const text of [site('7 KEY1'), etr('7 KEY1')]) {
      const errors = errorsOf(text);
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatchObject({ message: '% Invalid encrypted key', length: 4 });
      expect(errors[0]?.hint).toContain('behind 0');
    }
  });
});

it('type 6 is an error that says what to do, and no other follows from it', () => {
  for (const text of [site('6 aBcD'), etr('6 aBcD'), `${etr('6 aBcD')}\n ipv4 etr`]) {
    const errors = errorsOf(text);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toContain('type 6');
    expect(errors[0]?.hint).toContain('in clear');
  }
});

it('a key ID of 6 or 7 is told from a type', () => {
  for (const keyId of [6, 7]) {
    const { options } = read(site(`${keyId} 0 cisco`));
    expect(options.lisp?.sites[0]?.key).toEqual({ keyId, algorithmId: 2, secret: 'cisco' });
    expect(renderConfig(options)).toContain(`authentication-key ${keyId} 0 cisco`);
  }
  expect(keyOfSite('0 cisco')).toMatchObject({ keyId: 0, secret: 'cisco' });
  expect(keyOfSite('7')).toMatchObject({ keyId: 0, secret: '7' });
});

it('the name of a static route is kept as it was entered', () => {
  const line = 'ip route 10.1.0.0 255.255.0.0 10.0.0.2 20 name "to the lab"';
  expect(entered(line)).toContain(line);
  expect(entered('ipv6 route 2001:db8::/32 Null0 name hole')).toContain(
    'ipv6 route 2001:db8::/32 Null0 name hole',
  );
  expect(read(line).options).toEqual(read(line.replace(/ name .*/, '')).options);
  expect(entered(`${line}\nno ${line}`)).not.toContain('10.1.0.0');
});

/** `show running-config` after the lines were typed. */
function entered(text: string): string {
  const empty = { hostname: 'r', interfaces: [], staticRoutes: [] };
  let state: ConfigState = { draft: draftOf(empty), path: [] };
  for (const line of text.split('\n')) {
    const outcome = enterConfigLine(state, line);
    expect(outcome.errors).toEqual([]);
    state = outcome.state;
  }
  return renderDraft(state.draft);
}
