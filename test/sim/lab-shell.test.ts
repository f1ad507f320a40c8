import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import { seconds } from '../../src/base/time.ts';
import { createEngineSync } from '../../src/engine/open-inline.ts';
import { loadLab } from '../../src/sim/lab-file.ts';
import { withoutConsoleSteps, type LabShell } from '../../src/sim/lab-shell.ts';
import type { Lab } from '../../src/sim/lab.ts';
import { readCapture } from '../../src/wire/read-capture.ts';
import { optionsOf } from '../../src/ios/apply.ts';
import { exampleNames } from './examples.ts';
import { labFile } from '../scenarios/support.ts';
import { ask, enter, openShell, session } from './shell-session.ts';

/** Everything that decides how the lab goes on. */
function state(lab: Lab): string {
  return JSON.stringify(lab.timeline.save(), (_, value: unknown) =>
    value instanceof Uint8Array
      ? toHex(value)
      : value instanceof Map
        ? [...(value as Map<unknown, unknown>)]
        : value,
  );
}

const SESSIONS: Readonly<Record<string, string>> = {
  article: `! The session of the article, from both ends.
show ip lisp map-cache
ping 4.4.4.4 source Loopback0
show ip lisp map-cache
console mapserver
show ip lisp map-cache
show lisp site name site1
outsideworld#ping 192.168.1.1 source 4.4.4.4
`,
  configuration: `! A wrong key: registrations fail, and come back with the right one.
mapserver#show lisp site | include 192.168.1.
lisp1#configure terminal
router lisp
ipv4 etr map-server 10.0.1.1 key WRONG
do show running-config | include key
end
run 190s
mapserver#show lisp site | include 192.168.1.
lisp1#conf t
lisp1(config)#router lisp
lisp1(config-router-lisp)#ipv4 etr map-server 10.0.1.1 key KEY1
lisp1(config-router-lisp)#^Z
run 20s
mapserver#show lisp site | include 192.168.1.
conf t
ip route 10.9.9.9 255.255.0.0 10.0.1.1
hostname edge
interface loopback 7
ip address 10.7.7.7 255.255.255.255
router lisp
site nowhere
exit
exit
exit
show run | section router lisp
configure terminal ; no interface Loopback7 ; hostname lisp1 ; ip rout 0.0.0.0
`,
  dialects: `! Lines stay as they were entered, in whichever dialect; normalized they are one.
lisp1#configure terminal
lisp1(config)#ip lisp use-petr 10.0.255.1
lisp1(config)#router lisp
lisp1(config-router-lisp)#locator-set RLOC1
lisp1(config-router-lisp-locator-set)#IPv4-int Fa0/0 pri 1 wei 100
lisp1(config-router-lisp-locator-set)#do show run | section locator-set
lisp1(config-router-lisp-locator-set)#exit-loc
lisp1(config-router-lisp)#inst 7
lisp1(config-router-lisp-inst)#serv ipv4
lisp1(config-router-lisp-inst-serv-ipv4)#eid-t vrf RED
lisp1(config-router-lisp-inst-serv-ipv4)#data 192.168.7.1/24 loc RLOC1
lisp1(config-router-lisp-inst-serv-ipv4)#no map-cache-persistent
lisp1(config-router-lisp-inst-serv-ipv4)#encapsulation vxlan
lisp1(config-router-lisp-inst-serv-ipv4)#data 2001:db8::/48 loc RLOC1
lisp1(config-router-lisp-inst-serv-ipv4)#exit-inst
lisp1(config-router-lisp)#no database-mapping 192.168.1.1/32
lisp1(config-router-lisp)#eid-table def inst 0
lisp1(config-router-lisp-eid-table)#data 192.168.1.1/32 loc RLOC2
lisp1(config-router-lisp-eid-table)#end
lisp1#conf t ; router lisp ; eid-table default instance-id 0 ; no data 192.168.1.1/32 ; data 192.168.1.1/32 loc RLOC1
lisp1#show running-config
lisp1#show running-config normalized | begin router lisp
mapserver#conf t ; router lisp ; site site1 ; eid-record instance-id 7 192.168.7.0/24
mapserver#show running-config | section site site1
run 70s
mapserver#show lisp site | include 192.168.[17].
`,
  mistakes: `pong 4.4.4.4
sh
sh ip
show ip lisp mapcache
s i
ping 4.4.4.4 source lo9
ping 4.4.4.4 repeat 0
ping 4.4.4.4 repeat 5000 timeout 0
traceroute 4.4.4.4 ttl 5 3
router lisp
show ip route | incl
show ip route | grep 10
show ip route | include (
conf t
ping 4.4.4.4
router lips
interface FastEthernet9
do conf t
do exit
conf t
end
disable
conf t
show ip route | count .
enable
write memory
step 0
run 5x
at noon
console lisp9
link lisp1-mapserver sideways
link lisp1-mapservr up
undo now
monitor capture stop
monitor capture export x.pcapng
clear ip lisp map-cache 2001:db8::/32
lisp9#show ip route
`,
  help: `?
show ?
sh?
c?
show ip lisp ?
ping ?
ping 4.4.4.4 source ?
show ip route | ?
s i ?
pong ?
at ?
configure terminal
?
router lisp
?
ipv4 itr ?
no ipv4 ?
do show ip ?
int?
`,
  time: `time
nodes
link
step 3
back 2
ping 4.4.4.4 source Loopback0 repeat 2
story
at 10.004s
show ip lisp map-cache
step 2
lisp2#show ip route | include Gateway
step
run 5s
story on
ping 4.4.4.4 source Loopback0 repeat 1
story off
link lisp1-mapserver down
ping 4.4.4.4 source Loopback0 repeat 1
undo
undo
link
at 10s
`,
  debug: `debug lisp control-plane messages
debug lisp control-plane remote-eid-cache
mapserver#debug lisp control-plane all
mapserver#no debug lisp control-plane map-server-registration
ping 4.4.4.4 source Loopback0 repeat 2
undebug all
mapserver#undebug all
ping 4.4.4.4 source Loopback0 repeat 1
debug ?
debug lisp control-plane nonsense
debug lisp forwarding all
clear ip lisp map-cache
ping 4.4.4.4 source Loopback0 repeat 1
mapserver#debug all
run 60s
mapserver#undebug all
mapserver#debug lisp control-plane map-server-registration-errors
conf t ; router lisp ; ipv4 etr map-server 10.0.1.1 key WRONG
run 1s
conf t ; router lisp ; ipv4 etr map-server 10.0.1.1 key KEY1 ; database-mapping 192.168.2.7/32 10.0.1.2 priority 1 weight 1
run 1s
mapserver#show debugging
`,
  others: `! Consoles of several nodes: what another one prints has its name in front.
disable
show ip lisp map-cache | count uptime
enable
mapserver#monitor capture start interface Fa0/0
ping 4.4.4.4 source Loopback0
mapserver#monitor capture stop
traceroute 4.4.4.4 source Loopback0
traceroute 10.0.2.2 probe 1 | exclude escape
lig self
lig 192.168.2.1
lig 4.4.4.4 count 1
lig 4.4.4.4 to 10.0.3.2 count 2
outsideworld#lig 4.4.4.4
clear ip lisp map-cache
show ip lisp map-cache
ping 4.4.4.4 source Loopback0 repeat 2 | include Success
terminal length 0
`,
};

