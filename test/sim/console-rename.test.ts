// A router that is called something else is the same LISP node: its Map-Server knows one ETR, not two.
import { expect, it } from 'vitest';
import { Model } from '../../src/engine/model.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { Router } from '../../src/router/router.ts';
import { ask, enter, openShell, session } from './shell-session.ts';

const idOf = (shown: string): string | undefined => /xTR-ID:? +(\S+)/.exec(shown)?.[1];

it('a rename leaves the xTR-ID and the registration alone', () => {
  const shell = openShell();
  const id = idOf(ask(shell, 'show ip lisp'));
  session(shell, 'conf t ; hostname foo\nrun 70s\n');
  expect(shell.prompt).toBe('foo#');
  expect(idOf(ask(shell, 'show ip lisp'))).toBe(id);
  enter(shell, 'console mapserver');
  const site = ask(shell, 'show lisp site 192.168.1.1');
  expect(site.match(/ETR 10\.0\.1\.2/g)).toHaveLength(1);
  expect(idOf(site)).toBe(id);
  // The other site's ETR is another.
  expect(idOf(ask(shell, 'show lisp site 192.168.2.1'))).not.toBe(id);
});

it('a router that is restored under its new name keeps the ID of its first one', () => {
  const shell = openShell();
  enter(shell, 'conf t ; hostname foo');
  const renamed = shell.lab.router('lisp1')!;
  const { options } = renamed;
  expect(options.hostname).toBe('foo');
  const again = new Router(options, { dataPlane: new Model(), random: new SeededRandom(1, 'x') });
  expect(again.firstName).toBe('foo');
  again.restore(renamed.save());
  expect(again.firstName).toBe('lisp1');
});
