// Laws of every command of the program, whatever commands there are: help, examples, --json.
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concatBytes } from '../../src/base/bytes.ts';
import { createProgram } from '../../src/cli/program.ts';
import { PocketShell, readCommandLine, type Printed } from '../support/pocket-shell.ts';
import { DUMP } from '../support/write-mrt.ts';
import { report } from '../bench/example-report.ts';
import { pxtr } from './run.ts';

/** Programs that an example may show and nobody runs here: what they are given is enough. */
const READERS = /^(jq|wireshark|dot|less)$/;
/** Examples that are only read, by how they begin, and why. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'pxtr lab diff pxtr --with': 'the file behind the = is not one of the folder the examples run in',
  'pxtr lig': 'asks the real network',
  'pxtr bench --sizes': 'takes minutes; matrix.test.ts runs small ones',
  'pxtr bench --updates': 'starts a thread of the built program; main.test.ts runs that',
};
/** Files that examples read; a new example may need another one. */
const FILES: Readonly<Record<string, string | Uint8Array>> = {
  'more.yaml': '- { ping: 1, at-least: 80 }\n',
  'session.txt': 'show ip route\nping 4.4.4.4 source Loopback0\n',
  'oor.conf': 'operating-mode = xTR\nmap-resolver = { 10.0.1.1 }\n',
  'table.txt': '0.0.0.0/0 1\n192.0.2.0/24 2\n192.0.2.128/25 3\n2001:db8::/32 2\n',
  'rib.mrt': concatBytes(...DUMP),
  'before.json': JSON.stringify(report()),
  'after.json': JSON.stringify(report()),
  'setup.vpp': 'lisp enable\nlisp map-resolver add 10.0.1.1\n',
};
/** Command lines that make what the examples read. */
const CAPTURES = [
  'mkdir new',
  'cp examples/pxtr/lisp1.ios new/lisp1.ios',
  'cp -r examples/pxtr before',
  'cp -r examples/pxtr-petr after',
  'pxtr lab run pxtr --pcap before.pcapng',
  'pxtr lab run pxtr --seed 2 --pcap after.pcapng',
  'pxtr lab run pxtr --pcap run.pcapng',
];
/** Commands that exit with 1 when what they compare differs. */
const COMPARING: readonly string[] = ['pxtr diff', 'pxtr lab diff'];
/** Commands that print nothing but what they did for a person, and why. */
const WITHOUT_JSON: Readonly<Record<string, string>> = {};

const COLUMNS = 100;

interface Described {
  readonly path: string;
  readonly command: Command;
}

function freshProgram(): Command {
  const nothing = (): void => undefined;
  return createProgram({ out: nothing, err: nothing, colors: false }, { code: 0 });
}

/** The command and all below it. */
function tree(command: Command, path = command.name()): Described[] {
  const below = command.commands.flatMap((each) => tree(each, `${path} ${each.name()}`));
  return [{ path, command }, ...below];
}

const ALL = tree(freshProgram()).map(({ path, command }) => [path, command] as const);
/** Those that do something, although there are others below them. */
const ACTING = ['pxtr bench'];
const isActing = (path: string, command: Command): boolean =>
  command.commands.length === 0 || ACTING.includes(path);
const LEAVES = ALL.filter(([path, command]) => isActing(path, command));

async function helpOf(path: string): Promise<string> {
  const [, ...words] = path.split(' ');
  const { code, out, err } = await pxtr(...words, '--help');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out, 'defaults in words').not.toMatch(/\(default: (\[\])?\)/);
  return out;
}

/** The lines below "Example:" or "Examples:". */
async function examplesOf(path: string): Promise<string[]> {
  const lines = (await helpOf(path)).trimEnd().split('\n');
  const heading = lines.findLastIndex((line) => /^Examples?:$/.test(line));
  expect(heading, 'a heading "Example:"').toBeGreaterThan(0);
  return lines.slice(heading + 1).map((line) => {
    expect(line).toMatch(/^ {2}\S/);
    return line.trim();
  });
}

/** The arguments of each `pxtr` in a line. */
function callsIn(line: string): string[][] {
  const simple = readCommandLine(line).flat();
  return simple.filter(({ words }) => words[0] === 'pxtr').map(({ words }) => words.slice(1));
}

/** The path of the command that would run; throws what commander says of the arguments. */
async function parse(args: readonly string[]): Promise<string> {
  const program = freshProgram();
  let reached = '';
  for (const { path, command } of tree(program)) {
    if (isActing(path, command)) command.action(() => void (reached = path));
  }
  await program.parseAsync([...args], { from: 'user' });
  return reached;
}

/** The line without the programs that only look at what pxtr prints; undefined when it is not to be run. */
function runnable(line: string): string | undefined {
  if (Object.keys(NOT_RUN).some((start) => line.startsWith(start))) return undefined;
  const [first, ...rest] = line.split(/ \| /);
  return [first!, ...rest.filter((part) => !READERS.test(part.split(' ')[0]!))].join(' | ');
}

/** What is added to a line that begins so when it is run: whatever the options of a run, it is the same program. */
const SHORTER: Readonly<Record<string, string>> = {
  'pxtr bench --table': ' --rounds 1 --milliseconds 1 --sample 100',
  'pxtr lab sweep failover': ' --only link:mapserver-isp1',
};

