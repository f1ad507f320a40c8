// Command lines as documentation shows them, carried out in a folder of their own: `pxtr` in this process, a few
// other programs as they are. Pipes, `&&`, `<`, `>` and quotes; nothing else of a shell.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
}

/** Programs beside pxtr that a line may use. */
const PROGRAMS = new Set(['cat', 'cp', 'echo', 'grep', 'head', 'mkdir', 'sed', 'tshark']);
/** Words that name a file even when there is none yet. */
const FILE_NAME = /^\.\/|\.(pcapng|pcap|txt|json|jsonl|dot|svg|html|csv|ios|cfg|ya?ml|md|hex|bin)$/;

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

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** Carries out one line. */
  async run(text: string): Promise<Printed> {
    const all = { code: 0, out: '', err: '' };
    for (const pipeline of readCommandLine(text)) {
      const { code, out, err } = await this.#pipe(pipeline);
      all.out += out;
      all.err += err;
      all.code = code;
      if (code !== 0) break;
    }
    return { code: all.code, out: this.#local(all.out), err: this.#local(all.err) };
  }

  async #pipe(pipeline: Pipeline): Promise<Printed> {
    let passed = '';
    let err = '';
    let code = 0;
    for (const { words, input, output } of pipeline) {
      if (input !== undefined) passed = readFileSync(this.path(input), 'utf8');
      const done = await this.#start(words, passed);
      code = done.code;
      err += done.err;
      passed = done.out;
      if (output !== undefined) writeFileSync(join(this.folder, output), passed);
      if (output !== undefined) passed = '';
    }
    return { code, out: passed, err };
  }

  async #start([program = '', ...args]: readonly string[], input: string): Promise<Printed> {
    if (program === 'pxtr') {
      return runPxtr(
        args.map((word) => this.path(word)),
        input,
      );
    }
    if (program === 'npm') return this.#npm(args, input);
    if (!PROGRAMS.has(program)) throw new Error(`${program} is none of: pxtr, ${[...PROGRAMS].join(', ')}`);
    const found = program === 'tshark' ? findTool('tshark') : program;
    const done = spawnSync(found ?? program, args, { cwd: this.folder, input, encoding: 'utf8' });
    if (done.error !== undefined) throw done.error;
    return { code: done.status ?? 1, out: done.stdout, err: done.stderr };
  }

  /** `npm start` and `npm run lab -- two-sites`, when package.json has them run the program. */
  #npm(args: readonly string[], input: string): Promise<Printed> {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const [name = '', ...rest] = args[0] === 'run' ? args.slice(1) : args;
    const [, line] = /^node dist\/src\/cli\/main\.js (.*)$/.exec(scripts[name] ?? '') ?? [];
    if (line === undefined) throw new Error(`npm ${args.join(' ')} does not run the program`);
    return this.#start(['pxtr', ...line.split(' '), ...rest.filter((word) => word !== '--')], input);
  }

  #local(text: string): string {
    return text.replaceAll(`${this.folder}/`, '').replaceAll(this.folder, '.');
  }
}

/** In this process; what a command writes past its `CliIo` counts as well. */
async function runPxtr(args: readonly string[], input: string): Promise<Printed> {
  let out = '';
  let err = '';
  const before = process.exitCode;
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => ((out += textOf(chunk)), true)),
    vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => ((err += textOf(chunk)), true)),
  ];
  try {
    process.exitCode = 0;
    const code = await runCli(args, {
      out: (chunk) => (out += textOf(chunk)),
      err: (text) => (err += text),
      colors: false,
      input: Readable.from([input]),
    });
    return { code: code === 0 ? exitCodeSet() : code, out, err };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}

/** A command may set it instead of returning a code. */
function exitCodeSet(): number {
  return Number(process.exitCode ?? 0);
}

function textOf(chunk: string | Uint8Array): string {
  return typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk);
}
