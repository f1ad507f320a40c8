/** How far long work is, on one line of standard error that is written over; for people only. */
import type { CliIo } from './io.ts';

/** Back to the start of the line, and the line empty (ECMA-48: EL). */
const CLEAR_LINE = '\r\u001b[K';
const EVERY_MS = 100;
/** Before that nobody can say how long it will take. */
const GUESS_AFTER_MS = 500;

export class Progress {
  readonly #io: CliIo;
  #start = performance.now();
  #last = -Infinity;
  #isShown = false;

  constructor(io: CliIo) {
    this.#io = io;
  }

  /** A part of the work begins: what is left is guessed from its own speed. */
  begin(text: string): void {
    this.#start = performance.now();
    this.#last = -Infinity;
    this.tell(text);
  }

  /** Done so much of `total`, which may be unknown. Cheap: most calls print nothing. */
  tell(text: string, done?: number, total?: number): void {
    if (this.#io.isWatched !== true) return;
    const now = performance.now();
    if (now - this.#last < EVERY_MS) return;
    this.#last = now;
    this.#isShown = true;
    this.#io.err(`${CLEAR_LINE}${text}${share(now - this.#start, done, total)}`);
  }

  /** The line is empty again: other output follows. */
  end(): void {
    if (this.#isShown) this.#io.err(CLEAR_LINE);
    this.#isShown = false;
  }
}

/** `, 40 %, 3 s left`. */
export function share(elapsedMs: number, done?: number, total?: number): string {
  if (done === undefined || total === undefined || total === 0) return '';
  const percent = `, ${Math.floor((100 * done) / total)} %`;
  if (done === 0 || elapsedMs < GUESS_AFTER_MS) return percent;
  return `${percent}, ${Math.ceil((elapsedMs * (total - done)) / done / 1000)} s left`;
}
