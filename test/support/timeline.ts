// Scripted timelines for sans-IO machines: at t, an input -> its outputs; deadlines in between are ticked.
import { expect } from 'vitest';
import type { Micros } from '../../src/base/time.ts';
import type { Machine } from '../../src/roles/machine.ts';

/** One call of `handle` and what came of it. */
export interface Moment<In, Out> {
  readonly time: Micros;
  readonly input: In;
  readonly outputs: readonly Out[];
  /** Of the machine, afterwards. */
  readonly deadline: Micros;
}

/** Drives one machine and remembers every call, so that the run can be repeated in pieces. */
export class Timeline<In, Out, State> {
  readonly machine: Machine<In, Out, State>;
  readonly moments: Moment<In, Out>[] = [];
  readonly #tick: In;

  constructor(machine: Machine<In, Out, State>, tick: In) {
    this.machine = machine;
    this.#tick = tick;
  }

  /** The time of the last call. */
  get now(): Micros {
    return this.moments.at(-1)?.time ?? 0;
  }

  /** Ticks whatever is due before `time`, then gives the input; returns the outputs of the input alone. */
  at(time: Micros, input: In): readonly Out[] {
    this.#pass(time, false);
    return this.#call(time, input);
  }

  /** Ticks every deadline up to and including `time`; returns their outputs. */
  until(time: Micros): readonly Out[] {
    const from = this.moments.length;
    this.#pass(time, true);
    return this.moments.slice(from).flatMap(({ outputs }) => outputs);
  }

  /** Times of ticks and inputs that gave an output for which `matches` holds, one entry per output. */
  timesOf(matches: (output: Out) => boolean): Micros[] {
    return this.moments.flatMap(({ time, outputs }) => outputs.filter(matches).map(() => time));
  }

  #pass(time: Micros, inclusive: boolean): void {
    for (;;) {
      const deadline = this.machine.nextDeadline();
      if (inclusive ? deadline > time : deadline >= time) return;
      this.#call(deadline, this.#tick);
      // A tick at a deadline must do its work, or the machine would be ticked for ever.
      expect(this.machine.nextDeadline(), `deadline after a tick at ${deadline}`).toBeGreaterThan(deadline);
    }
  }

  #call(time: Micros, input: In): readonly Out[] {
    expect(time, 'time moves forward').toBeGreaterThanOrEqual(this.now);
    const outputs: Out[] = [];
    this.machine.handle(time, input, outputs);
    this.moments.push({ time, input, outputs, deadline: this.machine.nextDeadline() });
    return outputs;
  }
}

/**
 * Repeats a timeline in two pieces, cut at every step: a machine restored from the clone of a saved state must give
 * the outputs and deadlines of the uninterrupted one.
 */
export function expectSplitsInvisible<In, Out, State>(
  make: () => Machine<In, Out, State>,
  moments: readonly Moment<In, Out>[],
): void {
  for (let cut = 0; cut <= moments.length; cut++) {
    const before = make();
    replay(before, moments.slice(0, cut), `before the cut at ${cut}`);
    const saved = before.save();
    const state = structuredClone(saved);
    const after = make();
    after.restore(state);
    replay(before, moments.slice(cut), `uncut at ${cut}`);
    expect(structuredClone(saved), `a saved state changed after ${cut}`).toEqual(state);
    expect(structuredClone(after.save()), `state after restoring at ${cut}`).toEqual(state);
    replay(after, moments.slice(cut), `after the cut at ${cut}`);
  }
}

function replay<In, Out, State>(
  machine: Machine<In, Out, State>,
  moments: readonly Moment<In, Out>[],
  where: string,
): void {
  for (const { time, input, outputs, deadline } of moments) {
    const again: Out[] = [];
    machine.handle(time, input, again);
    expect(again, `outputs ${where}, at ${time}`).toEqual(outputs);
    expect(machine.nextDeadline(), `deadline ${where}, at ${time}`).toBe(deadline);
  }
}
