// A site of the Map-Server at its console: what it may register, and what became of what it tried.
import { expect, it } from 'vitest';
import { openShell, session } from './shell-session.ts';

const SCRIPT = `! An RLOC that the site may not have: its registrations are refused, and counted.
console mapserver
show lisp site site1
configure terminal
router lisp
site site1
description the "first" site
allowed-locator 10.9.9.9
allowed-locator 224.0.0.1
do show running-config | section site site1
end
clear lisp site site1
debug lisp control-plane map-server-registration-errors
run 70s
undebug all
show lisp site site1
conf t ; router lisp ; site site1 ; allowed-locator 10.0.1.2
run 60s
show lisp site site1 | include Allowed|State
conf t ; router lisp ; site site1 ; no allowed-locator 10.9.9.9
conf t ; router lisp ; site site1 ; no allowed-locator 10.9.9.9
conf t ; router lisp ; site site1 ; no allowed-locator
show lisp site site1 | include Allowed
show lisp site site9
`;

it('a registration with an RLOC that is not allowed is refused until it is', async () => {
  await expect(session(openShell(), SCRIPT)).toMatchFileSnapshot('goldens/console-site.txt');
});
