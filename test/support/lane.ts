/** What long lanes share: counts as people write them, progress with a time of arrival, results as JSON. */
import { performance } from 'node:perf_hooks';
import { writeOutput } from '../../src/cli/write-output.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9 };
const TERMINAL_MS = 1000;
const FILE_MS = 60_000;

/** 1500, 20k, 100M, 1.5G. Throws on anything else. */
export function count(option: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)([kKMG]?)$/.exec(text);
  const value = match === null ? NaN : Number(match[1]) * UNITS[match[2]!]!;
  if (!Number.isInteger(value) || value <= 0)
    throw new Error(`--${option} takes a positive number such as 5000, 20k or 100M, not ${text}`);
  return value;
}

/** As `count`, or 0. */
export function countOrZero(option: string, text: string): number {
  return text === '0' ? 0 : count(option, text);
}

export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h} h ${m} min` : m > 0 ? `${m} min ${s} s` : `${s} s`;
}

/** A line on stderr that overwrites itself; a line a minute when that is no terminal. */
export class Progress {
  readonly #name: string;
  readonly #unit: string;
  readonly #goal: number;
  readonly #first: number;
  readonly #start = performance.now();
  #shown = performance.now();

  constructor(name: string, unit: string, goal: number, done = 0) {
    this.#name = name;
    this.#unit = unit;
    this.#goal = goal;
    this.#first = done;
  }

  seconds(): number {
    return (performance.now() - this.#start) / 1000;
  }

  show(done: number, detail: string): void {
    const isTerminal = process.stderr.isTTY;
    const now = performance.now();
    if (now - this.#shown < (isTerminal ? TERMINAL_MS : FILE_MS)) return;
    this.#shown = now;
    const rate = (done - this.#first) / this.seconds();
    const parts = [
      `${(done / 1e6).toFixed(1)} of ${this.#goal / 1e6} M ${this.#unit}`,
      `${Math.round(rate).toLocaleString('en')}/s`,
      `${durationText((this.#goal - done) / rate)} left`,
      detail,
    ];
    const line = `${this.#name}: ${parts.join(', ')}`;
    process.stderr.write(isTerminal ? `\r\x1b[K${line}` : `${line}\n`);
  }

  /** A line that stays. */
  say(text: string): void {
    this.end();
    process.stderr.write(`${this.#name}: ${text}\n`);
  }

  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }
}

/** @throws CliError */
export function writeJson(file: string, value: unknown): void {
  writeOutput(file, JSON.stringify(value, undefined, 2) + '\n');
}
