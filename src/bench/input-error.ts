/** What was asked for cannot be measured, and that is known before anything is. */
export class InputError extends Error {
  /** What to do instead. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}
