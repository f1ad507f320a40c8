/** What ran out. */
export type EngineErrorCode = 'no-room' | 'readers-busy' | 'bad-module' | 'bad-options';

/**
 * The engine cannot do what was asked: a section is full, readers hold every snapshot, or the module is not the one
 * this library was built with. Tables stay as they were last published.
 */
export class EngineError extends Error {
  readonly code: EngineErrorCode;
  /** The memory section or setting concerned. */
  readonly section: string;
  /** Units of the section: slots, bytes, pages. */
  readonly wanted: number;
  readonly have: number;

  constructor(code: EngineErrorCode, section: string, wanted: number, have: number) {
    super(`engine: ${code} in ${section}: wanted ${wanted}, have ${have}`);
    this.name = 'EngineError';
    this.code = code;
    this.section = section;
    this.wanted = wanted;
    this.have = have;
  }
}
