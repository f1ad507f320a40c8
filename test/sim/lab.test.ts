import { expect, test } from 'vitest';
import { seconds } from '../../src/base/time.ts';
import { Model } from '../../src/engine/model.ts';
import { formatExpectation } from '../../src/sim/lab-expect.ts';
import { loadLab } from '../../src/sim/lab-file.ts';
import { createLab, type Lab } from '../../src/sim/lab.ts';
import { formatLabError } from '../../src/sim/lab-yaml.ts';

const R1 = `hostname r1
interface FastEthernet0/0
 ip address 10.0.0.1 255.255.255.252
interface FastEthernet0/1
 ip address 10.0.1.1 255.255.255.252
`;

function small(rest: string): Lab {
  const yaml = `name: small
nodes:
  h1: { host: { addresses: 10.0.0.2/30, gateway: 10.0.0.1 } }
  r1: r1.ios
  h2: { host: { addresses: 10.0.1.2/30, gateway: 10.0.1.1 } }
links:
  - { a: h1, b: r1 FastEthernet0/0 }
  - { a: r1 FastEthernet0/1, b: h2 }
${rest}`;
  const loaded = loadLab(new Map(Object.entries({ 'lab.yaml': yaml, 'r1.ios': R1 })));
  if (!loaded.ok) throw new Error(loaded.error.map(formatLabError).join('\n'));
  return createLab(loaded.value, { makeDataPlane: () => new Model() });
}

test('hosts ping each other through a router', () => {
  const lab = small(
    'run:\n  - { at: 1s, node: h1, command: ping 10.0.1.2 }\nexpect:\n  - { ping: 1, rate: 100 }\n',
  );
  const { passed, transcripts, pings } = lab.run();
  expect(passed).toBe(true);
  expect(pings[0]!.result.times).toEqual([4000, 4000, 4000, 4000, 4000]);
  expect(transcripts.get('h1')).toContain('Success rate is 100 percent (5/5)');
  expect(lab.host('h2')!.counters.answered).toBe(5);
  expect(lab.router('h2')).toBeUndefined();
});

test('what does not come out as expected says what was expected and what came', () => {
  const lab = small(`run:
  - { at: 1s, node: h1, command: ping 10.0.1.2 repeat 1 }
expect:
  - { ping: 1, line: '..', rate: 0 }
  - { ping: 2, rate: 100 }
  - { packets: [h1 > r1 echo request *, h1 > r1 *], from: 1 }
  - { count: 5 }
  - { show: r1, command: show ip route, contains: 10.9.9.9, lacks: 10.0.0.0 }
  - { counter: r1, name: native, at-least: 100 }
  - { counter: r1, name: native, at-most: 1 }
  - { counter: r1, name: natve, is: 2 }
  - { counter: r1, name: dropped, is: 2 }
  - { registered: r1, eids: 10.0.0.0/8 }
`);
  const { passed, expectations } = lab.run();
  expect(passed).toBe(false);
  const lines = expectations.map(formatExpectation).filter((line) => !line.includes('#show'));
  expect(lines).toEqual([
    'FAIL ping 1: expected .. 0 percent, got ! 100 percent',
    'FAIL ping 2: expected any marks 100 percent, got no such ping',
    'ok   packet 1: h1 > r1 echo request *',
    'FAIL packet 2: expected h1 > r1 *, got r1 > h2 echo request to 10.0.1.2',
    'FAIL packets in the story: expected 5, got 4',
    'FAIL r1 native: expected 100 or more, got 2',
    'FAIL r1 native: expected 0 to 1, got 2',
    'FAIL r1 natve: expected 2, got 0; counted are received, native, encapsulated, decapsulated, punted, dropped',
    'FAIL r1 dropped: expected 2, got 0',
    'FAIL registered at r1: expected 10.0.0.0/8, got nothing',
  ]);
});

