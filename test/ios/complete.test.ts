import { describe, expect, it, test } from 'vitest';
import { COMMANDS } from '../../src/ios/commands.ts';
import { complete, helpFor, type LineContext } from '../../src/ios/complete.ts';
import { execCommands } from '../../src/ios/exec.ts';
import { MODES, type Mode } from '../../src/ios/grammar.ts';
import { FILTERS } from '../../src/ios/output-filter.ts';

const EXEC: LineContext = {
  mode: { kind: 'exec', privileged: true },
  interfaces: ['Loopback0', 'FastEthernet0/0'],
};

function config(mode: Mode): LineContext {
  return { mode: { kind: 'config', mode } };
}

/** The words that `?` lists behind a line. */
function words(line: string, context: LineContext): string[] {
  return helpFor(line, context).flatMap((row) => (row.startsWith('  ') ? [row.trim().split(/ +/)[0]!] : []));
}

describe('?', () => {
  it('lists what may follow with its help, and <cr> where the command may end', () => {
    expect(helpFor('ping 4.4.4.4 ', EXEC)).toEqual([
      '  df-bit   Forbid fragmentation on the way (IPv4)',
      '  repeat   Number of echo requests',
      '  size     Bytes of the IP packet',
      '  source   Source address or interface',
      '  timeout  Seconds to wait for an answer',
      '  |        Output modifiers',
      '  <cr>',
    ]);
  });

  it('behind the beginning of a word lists the words that begin so, on one line', () => {
    expect(helpFor('c', EXEC)).toEqual(['clear  configure  copy']);
    expect(helpFor('show run', EXEC)).toEqual(['running-config']);
    expect(helpFor('ping 4.', EXEC)).toEqual(['A.B.C.D|X:X::X']);
    expect(helpFor('ping core', EXEC)).toEqual(['A.B.C.D|X:X::X']);
  });

  it('offers nodes by name where some are known', () => {
    const context = { ...EXEC, hosts: ['core', 'edge', 'edge2'] };
    expect(words('traceroute ', context)).toEqual(['A.B.C.D|X:X::X', 'core', 'edge', 'edge2', 'ip', 'ipv6']);
    expect(helpFor('ping ip ed', context)).toEqual(['edge  edge2']);
    expect(complete('do ping co', { ...config('interface'), hosts: context.hosts }).line).toBe(
      'do ping core ',
    );
    expect(complete('ping ed', context)).toEqual({ line: 'ping edge', candidates: ['edge', 'edge2'] });
  });

  it('an option that was given is not offered again', () => {
    expect(words('ping 4.4.4.4 size 100 repeat 3 ', EXEC)).toEqual([
      'df-bit',
      'source',
      'timeout',
      '|',
      '<cr>',
    ]);
  });

  it('says what is wrong with the words before', () => {
    expect(helpFor('s i ', EXEC)).toEqual(['% Ambiguous command:  "s i"']);
    expect(helpFor('pong ', EXEC)).toEqual(['% Unrecognized command']);
    expect(helpFor('zzz', EXEC)).toEqual(['% Unrecognized command']);
  });

  it('knows the filters, and what follows them', () => {
    expect(words('show ip route | ', EXEC)).toEqual(FILTERS.map(({ keyword }) => keyword));
    expect(words('show ip route | inc ', EXEC)).toEqual(['LINE']);
    expect(words('show ip route | inc a', EXEC)).toEqual([]);
    expect(helpFor('show ip route | nonsense ', EXEC)).toEqual(['% Unrecognized command']);
  });

  it('without privileges lists fewer commands', () => {
    const listed = words('', { mode: { kind: 'exec', privileged: false } });
    expect(listed).toContain('enable');
    expect(listed).not.toContain('configure');
    expect(listed).not.toContain('clear');
  });

  it('in a mode lists the commands of that mode, and how to leave it', () => {
    const listed = words('', config('interface'));
    expect(listed).toEqual(expect.arrayContaining(['ip', 'shutdown', 'exit', 'end', 'no', 'do']));
    expect(listed).not.toContain('hostname');
    expect(words('no ', config('interface'))).not.toContain('exit');
    expect(words('do show ip ', config('interface'))).toEqual(words('show ip ', EXEC));
  });

  it('lists the lines of the further dialects', () => {
    expect(helpFor('itr ', config('service-ipv4'))).toEqual([
      '  map-resolver  Ask this Map-Resolver; several are asked in the order of their lines',
      '  <cr>',
    ]);
    expect(words('', config('instance-service-ipv6'))).toEqual([
      'database-mapping',
      'do',
      'eid-table',
      'end',
      'etr',
      'exit',
      'exit-service-ipv6',
      'itr',
      'map-cache',
      'map-resolver',
      'map-server',
      'no',
      'proxy-etr',
      'proxy-itr',
      'use-petr',
    ]);
    expect(words('', config('locator-set'))).toEqual(
      expect.arrayContaining(['A.B.C.D|X:X::X', 'ipv4-interface', 'ipv6-interface', 'exit-locator-set']),
    );
    expect(words('eid-table ', config('lisp'))).toEqual(['default', 'vrf']);
    expect(words('ipv6 lisp ', config('global'))).toEqual(words('ip lisp ', config('global')));
    expect(words('ip lisp ', config('global'))).toEqual([
      'database-mapping',
      'etr',
      'itr',
      'map-cache',
      'map-resolver',
      'map-server',
      'proxy-etr',
      'proxy-itr',
      'use-petr',
    ]);
    expect(words('no lisp ', config('global'))).toEqual([
      'miss-policy',
      'profile',
      'proxy-itr',
      'site',
      'site-id',
      'xtr-id',
    ]);
    expect(words('', config('lisp-site'))).toEqual(words('', config('site')));
    expect(words('description ', config('interface'))).toEqual(['LINE']);
    expect(helpFor('description ', config('interface'))).toEqual(['  LINE  The rest of the line']);
  });

  it('finds commands of the modes around this one when they are begun', () => {
    expect(helpFor('host', config('interface'))).toEqual(['hostname']);
    expect(words('router ', config('interface'))).toEqual(expect.arrayContaining(['lisp', 'rip']));
  });
});

