/**
 * 'no-room': a section is full. 'readers-busy': readers hold every snapshot. 'bad-module': not the module of this
 * version, or of another kind of memory. 'bad-options': a capacity, kind or argument that cannot be had. 'bad-value': a
 * table does not hold this value.
 */
export type EngineErrorCode = 'no-room' | 'readers-busy' | 'bad-module' | 'bad-options' | 'bad-value';

/**
 * The engine cannot do what was asked: a section is full, readers hold every snapshot, or the module is not the one
 * this library was built with; or it was told what no table holds. Tables stay as they were last published.
 */
export class EngineError extends Error {
  readonly code: EngineErrorCode;
  /** The memory section, setting or field concerned. */
  readonly section: string;
  /** What was asked for, in units of the section: slots, bytes, pages; or the bad value, NaN for one that is no number. */
  readonly wanted: number;
  /** What there is, in the same units; or the largest value. */
  readonly have: number;

  /** `hint` takes the place of the numbers in the message, where they would say nothing. */
  constructor(code: EngineErrorCode, section: string, wanted: number, have: number, hint?: string) {
    super(`engine: ${code} in ${section}: ${hint ?? `wanted ${wanted}, have ${have}`}`);
    this.name = 'EngineError';
    this.code = code;
    this.section = section;
    this.wanted = wanted;
    this.have = have;
  }
}

/** An option or argument that cannot be had; `hint` says what can. */
export function badOption(name: string, hint: string): EngineError {
  return new EngineError('bad-options', name, 1, 0, hint);
}
