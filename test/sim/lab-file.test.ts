import { expect, test } from 'vitest';
import { seconds } from '../../src/base/time.ts';
import { loadLab, type LabFile } from '../../src/sim/lab-file.ts';
import { formatLabWarning } from '../../src/sim/lab-warning.ts';
import { formatLabError } from '../../src/sim/lab-yaml.ts';
import { documentedLab, exampleFiles, exampleNames } from './examples.ts';

const R1 = 'hostname r1\ninterface FastEthernet0/0\n ip address 10.0.0.1 255.255.255.252\n';

function load(yaml: string, others: Record<string, string> = { 'r1.ios': R1 }): LabFile {
  const loaded = loadLab(new Map(Object.entries({ 'lab.yaml': yaml, ...others })));
  if (!loaded.ok) throw new Error(loaded.error.map(formatLabError).join('\n'));
  return loaded.value;
}

function errorsOf(yaml: string, others: Record<string, string> = { 'r1.ios': R1 }): string[] {
  const loaded = loadLab(new Map(Object.entries({ 'lab.yaml': yaml, ...others })));
  return loaded.ok ? [] : loaded.error.map(formatLabError);
}

test.each(['Fa0/0', 'fastethernet 0/0', 'f0/0'])('a link may call its interface %s', (name) => {
  const { links } = load(GOOD.replace('a: r1 FastEthernet0/0', `a: r1 ${name}`));
  expect(links[0]!.a).toEqual({ node: 'r1', interfaceName: 'FastEthernet0/0' });
});

test('an interface is on one link, whatever it is called', () => {
  const twice = GOOD.replace('run:', '  - { a: r1 Fa0/0, b: h1 }\nrun:');
  expect(errorsOf(twice)).toContain('lab.yaml:8:10: r1 FastEthernet0/0 is on a link already');
});

const GOOD = `name: small
nodes:
  r1: r1.ios
  h1:
    host: { addresses: [10.0.0.2/30, '2001:db8::2/64'], gateway: 10.0.0.1 }
links:
  - { a: r1 FastEthernet0/0, b: h1, delay: 1.5ms, loss: 20%, mtu: 1400 }
run:
  - { at: 2s, node: r1, command: ping 10.0.0.2 }
  - { at: 1s, link: r1-h1, up: false }
  - { at: 3s, node: r1, config: [hostname r2] }
  - { at: 4s, garbage: r1 fa0/0, port: 4342, rate: 10, for: 2s }
until: 1m
expect:
  - { ping: 1, line: '!!!!!', rate: 100 }
  - { packets: r1 > h1 echo request *, from: 2 }
  - { count: 3 }
  - { show: r1, command: show version, contains: [a, b], lacks: c }
  - { counter: r1, name: native, at-least: 1 }
  - { registered: r1, eids: 10.0.0.0/8 }
`;

test('a lab file is read into nodes, links, steps in order of time, and expectations', () => {
  const lab = load(GOOD);
  expect(lab.name).toBe('small');
  expect(lab.until).toBe(seconds(60));
  expect(lab.nodes.map(({ name, kind }) => [name, kind])).toEqual([
    ['r1', 'router'],
    ['h1', 'host'],
  ]);
  expect(lab.links).toEqual([
    {
      name: 'r1-h1',
      a: { node: 'r1', interfaceName: 'FastEthernet0/0' },
      b: { node: 'h1', interfaceName: 'eth0' },
      delay: 1500,
      loss: 0.2,
      mtu: 1400,
    },
  ]);
  expect(lab.steps.map(({ at, action }) => [at, action.kind])).toEqual([
    [seconds(1), 'link'],
    [seconds(2), 'command'],
    [seconds(3), 'config'],
    [seconds(4), 'garbage'],
  ]);
  expect(lab.expectations).toEqual([
    { kind: 'ping', number: 1, line: '!!!!!', rate: 100 },
    { kind: 'packets', from: 2, patterns: ['r1 > h1 echo request *'] },
    { kind: 'count', packets: 3 },
    { kind: 'show', node: 'r1', command: 'show version', contains: ['a', 'b'], lacks: ['c'] },
    { kind: 'counter', node: 'r1', name: 'native', least: 1, most: Number.MAX_SAFE_INTEGER },
    { kind: 'registered', node: 'r1', eids: ['10.0.0.0/8'] },
  ]);
});