describe('Tab', () => {
  it.each([
    ['sh', 'show '],
    ['SH', 'show '],
    ['  sh', '  show '],
    ['sh ip', 'sh ip'],
    ['sh ip l', 'sh ip lisp '],
    ['ping 4.4.4.4 source f', 'ping 4.4.4.4 source FastEthernet0/0 '],
    ['show ip route | inc', 'show ip route | include '],
    ['hostname', 'hostname'],
    ['ping 4', 'ping 4'],
  ])('%j becomes %j', (line, grown) => {
    expect(complete(line, EXEC).line).toBe(grown);
  });

  it('goes as far as all candidates agree, and names them', () => {
    expect(complete('e', EXEC)).toEqual({ line: 'e', candidates: ['enable', 'exit'] });
    expect(complete('traceroute 1.1.1.1 t', EXEC)).toEqual({
      line: 'traceroute 1.1.1.1 t',
      candidates: ['timeout', 'ttl'],
    });
    expect(complete('ipv4 proxy', config('lisp'))).toEqual({
      line: 'ipv4 proxy-',
      candidates: ['proxy-etr', 'proxy-itr'],
    });
  });

  it.each<[string, string, Mode]>([
    ['ip li', 'ip lisp ', 'global'],
    ['ip lisp use', 'ip lisp use-petr ', 'global'],
    ['loc', 'locator-set ', 'lisp'],
    ['serv', 'service ', 'lisp'],
    ['IPv4-', 'ipv4-interface ', 'locator-set'],
    ['10.0.0.1 p', '10.0.0.1 priority ', 'locator-set'],
    ['database-mapping 10.0.0.0/8 l', 'database-mapping 10.0.0.0/8 locator-set ', 'eid-table'],
    ['exit-', 'exit-instance-id ', 'instance'],
    ['etr map', 'etr map-', 'service-ipv6'],
    ['eid-r', 'eid-record ', 'lisp-site'],
  ])('%j becomes %j in its mode', (line, grown, mode) => {
    expect(complete(line, config(mode)).line).toBe(grown);
  });

  it('a completed line completes to itself', () => {
    for (const line of ['s', 'show ip l', 'conf', 'ping 4.4.4.4 so', 'x']) {
      const once = complete(line, EXEC);
      if (once.candidates.length === 0) continue;
      expect(complete(once.line, EXEC)).toEqual(once);
    }
  });
});

/** Every line of words that leads somewhere, parameters left out. */
function reachable(context: LineContext): string[] {
  const found: string[] = [];
  const visit = (line: string, depth: number): void => {
    found.push(line);
    if (depth === 0) return;
    for (const word of words(line, context)) if (/^[a-z]/.test(word)) visit(`${line}${word} `, depth - 1);
  };
  visit('', 4);
  return found;
}

test.each<[string, LineContext]>([
  ['exec', EXEC],
  ...(Object.keys(MODES) as Mode[]).map((mode): [string, LineContext] => [mode, config(mode)]),
])('%s: every keyword that ? offers is explained', (_, context) => {
  const bare = reachable(context).flatMap((line) =>
    helpFor(line, context)
      .filter((row) => /^ {2}[a-z]\S*$/.test(row))
      .map((row) => `${line}${row.trim()}`),
  );
  expect(bare).toEqual([]);
});

test('every command is reached by ? from its first word on', () => {
  const tops = (context: LineContext): Set<string> => new Set(words('', context));
  for (const { pattern } of execCommands(true))
    for (const { element } of pattern.states[0]!.edges)
      if (element.kind === 'keyword') expect(tops(EXEC)).toContain(element.word);
  for (const { mode, patterns } of COMMANDS)
    for (const { element } of patterns[0]!.states[0]!.edges)
      if (element.kind === 'keyword') expect(tops(config(mode))).toContain(element.word);
});
