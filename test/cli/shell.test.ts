import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { talk } from '../../src/cli/repl.ts';
import type { ShellLineReport } from '../../src/cli/shell-script.ts';
import { readCapture } from '../../src/wire/read-capture.ts';
import { openShell } from '../sim/shell-session.ts';
import { expectGolden, pxtr, pxtrFed } from './run.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pxtr-shell-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SCRIPT = `! Ask, look, and ask again.
ping 4.4.4.4 source Loopback0

sh ip lisp map-cache | include 0.0.0.0/1
show ip ?
mapserver#show lisp site | begin Site
pong
conf t
hostname edge
end
`;

describe('pxtr lab shell with lines from a pipe', () => {
  it('reads like a session at a terminal', async () => {
    const { code, out, err } = await pxtrFed(SCRIPT, 'lab', 'shell', 'pxtr');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expectGolden('lab-shell-pxtr', out);
  });

  it('a story with nothing in it says so', async () => {
    const { out } = await pxtrFed('story\nping 4.4.4.4 source Loopback0\nstory\n', 'lab', 'shell', 'pxtr');
    expect(out).toContain(
      'lisp1#story\nnothing to tell yet: all 4 packets were registration and other upkeep; ping something',
    );
    expect(out.match(/nothing to tell/g)).toHaveLength(1);
    const still = await pxtrFed('story\n', 'lab', 'shell', 'pxtr', '--at', '0s');
    expect(still.out).toContain('nothing to tell yet: all 2 packets');
  });

  it('is the same twice, and on the model', async () => {
    const first = await pxtrFed(SCRIPT, 'lab', 'shell', 'pxtr');
    expect(await pxtrFed(SCRIPT, 'lab', 'shell', 'pxtr')).toEqual(first);
    expect(await pxtrFed(SCRIPT, 'lab', 'shell', 'pxtr', '--model')).toEqual(first);
  });

  it('a question with a pasted prompt stands behind that prompt, once', async () => {
    const script = 'lisp1#conf t\nlisp1(config)#interface ?\nlisp2#show cl?\n';
    const { out } = await pxtrFed(script, 'lab', 'shell', 'pxtr');
    const prompts = out.split('\n').filter((line) => /^lisp\d/.test(line));
    expect(prompts).toEqual(['lisp1#conf t', 'lisp1(config)#interface ?', 'lisp2#show cl?']);
  });

  it('what it prints can be entered again', async () => {
    const { out } = await pxtrFed('ping 4.4.4.4 source lo0\nlisp2#conf t\n', 'lab', 'shell', 'pxtr');
    const prompts = out.split('\n').filter((line) => /^lisp\d#/.test(line));
    expect(prompts).toEqual(['lisp1#ping 4.4.4.4 source lo0', 'lisp2#conf t']);
    expect((await pxtrFed(prompts.join('\r\n'), 'lab', 'shell', 'pxtr')).out).toBe(out);
  });

  it('--json prints an object for each line', async () => {
    const { out } = await pxtrFed(SCRIPT, 'lab', 'shell', 'pxtr', '--json', '--node', 'lisp1');
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as ShellLineReport);
    expect(lines.filter(({ refused }) => refused).map(({ line }) => line)).toEqual(['pong']);
    expect(lines.map(({ node }) => node)).toEqual([
      null,
      'lisp1',
      'lisp1',
      null,
      'mapserver',
      'lisp1',
      'lisp1',
      'lisp1',
      'lisp1',
    ]);
    expect(lines[2]).toMatchObject({ time: '12.016000', prompt: 'lisp1#' });
    expect(lines[2]!.output).toContain('0.0.0.0/1');
  });

  it('--strict stops at the first line that is refused, with exit code 1', async () => {
    const { code, out } = await pxtrFed(SCRIPT, 'lab', 'shell', 'pxtr', '--strict');
    expect(code).toBe(1);
    expect(out).toContain('pong');
    expect(out).not.toContain('conf t');
  });

  it('exit ends the session, whatever follows', async () => {
    const { code, out } = await pxtrFed('exit\nshow ip route\n', 'lab', 'shell', 'pxtr');
    expect({ code, out }).toEqual({
      code: 0,
      out: 'lisp1#exit\nThe lab is closed: "pxtr lab shell" opens it anew. "save FILE" keeps a session before.\n',
    });
    expect((await pxtrFed('quit\n', 'lab', 'shell', 'pxtr')).out).toBe('lisp1#quit\n');
  });

  it('--at, --node and --seed choose moment, console and run', async () => {
    const { out } = await pxtrFed('time\n', 'lab', 'shell', 'pxtr', '--at', '90s', '--node', 'mapserver');
    expect(out).toMatch(/^mapserver#time\ntime 90\.000000, event \d+\n$/);
    const nonce = async (seed: string): Promise<string> => {
      const run = await pxtrFed(
        'show lisp site name site1\n',
        'lab',
        'shell',
        'pxtr',
        '--node',
        'mapserver',
        '--seed',
        seed,
      );
      return /xTR-ID \S+/.exec(run.out)![0] + /nonce \S+/.exec(run.out)![0];
    };
    expect(await nonce('1')).toBe(await nonce('1'));
  });

  it('the commands of the lab.yaml happen only with --steps', async () => {
    const script = 'run 20s\nshow ip lisp map-cache | include 0.0.0.0/1\n';
    const plain = await pxtrFed(script, 'lab', 'shell', 'pxtr');
    expect(plain.out).not.toContain('ping 4.4.4.4');
    const { out } = await pxtrFed(script, 'lab', 'shell', 'pxtr', '--steps');
    expect(out).toContain('(4/5)');
    expect(out).toContain('via map-reply');
  });

  it('so does the configuration that the lab.yaml enters', async () => {
    const script = 'edge#run 20s\nedge#show interfaces fa0/0 | include line protocol\n';
    const plain = await pxtrFed(script, 'lab', 'shell', 'failover');
    expect(plain.out).toContain('FastEthernet0/0 is up');
    const { out } = await pxtrFed(script, 'lab', 'shell', 'failover', '--steps');
    expect(out).toContain('FastEthernet0/0 is administratively down');
  });

  it('writes captures and sessions, and says why when it cannot', async () => {
    const [capture, saved] = [join(folder, 'x.pcapng'), join(folder, 'session.txt')];
    const script = `monitor capture start\nping 4.4.4.4 source lo0\nmonitor capture export ${capture}\nsave ${saved}\n`;
    const { out } = await pxtrFed(script, 'lab', 'shell', 'pxtr');
    const bytes = readFileSync(capture);
    expect(out).toContain(`Exported successfully: ${capture}, ${bytes.length} bytes`);
    expect(readCapture(bytes).ok).toBe(true);
    const again = await pxtrFed(readFileSync(saved, 'utf8'), 'lab', 'shell', 'pxtr', '--strict');
    expect(again.code).toBe(0);
    expect(again.out).toContain('(4/5)');
    const nowhere = join(folder, 'no', 'such', 'x');
    const failed = await pxtrFed(`save ${nowhere}\n`, 'lab', 'shell', 'pxtr', '--strict');
    expect(failed.code).toBe(1);
    expect(failed.out).toContain(`% Cannot write ${nowhere}`);
    expect(existsSync(nowhere)).toBe(false);
  });

  it('a node or a scenario that is not there is a usage error', async () => {
    const { code, err } = await pxtr('lab', 'shell', 'pxtr', '--node', 'lisp9');
    expect(code).toBe(2);
    expect(err).toContain('lisp1, mapserver');
    expect((await pxtr('lab', 'shell', 'nonsense')).code).toBe(2);
    expect((await pxtr('lab', 'shell', 'pxtr', '--at', 'noon')).code).toBe(2);
  });

  it('--help has examples', async () => {
    const { code, out } = await pxtr('lab', 'shell', '--help');
    expect(code).toBe(0);
    expect(out).toContain('pxtr lab shell pxtr < session.txt');
  });
});

/** A session at a terminal: what the keys bring on the screen, without the moves of the cursor. */
async function typed(...keys: readonly string[]): Promise<string> {
  const input = new PassThrough();
  const output = new PassThrough();
  let screen = '';
  output.on('data', (chunk: Buffer) => (screen += chunk.toString()));
  const over = talk(openShell(), { input, output });
  for (const key of keys) {
    input.write(key);
    // The key goes through the streams and the line editor, each in a turn of its own.
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  input.end();
  expect(await over).toBe(0);
  return screen.replace(/\x1b\[[0-9;]*[A-Za-z]/g, '').replace(/\r/g, '');
}

describe('pxtr lab shell at a terminal', () => {
  it('begins with what there is and how to move', async () => {
    const screen = await typed('\x04');
    expect(screen).toContain('Consoles: lisp1, mapserver, lisp2, outsideworld.');
    expect(screen.split('\n').every((line) => line.length <= 100)).toBe(true);
    expect(screen).toContain('lisp1#');
  });

  it('? is answered as it is typed, and the line stays', async () => {
    const screen = await typed('sh', 'ow ip ', '?', 'route | include Gateway\r', '\x04');
    expect(screen).toContain('\n  lisp       LISP: roles of this router, peers, counts\n');
    expect(screen).toContain('lisp1#show ip route | include Gateway\nGateway of last resort is 10.0.1.1');
  });

  it('Tab completes', async () => {
    const screen = await typed('sh', '\t', 'run', '\t', '| count hostname\r', '\x04');
    expect(screen).toContain('Number of lines which match regexp = 1');
  });

  it('Ctrl-C drops the line, Ctrl-Z leaves configuration mode', async () => {
    const screen = await typed(
      'nonsense',
      '\x03',
      'conf t\r',
      'router lisp\r',
      'no',
      '\x1a',
      'show ip route | count L\r',
      '\x04',
    );
    expect(screen).toContain('nonsense^C\n');
    expect(screen).not.toContain('% Invalid');
    expect(screen).toContain('lisp1(config-router-lisp)#no^Z\n');
    expect(screen).toMatch(/lisp1#show ip route \| count L\nNumber of lines/);
  });

  it('text pasted into the middle of a line stays there', async () => {
    const screen = await typed('show  route', '\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D', 'ip', '\r', '\x04');
    expect(screen).toContain('lisp1#show ip route\n');
    expect(screen).not.toContain('% Invalid');
  });

  it('pasted tabs are blanks: they list and complete nothing', async () => {
    const screen = await typed('show \t\tclock | count 1\r', '\x04');
    expect(screen).not.toContain('running-config');
    expect(screen).toContain('Number of lines which match regexp');
  });

  it('the help fits 80 columns', async () => {
    const screen = await typed('help\r', '\x04');
    const [, help = ''] = screen.split('Lab commands:');
    expect(help.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('several lines pasted at once are entered in their order', async () => {
    const screen = await typed('conf t\rhostname edge\rend\rshow run | include hostname\r', '\x04');
    expect(screen).toContain('\nhostname edge\n');
    expect(screen).toContain('edge#');
  });

  it('Ctrl-C stops time on its way, and the lab stands there', async () => {
    const screen = await typed('run 100000h\r', '\x03', 'time\r', '\x04');
    expect(screen).toMatch(/\^C\n% Stopped on the way: (time \S+, event \d+)\n[^]*lisp1#time\n\1\n/);
  });

  it('exit leaves', async () => {
    expect(await typed('exit\r', 'show ip route\r')).not.toContain('Gateway');
  });
});
