import { err, ok, type Result } from '../base/result.ts';
import type { RouterOptions } from '../router/options.ts';
import { optionsOf } from './apply.ts';
import type { Findings } from './args.ts';
import { checkDraft } from './check.ts';
import { placeOfEnd, type ConfigError, type Remark } from './config-error.ts';
import { DEFAULT_HOSTNAME, draftOf } from './draft.ts';
import { lexText } from './lexer.ts';
import { LineReader } from './line-reader.ts';
import { warningsOf } from './warn.ts';

/** What a configuration says, and what may be doubtful in it. */
export interface ParsedConfig {
  readonly options: RouterOptions;
  /** How lines were taken that say more or less than they seem to: prefixes normalised, lines passed over. */
  readonly notices: readonly Remark[];
  /** What is allowed but probably not meant. */
  readonly warnings: readonly Remark[];
}

/** How to read a text. */
export interface ParseSettings {
  /** Named in the errors. */
  readonly file?: string;
  /** What the lines change; default: an empty configuration. */
  readonly base?: RouterOptions;
}

const EMPTY: RouterOptions = { hostname: DEFAULT_HOSTNAME, interfaces: [], staticRoutes: [] };

/** Reads a configuration, or lines that change one. Every error of the text is reported. Never throws. */
export function parseConfig(text: string, settings: ParseSettings = {}): Result<ParsedConfig, ConfigError[]> {
  const draft = draftOf(settings.base ?? EMPTY);
  const findings: Findings = { errors: [], notices: [], warnings: [] };
  const lines = lexText(text);
  const reader = new LineReader(draft, findings);
  for (const line of lines) reader.read(line);
  reader.finish();
  const lastLine = lines.findLast(({ tokens }) => tokens.length > 0);
  const last = placeOfEnd(lastLine ?? { number: 1, text: '', tokens: [] });
  const semantic = checkDraft(draft, findings.errors.length === 0, last);
  const errors = [...findings.errors, ...semantic]
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .map((error) => (settings.file === undefined ? error : { ...error, file: settings.file }));
  if (errors.length > 0) return err(errors);
  const warnings = [...findings.warnings, ...warningsOf(draft, last)].sort((a, b) => a.line - b.line);
  return ok({ options: optionsOf(draft), notices: findings.notices, warnings });
}