test('every mistake is reported in one pass, each at its line and column, with a hint', () => {
  const text = `nam: x
nodes:
  r1: r2.ios
  h1: { host: { addresses: 10.0.0.2, gateways: 10.0.0.1 } }
  h2: { config: r1.ios, hots: 1 }
links:
  - { a: r1 FastEthernet0/0, b: h3 }
  - { a: h1 eth1, b: h2 FastEthernet0/1, delay: 5, loss: 2 }
run:
  - { at: soon, node: h1, command: ping 1.1.1.1 }
  - { node: h9, command: x, config: y }
  - { at: 1s, link: nowhere, up: maybe }
expect:
  - { pong: 1 }
  - { ping: first }
  - { count: 1, line: x }
`;
  expect(errorsOf(text)).toEqual([
    'lab.yaml:1:1: unknown key "nam" (did you mean name?)',
    'lab.yaml:1:1: the lab: key "name" is missing',
    'lab.yaml:3:7: there is no file r2.ios (did you mean r1.ios?)',
    'lab.yaml:4:28: addresses is an address with its prefix length, not "10.0.0.2" (such as 10.0.3.2/30)',
    'lab.yaml:4:38: unknown key "gateways" (did you mean gateway?)',
    'lab.yaml:5:17: the hostname in r1.ios is r1, not h2 (give node and router one name)',
    'lab.yaml:5:25: unknown key "hots" (did you mean host?)',
    'lab.yaml:7:33: there is no node h3 (did you mean h1?)',
    'lab.yaml:8:10: h1 has no interface "eth1" (did you mean eth0?)',
    'lab.yaml:8:22: h2 has no interface "FastEthernet0/1" (did you mean FastEthernet0/0?)',
    'lab.yaml:8:49: delay is a time, not "5" (such as 10s or 1ms)',
    'lab.yaml:8:58: loss is a share, not "2" (0.2 or 20%)',
    'lab.yaml:10:11: at is a time, not "soon" (such as 10s)',
    'lab.yaml:11:5: run: key "at" is missing',
    'lab.yaml:11:5: a step of a node has either "command" or "config"',
    'lab.yaml:11:13: there is no node h9 (did you mean h1?)',
    'lab.yaml:12:21: there is no link nowhere (there is none)',
    'lab.yaml:14:7: unknown key "pong" (did you mean ping?)',
    'lab.yaml:15:13: ping is a whole number from 1 to 9007199254740991, not "first"',
    'lab.yaml:16:5: "line" does not go with "count" (keys: count)',
  ]);
});

test('mistakes in a configuration are reported in its own file', () => {
  const yaml = 'name: x\nnodes: { r1: r1.ios }\n';
  const [first, ...more] = errorsOf(yaml, {
    'r1.ios': 'hostname r1\ninterface Loopback0\n ip adress 1.2.3.4 255.0.0.0\n',
  });
  expect(first).toMatch(/^r1\.ios:3:5: /);
  expect(more).toEqual([]);
});

test('a text that is no YAML is reported where it stops being one', () => {
  expect(errorsOf('name: x\nnodes: [a\n')[0]).toMatch(/^lab\.yaml:[23]:\d+: /);
  expect(errorsOf('name: x\nname: y\n')[0]).toMatch(/^lab\.yaml:2:1: Map keys must be unique/);
  expect(errorsOf('- a\n- b\n')[0]).toBe('lab.yaml:1:1: the lab must be a mapping (key: value)');
  expect(errorsOf('')[0]).toBe('lab.yaml:1:1: the lab must be a mapping (key: value)');
});

test('a folder without lab.yaml is no lab', () => {
  const loaded = loadLab(new Map([['r1.ios', R1]]));
  expect(loaded.ok ? [] : loaded.error.map(formatLabError)).toEqual([
    'lab.yaml:1:1: there is no lab.yaml (the folder holds: r1.ios)',
  ]);
});

