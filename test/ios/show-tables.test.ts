// The forms of the `show` commands that name an instance, or its EID table.
import { describe, expect, it } from 'vitest';
import { ask, enter, openShell, session } from '../sim/shell-session.ts';

/** Map-Caches filled, and at lisp1 an EID-Prefix in the instance 7. */
function shellWith(configuration: string, example = 'pxtr'): ReturnType<typeof openShell> {
  const shell = openShell(example);
  session(shell, `ping 4.4.4.4 source Loopback0\nconfigure terminal\nrouter lisp\n${configuration}\nend\n`);
  return shell;
}

const MAPPING = 'database-mapping 192.168.7.0/24 10.0.1.2 priority 1 weight 1';
const IN_TABLE = `eid-table vrf RED instance-id 7\n${MAPPING}`;
const IN_INSTANCE = `instance-id 7\neid-table vrf RED\nservice ipv4\n${MAPPING}`;
const WORDS = [
  '',
  'map-cache',
  'map-cache detail',
  'database',
  'forwarding',
  'forwarding eid remote',
  'statistics',
];

describe.each(['pxtr', 'pxtr-v6'])('at lisp1 of %s', (example) => {
  const shell = openShell(example);

  it.each(WORDS)('"%s" is the same by instance and by table', (words) => {
    for (const family of ['ipv4', 'ipv6']) {
      const short = ask(shell, `show ${family === 'ipv4' ? 'ip' : 'ipv6'} lisp ${words}`);
      expect(short).not.toMatch(/^ *[\^%]/);
      expect(ask(shell, `show lisp instance-id 0 ${family} ${words}`)).toBe(short);
      expect(ask(shell, `show lisp eid-table default ${family} ${words}`)).toBe(short);
    }
  });
});

describe('another instance', () => {
  it.each([
    ['the heading of a block', IN_TABLE],
    ['a line of the instance', IN_INSTANCE],
  ])('has the name that %s gives it', (_, configuration) => {
    const shell = shellWith(configuration);
    const database = ask(shell, 'show lisp eid-table vrf RED ipv4 database');
    expect(database).toContain('for EID-table vrf RED (IID 7), 1 entries\n\n[7] 192.168.7.0/24');
    expect(ask(shell, 'show lisp instance-id 7 ipv4 database')).toBe(database);
    expect(ask(shell, 'show lisp eid-table vrf RED ipv4 map-cache')).toContain('vrf RED (IID 7), 0 entries');
    expect(ask(shell, 'show lisp eid-table vrf RED ipv4')).toMatch(/Instance ID: +7\n/);
    expect(ask(shell, 'show lisp eid-table vrf RED ipv4 forwarding')).toContain('of instance 7, 0 remote');
  });

  it('is none of the default table', () => {
    const shell = shellWith(IN_TABLE);
    const shown = ask(shell, 'show lisp eid-table default ipv4 database');
    expect(shown).toContain('192.168.1.1/32');
    expect(shown).not.toContain('192.168.7.0/24');
    for (const command of ['show ip lisp', 'show lisp instance-id 7 ipv4'])
      expect(ask(shell, command)).toMatch(/Database: +1 EID-Prefixes/);
  });

  it('of a VRF that nobody configured is refused, and those that are there are named', () => {
    const shell = shellWith(IN_TABLE);
    const output = enter(shell, 'show lisp eid-table vrf BLUE ipv4 map-cache');
    expect(output.refused).toBe(true);
    expect(output.lines.join('\n')).toContain('No EID table has the VRF BLUE\n  configured are: RED');
    expect(ask(openShell(), 'show lisp eid-table vrf RED ipv4')).toContain('configured are: none');
  });
});
