// Command lines as documentation shows them, carried out in a folder of their own: `pxtr` in this process, a few
// other programs as they are. Pipes, `&&`, `<`, `>` and quotes; nothing else of a shell.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { findTool } from './tools.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** One program of a pipeline. */
export interface Simple {
  readonly words: readonly string[];
  /** A file it reads from, `<`. */
  readonly input?: string;
  /** A file it writes to, `>`. */
  readonly output?: string;
}

/** Programs that hand their output on with `|`. */
export type Pipeline = readonly Simple[];

/** Pipelines with `&&` between them. A `#` that begins a word ends the line. @throws on what it does not know. */
export function readCommandLine(text: string): Pipeline[] {
  const lists: { words: string[]; input?: string; output?: string }[][] = [[{ words: [] }]];
  const tokens = text.matchAll(/\s*(?:(&&|[|<>])|#.*$|((?:"[^"]*"|'[^']*'|[^\s|<>&"'])+)|(\S))/gy);
  let into: 'input' | 'output' | undefined;
  for (const [, sign, word, odd] of tokens) {
    if (odd !== undefined) throw new Error(`not understood: ${odd} in ${text}`);
    const simple = lists.at(-1)!.at(-1)!;
    if (sign === '&&') lists.push([{ words: [] }]);
    else if (sign === '|') lists.at(-1)!.push({ words: [] });
    else if (sign !== undefined) into = sign === '<' ? 'input' : 'output';
    else if (word !== undefined) {
      const bare = word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2');
      if (into === undefined) simple.words.push(bare);
      else simple[into] = bare;
      into = undefined;
    }
  }
  return lists;
}

export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Both, as they come on a terminal. */
  readonly screen: string;
}

/** Programs beside pxtr that a line may use. */
const PROGRAMS = new Set(['cat', 'cp', 'echo', 'grep', 'head', 'mkdir', 'sed', 'tshark']);
/** Words that name a file even when there is none yet. */
const FILE_NAME =
  /^\.\/|\.(pcapng|pcap|txt|json|jsonl|dot|svg|html|csv|ios|cfg|conf|vpp|ya?ml|md|hex|bin)(#[0-9]+)?$/;

/** A folder, with examples/ of this repository in it. `close` removes it. */
export class PocketShell {
  readonly folder = mkdtempSync(join(tmpdir(), 'pxtr-docs-'));

  constructor() {
    symlinkSync(join(ROOT, 'examples'), join(this.folder, 'examples'));
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What a word is outside the folder: files get their whole path. */
  path(word: string): string {
    const isFile = FILE_NAME.test(word) || (word !== '' && existsSync(join(this.folder, word)));
    return isFile && !word.startsWith('/') ? join(this.folder, word) : word;
  }

  write(name: string, text: string | Uint8Array): void {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  /** Carries out one line. */
  async run(text: string): Promise<Printed> {
    let [code, out, err, screen] = [0, '', '', ''];
    for (const pipeline of readCommandLine(text)) {
      const done = await this.#pipe(pipeline);
      code = done.code;
      out += done.out;
      err += done.err;
      screen += done.screen;
      if (code !== 0) break;
    }
    return { code, out: this.#local(out), err: this.#local(err), screen: this.#local(screen) };
  }

  async #pipe(pipeline: Pipeline): Promise<Printed> {
    let [code, passed, err, screen] = [0, '', '', ''];
    for (const [i, { words, input, output }] of pipeline.entries()) {
      if (input !== undefined) passed = readFileSync(this.path(input), 'utf8');
      const done = await this.#start(words, passed);
      code = done.code;
      err += done.err;
      screen += i === pipeline.length - 1 && output === undefined ? done.screen : done.err;
      passed = output === undefined ? done.out : '';
      if (output !== undefined) writeFileSync(join(this.folder, output), done.out);
    }
    return { code, out: passed, err, screen };
  }

  async #start([program = '', ...args]: readonly string[], input: string): Promise<Printed> {
    if (program === 'pxtr') {
      return runPxtr(
        args.map((word) => this.path(word)),
        input,
      );
    }
    if (!PROGRAMS.has(program)) throw new Error(`${program} is none of: pxtr, ${[...PROGRAMS].join(', ')}`);
    const found = program === 'tshark' ? findTool('tshark') : program;
    const done = spawnSync(found ?? program, args, { cwd: this.folder, input, encoding: 'utf8' });
    if (done.error !== undefined) throw done.error;
    const { stdout: out, stderr: err } = done;
    return { code: done.status ?? 1, out, err, screen: out + err };
  }

  #local(text: string): string {
    return text.replaceAll(`${this.folder}/`, '').replaceAll(this.folder, '.');
  }
}

/** In this process; what a command writes past its `CliIo` counts as well. */
async function runPxtr(args: readonly string[], input: string): Promise<Printed> {
  const printed = { out: '', err: '', screen: '' };
  const take =
    (stream: 'out' | 'err') =>
    (chunk: string | Uint8Array): true => {
      const text = typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk);
      printed[stream] += text;
      printed.screen += text;
      return true;
    };
  const before = process.exitCode;
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(take('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(take('err')),
  ];
  try {
    process.exitCode = 0;
    const io = { out: take('out'), err: take('err'), colors: false, input: Readable.from([input]) };
    const code = await runCli(args, io);
    return { ...printed, code: code === 0 ? exitCodeSet() : code };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}

/** A command may set it instead of returning a code. */
function exitCodeSet(): number {
  return Number(process.exitCode ?? 0);
}