test('an interface is on one link only, and a link joins two nodes', () => {
  const yaml = `name: x
nodes: { r1: r1.ios, h1: { host: { addresses: 10.0.0.2/30 } } }
links:
  - { a: r1 FastEthernet0/0, b: h1 }
  - { a: r1 FastEthernet0/0, b: h1 }
`;
  expect(errorsOf(yaml)).toEqual([
    'lab.yaml:5:10: r1 FastEthernet0/0 is on a link already',
    'lab.yaml:5:33: h1 eth0 is on a link already',
  ]);
});

test('random texts never throw', () => {
  const pieces = [
    'name',
    ':',
    ' ',
    '\n',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '&a',
    '*a',
    '!!x',
    '"',
    'nodes',
    '  ',
    '#',
    '|',
    '?',
  ];
  let state = 1;
  for (let round = 0; round < 300; round++) {
    let text = '';
    for (let i = 0; i < 20; i++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      text += pieces[(state >>> 16) % pieces.length]!;
    }
    expect(() => loadLab(new Map([['lab.yaml', text]]))).not.toThrow();
  }
});

test.each(exampleNames())('examples/%s is a lab', (name) => {
  const loaded = loadLab(exampleFiles(name));
  expect(loaded.ok ? [] : loaded.error.map(formatLabError)).toEqual([]);
});

test('the lab that examples/README.md explains is one', () => {
  expect(errorsOf(documentedLab())).toEqual([]);
});

test('a mistyped command is found when the lab is loaded, unless its router is configured on the way', () => {
  const mistyped = GOOD.replace('command: ping 10.0.0.2', 'command: pong 10.0.0.2');
  const [error] = errorsOf(mistyped);
  expect(error).toMatch(/^lab\.yaml:9:34: "pong 10\.0\.0\.2": .*did you mean "ping"\?/);
  const later = GOOD.replace(
    '3s, node: r1, config: [hostname r2] }\n',
    '3s, node: r1, config: [hostname r2] }\n  - { at: 5s, node: r1, command: ping 10.0.0.2 source Loopback9 }\n',
  );
  expect(errorsOf(later)).toEqual([]);
});

test('lines of a configuration that are passed over are warnings, many of them one', () => {
  const yaml = 'name: small\nnodes: { r1: r1.ios }\n';
  const warned = (config: string): string[] =>
    load(yaml, { 'r1.ios': config }).warnings.map(formatLabWarning);
  expect(warned(`${R1}version 15.1\n`)).toEqual([
    'r1.ios:4: "version 15.1" changes nothing here and is ignored',
  ]);
  expect(
    warned(`version 15.1\nip cef\n${R1} duplex auto\n speed auto\ntrack 1 ip sla 1\n delay down 5\n`),
  ).toEqual(['r1.ios:1: 5 lines change nothing here and are ignored: 1-2, 6-8']);
  expect(warned(`${R1}router lisp\n loc-reach-algorithm rloc-probing\n`)).toEqual([
    'r1.ios:5: "loc-reach-algorithm rloc-probing" changes nothing here and is ignored: RLOCs are not probed here: a ' +
      'locator is used as long as the underlay has a route to it',
  ]);
});

test('a configuration with a mistake is reported alone, without what would follow from it', () => {
  const yaml = `name: small
nodes: { r1: r1.ios, h1: { host: { addresses: 10.0.0.2/30 } } }
links:
  - { a: r1 FastEthernet0/0, b: h1 }
run:
  - { at: 1s, node: r1, command: ping 10.0.0.1 source Loopback0 }
  - { at: 1s, link: r1-h1, up: false }
  - { at: 1s, garbage: r1 FastEthernet0/0, port: 4342, rate: 1, for: 1s }
`;
  expect(errorsOf(yaml, { 'r1.ios': `${R1}interfaze Loopback0\n` })).toEqual([
    'r1.ios:4:1: Invalid input detected at \'^\' marker. (did you mean "interface"?)',
  ]);
  expect(errorsOf(yaml, {})).toEqual([expect.stringContaining('there is no file r1.ios')]);
  // With a configuration that is right, the command is at fault.
  expect(errorsOf(yaml).join()).toContain('Unknown source interface');
});
