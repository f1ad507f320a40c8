/** Router configurations of a lab, read with the same parser as everywhere; its errors become errors of the lab. */
import { err, ok, type Result } from '../base/result.ts';
import type { ConfigError, Remark } from '../ios/config-error.ts';
import { parseConfig } from '../ios/parse.ts';
import type { RouterOptions } from '../router/options.ts';
import type { LabWarning } from './lab-warning.ts';
import type { LabError } from './lab-yaml.ts';

/** A configuration, and what is doubtful in it. */
export interface ReadConfiguration {
  readonly options: RouterOptions;
  readonly warnings: readonly LabWarning[];
}

/** Reads a configuration, or lines that change `base`. */
export function readConfiguration(
  file: string,
  text: string,
  base?: RouterOptions,
): Result<ReadConfiguration, readonly LabError[]> {
  const parsed = parseConfig(text, { file, ...(base === undefined ? {} : { base }) });
  if (!parsed.ok) return err(parsed.error.map((error) => labError(file, error)));
  const { options, notices, warnings } = parsed.value;
  const remarks = [...ignoredLines(notices), ...warnings].sort((a, b) => a.line - b.line);
  return ok({ options, warnings: remarks.map(({ line, message }) => ({ file, line, message })) });
}

/** More lines than this are told together: whoever pastes a whole configuration knows that most of it is not LISP. */
const MAX_TOLD_COUNT = 3;

/** Who reads what a lab prints has not seen the configuration being read. */
function ignoredLines(notices: readonly Remark[]): Remark[] {
  const ignored = notices.filter(({ isIgnored }) => isIgnored === true);
  if (ignored.length <= MAX_TOLD_COUNT) return ignored;
  const lines = ignored.map(({ line }) => line);
  const message = `${ignored.length} lines change nothing here and are ignored: ${ranges(lines)}`;
  return [{ line: lines[0]!, message }];
}

/** `1-3, 7, 9-10` */
function ranges(sorted: readonly number[]): string {
  const found: [first: number, last: number][] = [];
  for (const line of sorted) {
    const open = found.at(-1);
    if (open?.[1] === line - 1) open[1] = line;
    else found.push([line, line]);
  }
  return found.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(', ');
}

function labError(file: string, { line, column, message, hint }: ConfigError): LabError {
  const text = message.replace(/^% */, '');
  return { file, line, column, message: text, ...(hint === '' ? {} : { hint }) };
}
