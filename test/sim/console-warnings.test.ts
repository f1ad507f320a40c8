// What a console says about a configuration when configuration mode is left.
import { expect, it } from 'vitest';
import { labFile } from '../scenarios/support.ts';
import { ask, openShell, session } from './shell-session.ts';

const SESSIONS: Readonly<Record<string, string>> = {
  clash: `! EID space that is RLOC space of others, typed at either end.
console lisp2
configure terminal
router lisp
database-mapping 10.0.1.0/24 10.0.2.2 priority 1 weight 100
end
conf t ; hostname lisp2
conf t ; router lisp ; no database-mapping 10.0.1.0/24
mapserver#configure terminal ; interface FastEthernet1/0 ; ip address 192.168.2.1 255.255.255.252
`,
  'rloc-twice': `! Both lines stand until one is removed.
lisp1#configure terminal
router lisp
locator-set RLOC1
IPv4-interface FastEthernet0/0 priority 1 weight 50
10.0.1.2 priority 2 weight 60
exit
database-mapping 192.168.7.0/24 locator-set RLOC1
end
conf t ; router lisp ; locator-set RLOC1 ; no 10.0.1.2
`,
};

it.each(Object.entries(SESSIONS))('%s', async (name, script) => {
  await expect(session(openShell(), script)).toMatchFileSnapshot(`goldens/console-${name}.txt`);
});

it('a clash typed at a console is told in the words in which it is told when a lab is loaded', () => {
  const line = 'database-mapping 10.0.1.2/32 10.0.2.2 priority 1 weight 100';
  const edits = { 'lisp2.ios': [['router lisp\n', `router lisp\n ${line}\n`]] } as const;
  const [loaded] = labFile('pxtr', edits).warnings.filter(({ message }) => message.includes('clashes'));
  expect(ask(openShell(), `lisp2#conf t ; router lisp ; ${line}`).split('\n')).toContain(
    `% Warning: ${loaded!.message}`,
  );
});
