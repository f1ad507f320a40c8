/** Builds bench/native and talks to its harness. */
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  askCommand,
  parseAnswer,
  parseDigest,
  parseList,
  parsePackets,
  parseRound,
  roundCommand,
  type NativeContender,
  type NativeDigest,
  type NativePacket,
  type NativeRound,
  type NativeSkip,
  type PassOptions,
} from './native-protocol.ts';

/** build.sh says so with its exit code: something that it needs is not installed. */
const EXIT_ABSENT = 3;

/** What build.sh leaves. */
export interface NativePrograms {
  readonly gen: string;
  readonly harness: string;
}

/** The checkout, seen from bench/ or from dist/bench/. */
export function checkoutFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'bench/native/build.sh'))) folder = dirname(folder);
  return folder;
}

/** Builds what is not built. Returns why that cannot be where a tool is absent; throws when the build fails. */
export function buildNative(env: NodeJS.ProcessEnv = process.env): NativePrograms | NativeSkip {
  const root = checkoutFolder();
  const out = join(root, 'build/native');
  const built = spawnSync(join(root, 'bench/native/build.sh'), [out], { env, encoding: 'utf8' });
  if (built.status === EXIT_ABSENT) return { skipped: built.stderr.trim() };
  if (built.error !== undefined) return { skipped: `native: ${built.error.message}` };
  if (built.status !== 0) throw new Error(`bench/native/build.sh failed:\n${built.stderr}`);
  return { gen: join(out, 'gen'), harness: join(out, 'harness') };
}

/** A running harness. One command at a time is in its hands; the others wait. */
export class NativeHarness {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: { readonly resolve: (line: string) => void; readonly reject: (why: Error) => void }[] =
    [];
  #complaints = '';
  #ended: Error | undefined;

  /** `megabytes`: room for its tables. */
  constructor(program: string, megabytes = 6144) {
    this.#child = spawn(program, ['--megabytes', String(megabytes)]);
    this.#child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      this.#complaints = (this.#complaints + chunk).slice(-2000);
    });
    // A command to a harness that is gone is answered by `#end`.
    this.#child.stdin.on('error', () => undefined);
    this.#child.on('error', (error) => this.#end(error));
    this.#child.on('close', (code, signal) => {
      this.#end(new Error(`native: the harness ended (${signal ?? code}): ${this.#complaints.trim()}`));
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#waiting.shift()?.resolve(line));
  }

  /** Reads routes; traces are read as they are used. Returns the largest next hop. */
  async load(folder: string): Promise<{ routes4: number; routes6: number; nextHops: number }> {
    const answer = parseAnswer(await this.#ask(`load ${folder}`));
    const field = (name: string): number => Number(answer[name]);
    return { routes4: field('routes4'), routes6: field('routes6'), nextHops: field('nextHops') };
  }

  async list(): Promise<readonly NativeContender[]> {
    return parseList(await this.#ask('list'));
  }

  /** A timed pass over `keys` keys, 0 for all of the trace. */
  async round(
    contender: string,
    trace: string,
    batch: number,
    keys: number,
    options?: PassOptions,
  ): Promise<NativeRound | NativeSkip> {
    return parseRound(await this.#ask(roundCommand(contender, trace, batch, keys, options)));
  }

  async check(
    contender: string,
    trace: string,
    keys: number,
    options?: PassOptions,
  ): Promise<NativeDigest | NativeSkip> {
    return parseDigest(await this.#ask(askCommand('check', contender, trace, keys, options)));
  }

  async show(
    contender: string,
    trace: string,
    packets: number,
    options?: PassOptions,
  ): Promise<readonly NativePacket[] | NativeSkip> {
    return parsePackets(await this.#ask(askCommand('show', contender, trace, packets, options)));
  }

  close(): void {
    this.#child.stdin.end();
  }

  #ask(command: string): Promise<string> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(command + '\n');
    });
  }

  #end(why: Error): void {
    this.#ended = why;
    for (const { reject } of this.#waiting.splice(0)) reject(why);
  }
}
