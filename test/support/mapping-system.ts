// A Map-Server or Map-Resolver with its store, wired as a router wires them.
import type { Micros } from '../../src/base/time.ts';
import type { Machine, RoleInput, RoleOutput } from '../../src/roles/machine.ts';
import { MemoryStore } from '../../src/mapping/memory-store.ts';
import type { Site } from '../../src/mapping/site.ts';

export interface WithStoreState<State> {
  readonly role: State;
  readonly store: unknown;
}

type AnyRole<State> = Machine<RoleInput, RoleOutput, State>;

/** Carries store operations to a store and its events back; `store` outputs stay visible to the test. */
export class WithStore<
  State,
  Role extends Machine<RoleInput, RoleOutput, State> = AnyRole<State>,
> implements Machine<RoleInput, RoleOutput, WithStoreState<State>> {
  readonly store = new MemoryStore();
  readonly role: Role;
  /** False: operations stay queued, as in a store that is slow to commit. */
  commits = true;

  constructor(sites: readonly Site[], make: (store: MemoryStore) => Role) {
    this.store.setSites(sites);
    this.role = make(this.store);
  }

  handle(now: Micros, input: RoleInput, out: RoleOutput[]): void {
    this.store.advance(now);
    this.#carryEvents(now, out);
    const own: RoleOutput[] = [];
    this.role.handle(now, input, own);
    out.push(...own);
    for (const output of own) if (output.kind === 'store') this.store.apply(output.op);
    this.#carryEvents(now, out);
  }

  nextDeadline(): Micros {
    return Math.min(this.role.nextDeadline(), this.store.nextDeadline());
  }

  save(): WithStoreState<State> {
    return { role: this.role.save(), store: this.store.save() };
  }

  restore(state: WithStoreState<State>): void {
    this.role.restore(state.role);
    this.store.restore(state.store);
  }

  #carryEvents(now: Micros, out: RoleOutput[]): void {
    if (!this.commits) return;
    for (const event of [...this.store.events()]) this.role.handle(now, { kind: 'store-event', event }, out);
  }
}
