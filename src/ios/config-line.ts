/** Configuration typed line by line at a console. */
import type { Findings } from './args.ts';
import type { ConfigError, Remark } from './config-error.ts';
import type { Draft } from './draft.ts';
import { MODES, type Mode } from './grammar.ts';
import { lexLine } from './lexer.ts';
import { LineReader } from './line-reader.ts';

/** Where a console stands in configuration mode. Plain data, never changed in place. */
export interface ConfigState {
  /** The running configuration as it was entered. */
  readonly draft: Draft;
  /** The lines that opened the modes below global, outermost first, and one whose block is being passed over. */
  readonly path: readonly string[];
}

export interface ConfigLineOutcome {
  readonly state: ConfigState;
  /** `end`, or `exit` in global mode: back to exec mode. */
  readonly left: boolean;
  readonly errors: readonly ConfigError[];
  readonly notices: readonly Remark[];
  readonly warnings: readonly Remark[];
}

/**
 * Reads one line in the mode that `state.path` leads to. A mistake is in `errors` and changes nothing. Whether the
 * whole makes sense is not asked: at a console half of it is still to come (`optionsOf` leaves out what cannot
 * stand, `checkDraft` and `warningsOf` say what is amiss).
 */
export function enterConfigLine(state: ConfigState, text: string): ConfigLineOutcome {
  const draft = withoutPlaces(structuredClone(state.draft));
  const findings: Findings = { errors: [], notices: [], warnings: [] };
  const reader = openModes(draft, state.path, findings);
  const outcome = reader.read(lexLine(text, 1));
  const { errors, notices, warnings } = findings;
  if (errors.length > 0) return { state, left: false, errors, notices, warnings };
  const path = reader.path.map((opener) => opener.text);
  return {
    state: { draft: withoutPlaces(draft), path },
    left: outcome === 'left',
    errors,
    notices,
    warnings,
  };
}

/** The innermost mode that a path leads to. */
export function modeOf({ draft, path }: ConfigState): Mode {
  return openModes(structuredClone(draft), path, { errors: [], notices: [], warnings: [] }).mode;
}

/** `(config-router-lisp)` */
export function promptOf(state: ConfigState): string {
  return MODES[modeOf(state)].prompt;
}

function openModes(draft: Draft, path: readonly string[], findings: Findings): LineReader {
  const reader = new LineReader(draft, findings);
  for (const opener of path) reader.read(lexLine(opener, 1));
  // What opening said, it said when the line was typed.
  findings.errors.length = findings.notices.length = findings.warnings.length = 0;
  withoutPlaces(draft);
  return reader;
}

/** Forgets where parts were entered, in place: line numbers mean nothing at a console. */
function withoutPlaces(draft: Draft): Draft {
  forget(draft);
  return draft;
}

function forget(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  delete (value as { at?: unknown }).at;
  for (const field of Object.values(value)) forget(field);
}
