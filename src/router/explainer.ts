import type { InjectOptions } from '../engine/data-plane.ts';
import { Model } from '../engine/model.ts';
import type { Explanation } from '../engine/phases.ts';
import type { ForwardingProgram } from './forwarding-program.ts';

/** Says what the data plane would do with a packet and why, by a Model with the same tables. */
export class Explainer {
  readonly #program: ForwardingProgram;
  #model: Model | undefined;
  /** Of the program that the model was told. */
  #version = 0;

  constructor(program: ForwardingProgram) {
    this.#program = program;
  }

  /** Counts nothing and changes nothing. The tables are told again only when they changed. */
  explain(packet: Uint8Array, options: InjectOptions): Explanation {
    if (this.#model === undefined || this.#version !== this.#program.version) {
      this.#model = new Model();
      this.#program.replay(this.#model);
      this.#version = this.#program.version;
    }
    return this.#model.explain(packet, options);
  }
}