test('a command that is none is answered on the console and changes nothing else', () => {
  const lab = small('');
  lab.type('r1', 'pong 10.0.0.2');
  lab.type('h1', 'show ip route');
  lab.type('h1', 'configure terminal ; hostname h9');
  lab.run(seconds(1));
  expect(lab.transcripts().get('r1')).toMatch(/^r1#pong 10\.0\.0\.2\n/);
  expect(lab.transcripts().get('r1')).toContain('%');
  expect(lab.transcripts().get('h1')).toContain('% A host knows only ping and traceroute.');
});

test('configuration lines are entered one by one: a wrong one is refused in its place, the others count', () => {
  const lab = small('');
  lab.input(0, {
    kind: 'config',
    node: 'r1',
    lines: ['interface FastEthernet0/0', ' ip adress 1.1.1.1 255.0.0.0', ' shutdown'],
  });
  lab.input(0, { kind: 'config', node: 'h1', lines: ['hostname x'] });
  lab.run(seconds(1));
  expect(lab.transcripts().get('r1')!.split('\n').slice(0, 3)).toEqual([
    'r1(config)#interface FastEthernet0/0',
    'r1(config-if)# ip adress 1.1.1.1 255.0.0.0',
    '                  ^',
  ]);
  expect(lab.router('r1')!.options.interfaces[0]!.shutdown).toBe(true);
  expect(lab.transcripts().get('h1')).toContain('% A host has no configuration mode.');
});

test('changing the hostname of a router does not take it off the network', () => {
  const lab = small('run:\n  - { at: 2s, node: h1, command: ping 10.0.1.2 }\n');
  lab.type('r1', 'configure terminal ; hostname other');
  const { pings } = lab.run();
  expect(pings[0]!.result.marks).toBe('!!!!!');
  expect(lab.router('r1')!.options.hostname).toBe('other');
  expect(lab.story().at(-1)!.from).toBe('r1');
});

test('a packet larger than the link is counted as too big and its story says so', () => {
  const lab = small('run:\n  - { at: 1s, node: h1, command: ping 10.0.1.2 size 1400 repeat 1 }\n');
  lab.input(0, { kind: 'link', link: 'r1-h2', change: { mtu: 1000 } });
  lab.run();
  expect(lab.timeline.network.link('r1-h2').counters(0)).toMatchObject({ sent: 1, tooBig: 1 });
  expect(lab.story().at(-1)!.outcome).toBe('too big for the link');
  expect(lab.ladder().join('\n')).toMatch(/#2.*-x/);
});

test('file, seed and inputs give the same run again', () => {
  const first = small('run:\n  - { at: 2s, node: h1, command: ping 10.0.1.2 }\n');
  first.run(seconds(2));
  first.type('h2', 'ping 10.0.0.2');
  first.run(seconds(3));
  first.input(first.now + 10, { kind: 'link', link: 'r1-h2', change: { up: false } });
  first.type('h1', 'ping 10.0.1.2 repeat 2');
  first.run(seconds(10));
  const inputs = structuredClone(first.inputs);
  expect(inputs).toHaveLength(3);
  const again = createLab(first.file, { makeDataPlane: () => new Model(), inputs });
  again.run(seconds(10));
  expect(again.logHash()).toBe(first.logHash());
});

test('show is answered without being part of the run', () => {
  const lab = small('');
  lab.run(seconds(1));
  const hash = lab.logHash();
  expect(lab.show('r1', 'show ip route')).toContain('10.0.0.0');
  expect(lab.logHash()).toBe(hash);
});

test('an unknown node is a mistake of the caller, told by its name and those there are', () => {
  const lab = small('');
  const message = 'there is no node nope; there are: h1, r1, h2';
  expect(() => lab.type('nope', 'ping 10.0.0.1')).toThrow(message);
  expect(() => lab.show('nope', 'show version')).toThrow(message);
  expect(() => lab.consoleCapture('nope')).toThrow(message);
  lab.input(lab.now, { kind: 'command', node: 'nope', line: 'ping 10.0.0.1' });
  expect(() => lab.run(seconds(1))).toThrow('nope');
});

test('a lab without a data plane, or of what loadLab returns as it is, says what it needs', () => {
  const { file } = small('');
  const make = createLab as (...args: unknown[]) => Lab;
  expect(() => make(file)).toThrow('createLab needs a data plane for each router: createLab(file, {');
  expect(() => make(file, { seed: 2 })).toThrow('createLab needs a data plane');
  expect(() => make({ ok: true, value: file }, {})).toThrow('the value of its result');
});
