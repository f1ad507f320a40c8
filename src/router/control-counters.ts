import type { TraceEvent } from '../base/trace.ts';

/** Trace events that tell of a control message sent or taken, each counted under its name. */
const MESSAGES: ReadonlySet<string> = new Set([
  'map-request-sent',
  'map-reply-received',
  'map-reply-sent',
  'register-sent',
  'withdraw-sent',
  'map-notify-received',
  'map-request-passed',
  'map-request-forwarded',
  'proxy-reply',
  'negative-reply',
  'registered',
  'withdrawn',
  'map-notify-sent',
]);

/** Named counters of a router's control plane, in order of first use. Plain data underneath. */
export class ControlCounters {
  #counts = new Map<string, number>();

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** Counts what the LISP roles trace, as far as it is about messages. */
  addMessage({ event }: TraceEvent): void {
    if (MESSAGES.has(event)) this.add(event);
  }

  clear(): void {
    this.#counts.clear();
  }

  all(): ReadonlyMap<string, number> {
    return new Map(this.#counts);
  }

  save(): readonly (readonly [string, number])[] {
    return [...this.#counts];
  }

  restore(state: readonly (readonly [string, number])[]): void {
    this.#counts = new Map(state);
  }
}