let shell: PocketShell;
const done = new Map<string, Promise<Printed>>();

/** Runs a line, once for all laws that ask for it. */
function runOnce(line: string): Promise<Printed> {
  const start = Object.keys(SHORTER).find((each) => line.startsWith(each));
  const running = done.get(line) ?? shell.run(start === undefined ? line : line + SHORTER[start]!);
  done.set(line, running);
  return running;
}

beforeAll(async () => {
  shell = new PocketShell();
  for (const [name, text] of Object.entries(FILES)) shell.write(name, text);
  for (const line of CAPTURES) await shell.run(line);
});
afterAll(() => shell.close());

describe('--help', () => {
  it.each(ALL)('%s says what it is, and so does each argument and option', async (path, command) => {
    const help = await helpOf(path);
    expect(command.description()).not.toBe('');
    const parts = [
      ...command.registeredArguments.map((argument) => [argument.name(), argument.description]),
      ...command.options.map((option) => [option.flags, option.description]),
      ...command.commands.map((below) => [below.name(), below.description()]),
    ] as const;
    for (const [name, said] of parts) {
      expect(said, `${path} ${name}`).not.toBe('');
      expect(help).toContain(name);
    }
  });

  it.each(ALL)('%s fits in 100 columns', async (path) => {
    const long = (await helpOf(path)).split('\n').filter((line) => line.length > COLUMNS);
    expect(long).toEqual([]);
  });

  it.each(ALL)('%s has examples that the program understands, one of the command itself', async (path) => {
    const examples = await examplesOf(path);
    const reached: string[] = [];
    for (const example of examples) {
      const calls = callsIn(example);
      expect(calls.length, `${example} calls pxtr`).toBeGreaterThan(0);
      for (const call of calls) reached.push(await parse(call));
    }
    expect(reached).not.toContain('');
    expect(reached.some((each) => `${each} `.startsWith(`${path} `))).toBe(true);
  });

  it('an example with an unknown command, option or value would be found', async () => {
    await expect(parse(['lab', 'walk'])).rejects.toThrow();
    await expect(parse(['lab', 'run', 'pxtr', '--jsn'])).rejects.toThrow('--jsn');
    await expect(parse(['lab', 'run', 'pxtr', '--until', 'soon'])).rejects.toThrow('soon');
    await expect(parse(['explain', 'pxtr'])).rejects.toThrow('--from');
    expect(await parse(['lab', 'run', 'pxtr', '--until', '5s'])).toBe('pxtr lab run');
  });

  it.each(ALL)('the examples of %s run', { timeout: 60_000 }, async (path) => {
    for (const example of await examplesOf(path)) {
      const line = runnable(example);
      if (line === undefined) continue;
      const { code, err } = await runOnce(line);
      const isWell = code === 0 || (code === 1 && COMPARING.includes(path));
      expect({ isWell, err: isWell ? '' : err }, example).toEqual({ isWell: true, err: '' });
    }
  });
});

describe('--json', () => {
  const PRINTING = LEAVES.filter(([path]) => WITHOUT_JSON[path] === undefined);

  it.each(PRINTING)('%s has it', (_, command) => {
    expect(command.options.map(({ long }) => long)).toContain('--json');
  });

  it.each(PRINTING)(
    '%s prints one document, or one per line where it says so',
    { timeout: 60_000 },
    async (path, command) => {
      const perLine = command.options.find(({ long }) => long === '--json')?.description.includes('per line');
      let documents = 0;
      for (const example of await examplesOf(path)) {
        const line = runnable(example);
        if (line === undefined || !endsInPxtr(line) || / --(out|dot|mermaid|svg|step)\b/.test(line)) continue;
        const parts = line.split(' && ');
        const last = parts.pop()!;
        for (const part of parts) await shell.run(part);
        const { out } = await runOnce(last.includes('--json') ? last : `${last} --json`);
        const texts = perLine === true ? out.split('\n').filter((text) => text !== '') : [out];
        for (const text of texts) {
          expect(() => JSON.parse(text) as unknown, `${line}: ${text.slice(0, 200)}`).not.toThrow();
          documents++;
        }
      }
      const isRun =
        Object.keys(NOT_RUN).every((start) => !path.startsWith(start)) && path !== 'pxtr lab graph';
      if (isRun) expect(documents).toBeGreaterThan(0);
    },
  );

  it('lab list gives names, titles and folders', async () => {
    const { out } = await pxtr('lab', 'list', '--json');
    const scenarios = JSON.parse(out) as { name: string; title: string; folder: string }[];
    expect(scenarios.map(({ name }) => name)).toContain('two-sites');
    for (const { name, title, folder } of scenarios) {
      expect(title).not.toBe('');
      expect(folder.endsWith(name)).toBe(true);
    }
  });
});

/** An option at the end of the line reaches a command of ours, and what that prints is to be seen. */
function endsInPxtr(line: string): boolean {
  const { words, output } = readCommandLine(line).at(-1)!.at(-1)!;
  return words[0] === 'pxtr' && output === undefined;
}