describe('sessions at the consoles of pxtr', () => {
  it.each(Object.entries(SESSIONS))('%s', async (name, script) => {
    await expect(session(openShell(), script)).toMatchFileSnapshot(`goldens/shell-${name}.txt`);
  });

  it.each(Object.entries(SESSIONS))(
    '%s: entered twice it is equal, on the engine as on the model',
    (_, script) => {
      const shells = [openShell(), openShell('pxtr', { makeDataPlane: () => createEngineSync() })];
      const [first, second] = shells.map((shell) => session(shell, script));
      expect(second).toBe(first);
      expect(shells[1]!.lab.logHash()).toBe(shells[0]!.lab.logHash());
    },
  );
});

describe('time', () => {
  it('stepping over packet 6 and back leaves routers and consoles as they were', () => {
    const shell = openShell('pxtr', { checkpointEvery: 7 });
    session(shell, 'ping 4.4.4.4 source Loopback0\nmapserver#conf t\nmapserver#router lisp\nlisp1#disable\n');
    const { lab } = shell;
    const end = lab.timeline.event;
    const sixth = lab.story().find(({ number }) => number === 6)!.frame;
    const event = lab.timeline.records.find((each) => each.kind === 'frame' && each.frame === sixth)!.event;
    enter(shell, `at #${event}`);
    const after = state(lab);
    expect(lab.consoles.state('lisp1')).toMatchObject({ busy: { kind: 'ping' }, mode: 'privileged' });
    expect(shell.prompt).toBe('lisp1#');
    enter(shell, 'back');
    expect(lab.story().filter(({ number }) => number !== undefined)).toHaveLength(5);
    expect(state(lab)).not.toBe(after);
    enter(shell, 'step');
    expect(state(lab)).toBe(after);
    enter(shell, `at #${end}`);
    expect(shell.prompt).toBe('lisp1>');
    expect(lab.consoles.prompt('mapserver')).toBe('mapserver(config-router-lisp)#');
  });

  it('looking around in the past changes nothing; typing something that acts forgets what came later', () => {
    const shell = openShell();
    session(shell, 'ping 4.4.4.4 source Loopback0\nhostname x\n');
    const { lab } = shell;
    const [hash, end] = [lab.logHash(), lab.timeline.event];
    enter(shell, 'back 20');
    expect(ask(shell, 'show ip lisp map-cache')).toContain('0.0.0.0/0');
    expect(lab.timeline.horizon).toBe(end);
    enter(shell, `at #${end}`);
    expect(lab.logHash()).toBe(hash);
    enter(shell, 'at 10s');
    enter(shell, 'back');
    const output = enter(shell, 'ping 10.0.1.1 repeat 1');
    expect(output.lines[0]).toBe('forgotten: lisp1#ping 4.4.4.4 source Loopback0, lisp1#hostname x');
    expect(lab.pings()).toHaveLength(1);
    expect(lab.inputs).toHaveLength(1);
  });

  it('going back says what will be typed again, and only as long as it will', () => {
    const shell = openShell();
    session(shell, 'ping 4.4.4.4 source Loopback0\nlisp2#conf t\nlisp2#end\nlisp1#hostname x\nrun 1s\n');
    expect(enter(shell, 'at 9s').lines.at(-1)).toBe(
      'typed again as time goes on: lisp1#ping 4.4.4.4 source Loopback0, lisp2#conf t, lisp2#end and 1 more',
    );
    expect(enter(shell, 'run 90s').lines.join('\n')).toContain('lisp1#ping 4.4.4.4 source Loopback0\nType');
    expect(enter(shell, 'time').lines.join('\n')).not.toContain('typed again');
    expect(enter(shell, 'back').lines.join('\n')).not.toContain('typed again');
  });

  it('a number of seconds needs no unit', () => {
    const shell = openShell();
    expect(ask(shell, 'run 5')).toMatch(/^time 15\.000000/);
    expect(ask(shell, 'at 12.5')).toMatch(/^time 12\.500000/);
    expect(ask(shell, 'run')).toBe('% usage: run DURATION');
    for (const line of ['run 5x', 'at noon'])
      expect(ask(shell, line)).toMatch(/^% (5x|noon) is no time; write 5 or 5s, 200ms, 2m, 1h$/);
  });

  it('steps are told in words: what routers notice, links, packets to nowhere', () => {
    const steps = `run:
  - { at: 20s, link: lisp1-mapserver, up: false, loss: 20%, delay: 5ms, mtu: 1400 }
  - { at: 20s, node: lisp1, config: [interface FastEthernet0/1, ' ip address 10.0.9.1 255.255.255.252'] }
  - { at: 21s, node: lisp1, command: ping 10.0.9.2 repeat 1 }
`;
    const shell = openShell('pxtr', { file: labFile('pxtr', { 'lab.yaml': [['run:\n', steps]] }) });
    const noticed = ask(shell, 'step 3');
    expect(noticed).toMatch(/mapserver LISP: Send negative map-reply for 4\.4\.4\.4\/32 to 10\.0\.1\.2/);
    ask(shell, 'at 19');
    const told = ask(shell, 'step 8');
    expect(told).toContain('20.000000 link lisp1-mapserver: down, loss 20%, delay 0.005000 s, MTU 1400\n');
    expect(told).toContain('21.000000 lisp1 sends out of FastEthernet0/1, which is on no link');
    expect(noticed + told).not.toMatch(/cause=|-sent|-change/);
  });

  it('a long stretch of time is handed over in parts, and stops where it is left', () => {
    const shell = openShell();
    const first = shell.enter('run 100000h');
    expect(first.busy).toBe(true);
    expect(shell.resume().busy).toBe(true);
    const { now } = shell.lab;
    expect(shell.abandon()).toMatch(/^% Stopped on the way: time \d/);
    expect(shell.enter('time').lines[0]).toContain('time ');
    expect(shell.lab.now).toBe(now);
    // In one part or in many: the same place.
    const [parts, whole] = [openShell(), openShell()];
    expect(parts.enter('run 10h').busy).toBe(true);
    enter(parts, 'at 36010s');
    whole.lab.timeline.runUntil(whole.lab.now + seconds(10 * 3600));
    expect(state(parts.lab)).toBe(state(whole.lab));
  });

  it('what is taken back never was: undo to the start gives the state of the start', () => {
    const shell = openShell('pxtr', { checkpointEvery: 5 });
    const before = state(shell.lab);
    session(shell, 'ping 4.4.4.4 source Loopback0\nrun 7s\nconf t\nrouter lisp\nno ipv4 itr\nstep 3\n');
    for (let i = 0; i < 4; i++) expect(enter(shell, 'undo').refused).toBe(false);
    expect(state(shell.lab)).toBe(before);
    expect(ask(shell, 'undo')).toBe('% nothing was typed yet');
  });

  it('a moment is the same from both sides', () => {
    const shell = openShell();
    enter(shell, 'ping 4.4.4.4 source Loopback0');
    enter(shell, 'at 10.0045s');
    const there = state(shell.lab);
    enter(shell, 'run 40s');
    enter(shell, 'at 10.0045s');
    expect(state(shell.lab)).toBe(there);
    enter(shell, 'at 1s');
    enter(shell, 'at 10.0045s');
    expect(state(shell.lab)).toBe(there);
  });

  it('a saved session entered again is the same run', () => {
    const shell = openShell();
    const script = `ping 4.4.4.4 source Loopback0
back 7
show ip lisp map-cache
lisp2#ping 4.4.4.4 source lo0
at 59s
step
ping 4.4.4.4 source Loopback0 repeat 1
conf t
mapserver#show ip lisp map-cache
hostname other
end
link lisp2-mapserver down
run 100s
undebug all
`;
    session(shell, script);
    const [effect] = enter(shell, 'save x.txt').effects;
    const saved = effect?.kind === 'write' ? new TextDecoder().decode(effect.bytes) : '';
    const again = openShell();
    session(again, saved);
    enter(again, `at #${shell.lab.timeline.event}`);
    expect(again.lab.logHash()).toBe(shell.lab.logHash());
  });

  const STEPS = `run:
  - { at: 30s, node: lisp1, config: [hostname later] }
  - { at: 30s, link: lisp1-mapserver, up: false }
`;

  it('the steps of the lab file that type at consoles do not happen, those that change links do', () => {
    const file = labFile('pxtr', { 'lab.yaml': [['run:\n', STEPS]] });
    const shell = openShell('pxtr', { file: withoutConsoleSteps(file) });
    expect(ask(shell, 'run 20s')).not.toContain('hostname');
    expect(shell.prompt).toBe('lisp1#');
    expect(ask(shell, 'link')).toMatch(/lisp1-mapserver +down/);
  });

  it('with all its steps, configuration is entered in its time', () => {
    const shell = openShell('pxtr', { file: labFile('pxtr', { 'lab.yaml': [['run:\n', STEPS]] }) });
    expect(shell.prompt).toBe('lisp1#');
    expect(ask(shell, 'run 20s')).toContain('lisp1(config)#hostname later');
    expect(shell.prompt).toBe('later#');
    expect(ask(shell, 'later#show run | include hostname')).toBe('hostname later');
  });
});

describe('consoles', () => {
  it('lines typed while a command runs wait for it, in their order', () => {
    const { lab } = openShell();
    lab.type('lisp1', 'ping 4.4.4.4 source Loopback0');
    lab.type('lisp1', 'disable');
    lab.type('lisp1', 'ping 10.0.1.1 repeat 1');
    lab.type('lisp1', 'conf t');
    lab.run(seconds(30));
    const lines = lab.transcripts().get('lisp1')!.split('\n');
    const typed = lines.filter((line) => /^lisp1.*[#>]/.test(line));
    expect(typed).toEqual([
      'lisp1#ping 4.4.4.4 source Loopback0',
      'lisp1#disable',
      'lisp1>ping 10.0.1.1 repeat 1',
      'lisp1>conf t',
    ]);
    expect(lab.pings().map(({ result }) => result.marks)).toEqual(['.!!!!', '!']);
    expect(lines.indexOf('lisp1#disable')).toBeGreaterThan(lines.findIndex((line) => line.includes('(4/5)')));
  });

  it('a command that takes very long is handed over in parts, and can be left alone', () => {
    const shell = openShell();
    const first = shell.enter('ping 10.0.1.1 repeat 2500');
    expect(first.busy).toBe(true);
    shell.abandon();
    const second = shell.enter('show ip route');
    expect(second).toMatchObject({ busy: true, lines: [] });
    let last = second;
    while (last.busy) last = shell.resume();
    expect(last.lines.join('\n')).toContain('Gateway of last resort');
    expect(last.lines.join('\n')).toContain('(2500/2500)');
  });

  it.each(exampleNames())('%s: a console starts with the configuration of its router', (example) => {
    const { lab } = openShell(example);
    for (const node of lab.nodeNames) {
      const router = lab.router(node);
      const { config } = lab.consoles.state(node);
      expect(config && optionsOf(config.draft)).toEqual(router?.options);
      // Configuration mode that changes nothing leaves the router alone.
      lab.type(node, 'configure terminal ; end');
      lab.timeline.step();
      expect(lab.router(node)?.options).toBe(router?.options);
    }
  });

  it('Lab.show answers whatever mode the console is in, and enters nothing', () => {
    const { lab } = openShell();
    lab.type('lisp1', 'configure terminal');
    lab.timeline.step();
    const before = state(lab);
    expect(lab.show('lisp1', 'show ip route | include Gateway')).toContain('10.0.1.1');
    expect(lab.show('lisp1', 'router lisp')).toContain('% Invalid input');
    for (const line of ['ping 4.4.4.4', 'configure terminal', 'debug all'])
      expect(lab.show('lisp1', line)).toBe('% Not a show command.');
    expect(state(lab)).toBe(before);
  });

  it('remembers the last twenty lines of each console', () => {
    const shell = openShell();
    for (let n = 1; n <= 25; n++) enter(shell, `ping 10.0.1.1 repeat ${n}`);
    enter(shell, 'lisp2#show ip route');
    const { history } = shell.lab.consoles.state('lisp1');
    expect(history).toHaveLength(20);
    expect([history[0], history.at(-1)]).toEqual(['ping 10.0.1.1 repeat 6', 'ping 10.0.1.1 repeat 25']);
    expect(shell.lab.consoles.state('lisp2').history).toEqual(['show ip route']);
  });

  it('a hostname changes the prompt and not the name of the node', () => {
    const shell = openShell();
    session(shell, 'conf t\nhostname edge\nend\n');
    expect(shell.prompt).toBe('edge#');
    expect(shell.node).toBe('lisp1');
    expect(enter(shell, 'lisp2#show ip route').node).toBe('lisp2');
    expect(enter(shell, 'edge#show ip route').node).toBe('lisp1');
    expect(enter(shell, 'lisp1#show ip route').node).toBe('lisp1');
  });

  it('a pasted prompt is about its own line, even an empty one, until it leads into configuration mode', () => {
    const shell = openShell();
    for (const line of ['lisp2#show ip route', 'lisp2#', 'lisp2>']) {
      enter(shell, line);
      expect([shell.node, shell.prompt]).toEqual(['lisp1', 'lisp1#']);
    }
    for (const [line, prompt] of [
      ['lisp2#conf t', 'lisp2(config)#'],
      ['router lisp', 'lisp2(config-router-lisp)#'],
      ['end', 'lisp1#'],
      ['lisp2#conf t', 'lisp2(config)#'],
      ['lisp1#', 'lisp1#'],
      ['lisp2(config)#router lisp', 'lisp2(config-router-lisp)#'],
      ['console lisp1', 'lisp1#'],
    ] as const) {
      enter(shell, line);
      expect(shell.prompt).toBe(prompt);
    }
    expect(enter(shell, 'show running-config | include hostname')).toMatchObject({ node: 'lisp1' });
    expect(shell.lab.consoles.prompt('lisp2')).toBe('lisp2(config-router-lisp)#');
    expect(ask(shell, 'lisp2(config-router-lisp)#do show running-config | include hostname')).toBe(
      'hostname lisp2',
    );
    enter(shell, 'console lisp2');
    expect(shell.node).toBe('lisp2');
  });

  it('a configuration of which only the first line has a prompt is for that router', () => {
    const shell = openShell();
    const pasted =
      'lisp2(config)#router lisp\n no ipv4 itr\n exit\n!\ninterface Loopback9\n ip address 10.9.9.9 255.255.255.255\n^Z\n';
    const printed = session(shell, pasted);
    expect(printed).not.toContain('%');
    expect(printed.split('\n')[0]).toBe('lisp2(config)#router lisp');
    expect(shell.prompt).toBe('lisp1#');
    expect(ask(shell, 'lisp2#show running-config | section Loopback9')).toContain('10.9.9.9');
    expect(ask(shell, 'lisp2#show running-config | include ipv4 itr$')).toBe('');
    expect(ask(shell, 'show running-config | include Loopback9')).toBe('');
    // A script of it gives the same run, and `undo` takes back what was typed for the prompt as well.
    const [effect] = enter(shell, 'save x.txt').effects;
    const again = openShell();
    session(again, effect?.kind === 'write' ? new TextDecoder().decode(effect.bytes) : '');
    enter(again, `at #${shell.lab.timeline.event}`);
    expect(again.lab.logHash()).toBe(shell.lab.logHash());
    for (const _ of shell.lab.inputs.filter(({ input }) => input.kind === 'command')) enter(shell, 'undo');
    expect(shell.lab.consoles.prompt('lisp2')).toBe('lisp2#');
  });

  it('the prompt of configuration mode opens nothing for commands of the lab, hosts and consoles behind ">"', () => {
    const shell = openShell();
    for (const line of ['lisp2(config)#time', 'lisp2(config)#', 'lisp2(config)#! x', 'lisp2>disable'])
      enter(shell, line);
    expect(enter(shell, 'lisp2(config)#router lisp')).toMatchObject({ prompt: 'lisp2>', refused: true });
    expect(shell.prompt).toBe('lisp1#');
  });

  it('half of a configuration is accepted, works as far as it can and is told on leaving, once', () => {
    const shell = openShell();
    const lines =
      'conf t\ninterface Fa0/0\nip address 192.168.1.1 255.255.255.0\nrouter lisp\nipv4 proxy-etr\n';
    expect(session(shell, lines)).not.toContain('%');
    const told = ask(shell, 'end');
    expect(told).toContain('% Warning: ');
    expect(told).toContain('192.168.1.1 is assigned twice');
    expect(session(shell, 'conf t\nhostname y\nend\n')).not.toContain('% Warning');
  });

  it('a capture holds the packets on the links of its node, from start to stop', () => {
    const shell = openShell();
    const script = `mapserver#monitor capture start interface Fa0/0
ping 4.4.4.4 source Loopback0
mapserver#monitor capture stop
ping 4.4.4.4 source Loopback0
`;
    session(shell, script);
    const output = enter(shell, 'mapserver#monitor capture export x.pcapng');
    const [effect] = output.effects;
    const read = readCapture(effect?.kind === 'write' ? effect.bytes : new Uint8Array());
    if (!read.ok) throw new Error('unreadable');
    expect(read.value.interfaces.map(({ name }) => name)).toEqual(['lisp1-mapserver']);
    const frames = shell.lab
      .story()
      .filter(({ link, number = 99 }) => link === 'lisp1-mapserver' && number <= 23);
    expect(read.value.packets.map(({ bytes }) => toHex(bytes))).toEqual(
      frames.map(({ frame }) => toHex(frame.bytes)),
    );
    expect(enter(shell, 'monitor capture export x.pcapng').refused).toBe(true);
  });

  it('output of a command of the lab file stands below its line, also when the line was typed before', () => {
    const shell = openShell('pxtr', { file: labFile('pxtr'), at: seconds(11) });
    const lines = enter(shell, 'run 5s').lines;
    expect(lines[0]).toBe('lisp1#ping 4.4.4.4 source Loopback0');
    expect(lines[1]).toBe('Type escape sequence to abort.');
    const stepped = openShell('pxtr', { file: labFile('pxtr'), at: seconds(12) });
    const told = enter(stepped, 'step 30').lines;
    expect(told.slice(told.indexOf('lisp1#ping 4.4.4.4 source Loopback0')).slice(1, 2)).toEqual([
      'Type escape sequence to abort.',
    ]);
  });

  it('a story is no wider than a page', () => {
    const shell = openShell();
    enter(shell, 'story on');
    const told = enter(shell, 'ping 4.4.4.4 source Loopback0 repeat 1').lines;
    const story = enter(shell, 'story').lines;
    for (const line of [...told, ...story]) expect(line.length).toBeLessThanOrEqual(100);
    const nonce = /nonce\s+0x[0-9a-f]{16}/;
    expect(told.join('\n')).toMatch(nonce);
    expect(story.join('\n')).toMatch(nonce);
  });

  it('commands of the lab may be abbreviated where they are nothing else', () => {
    const shell = openShell();
    enter(shell, 'con lisp2');
    expect(shell.node).toBe('lisp2');
    expect(ask(shell, 'con lips1')).toBe('% there is no node lips1; did you mean lisp1?');
    expect(ask(shell, 'tim')).toMatch(/^time 10/);
    // IOS knows these: abbreviations of its own, and words that go on.
    enter(shell, 'con t');
    expect(shell.prompt).toBe('lisp2(config)#');
    expect(ask(shell, 'con lisp1')).toContain('% Invalid input');
    enter(shell, 'end');
    expect(ask(shell, 'st')).toBe('% Ambiguous command:  "st"\n  it could be step or story');
    expect(ask(shell, 's')).toBe('% Ambiguous command:  "s"\n  it could be save or show or step or story');
    expect(ask(shell, 'sh')).toContain('% Incomplete command.');
    expect(ask(shell, 's ip route')).toContain('Gateway of last resort');
  });

  it('words that begin several commands carry out none', () => {
    const shell = openShell();
    expect(ask(shell, 'c')).toBe(
      '% Ambiguous command:  "c"\n  it could be clear or configure or console or copy',
    );
    expect(ask(shell, 'co')).toBe('% Ambiguous command:  "co"\n  it could be configure or console or copy');
    expect(ask(shell, 'c t')).toBe('% Ambiguous command:  "c"\n  it could be clear or configure or copy');
    for (const line of ['conf', 'conf t']) {
      enter(shell, line);
      expect(shell.prompt).toBe('lisp1(config)#');
      enter(shell, 'end');
    }
    enter(shell, 'conf t ; ip routing');
    expect(shell.prompt).toBe('lisp1#');
    enter(shell, 'conf t');
    expect(ask(shell, 'e')).toBe('% Ambiguous command:  "e"\n  it could be end or exit');
    expect(ask(shell, 'c')).not.toContain('Ambiguous');
    enter(shell, 'router lisp');
    enter(shell, 'service ipv4');
    // Not `etr`, which it would have switched on.
    expect(ask(shell, 'e')).toMatch(/^% Ambiguous command: {2}"e"\n {2}it could be .*end or etr or exit/);
    expect(shell.prompt).toBe('lisp1(config-router-lisp-serv-ipv4)#');
    enter(shell, 'ex');
    expect(shell.prompt).toBe('lisp1(config-router-lisp)#');
    enter(shell, 'en');
    expect(shell.prompt).toBe('lisp1#');
  });

  it('help is what ? says', () => {
    const shell = openShell();
    expect(enter(shell, 'help').lines).toEqual(shell.help(''));
    expect(ask(shell, 'help')).toContain('Lab commands:');
  });

  it('exit in exec mode, and quit anywhere but in configuration mode, leave the shell', () => {
    const quits = (shell: LabShell, line: string): boolean =>
      enter(shell, line).effects.some(({ kind }) => kind === 'quit');
    const shell = openShell();
    expect(['exit', 'ex', 'logout', 'quit'].map((line) => quits(shell, line))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    enter(shell, 'conf t');
    expect(quits(shell, 'do exit')).toBe(false);
    expect(quits(shell, 'quit')).toBe(false);
    expect(shell.prompt).toBe('lisp1#');
  });

  it('a host pings, traces and knows nothing else', () => {
    const yaml = `name: small
nodes:
  h1: { host: { addresses: 10.0.0.2/30, gateway: 10.0.0.1 } }
  h2: { host: { addresses: 10.0.0.1/30 } }
links:
  - { a: h1, b: h2 }
`;
    const loaded = loadLab(new Map([['lab.yaml', yaml]]));
    const shell = openShell('', { file: loaded.ok ? loaded.value : labFile('pxtr') });
    expect(shell.prompt).toBe('h1#');
    expect(ask(shell, 'ping 10.0.0.1 repeat 2')).toContain('!!');
    expect(ask(shell, 'traceroute 10.0.0.1')).toContain('10.0.0.1');
    for (const line of ['show ip route', 'conf t', 'clear ip lisp map-cache', 'lig 10.0.0.1'])
      expect(enter(shell, line)).toMatchObject({ refused: true, lines: [expect.stringContaining('%')] });
  });
});

describe('Tab', () => {
  it.each([
    ['sh', 'show ', []],
    ['show ip l', 'show ip lisp ', []],
    ['ping 4.4.4.4 source lo', 'ping 4.4.4.4 source Loopback0 ', []],
    ['lisp2#sh', 'lisp2#show ', []],
    ['console map', 'console mapserver ', []],
    ['link lisp1', 'link lisp1-mapserver ', []],
    ['c', 'c', ['clear', 'configure', 'copy']],
    ['sto', 'story ', []],
    ['nothing-like-it', 'nothing-like-it', []],
  ])('%s becomes %s', (line, grown, candidates) => {
    expect(openShell().complete(line)).toEqual({ line: grown, candidates });
  });

  it('knows the mode of the console', () => {
    const shell = openShell();
    enter(shell, 'conf t');
    expect(shell.complete('rou').line).toBe('router ');
    expect(shell.complete('do sh').line).toBe('do show ');
    enter(shell, 'interface Fa0/0');
    expect(shell.complete('shut').line).toBe('shutdown ');
    expect(shell.complete('no ip ad').line).toBe('no ip address ');
    expect(shell.complete('hostn').line).toBe('hostname ');
  });
});

test('whatever is typed, the shell answers', () => {
  const words = [
    ...[
      'show',
      'ip',
      'lisp',
      'map-cache',
      'ping',
      '4.4.4.4',
      'source',
      'lo0',
      'repeat',
      '2',
      'conf',
      't',
      'end',
    ],
    ...[
      'exit',
      'router',
      'ipv4',
      'itr',
      'no',
      'do',
      '?',
      '|',
      'include',
      '(',
      '"',
      'hostname',
      'x',
      'interface',
    ],
    ...[
      'Fa0/0',
      'address',
      '10.0.0.1',
      '255.255.0.0',
      'site',
      'a',
      'eid-prefix',
      '10.0.0.0/8',
      'step',
      'back',
      '3',
    ],
    ...[
      'undo',
      'run',
      '1s',
      'at',
      '#5',
      '10s',
      'lisp2#',
      'console',
      'mapserver',
      'link',
      'lisp1-mapserver',
      'up',
    ],
    ...[
      'debug',
      'all',
      'undebug',
      'clear',
      'trace',
      'add',
      'lig',
      'self',
      'disable',
      'enable',
      'monitor',
      'capture',
    ],
    ...['start', 'stop', 'traceroute', ';', '!', '^Z', '\u0000', 'é', '__proto__', 'constructor', 'ttl', '1'],
  ];
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.constantFrom(...words), { maxLength: 6 }), { maxLength: 25 }),
      (lines) => {
        const shell = openShell();
        for (const line of lines.map((each) => each.join(' '))) {
          expect(shell.help(line).length).toBeGreaterThan(0);
          shell.complete(line);
          enter(shell, line);
        }
      },
    ),
    { numRuns: 60 },
  );
});
