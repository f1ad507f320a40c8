/** Router configurations of a lab, read with the same parser as everywhere; its errors become errors of the lab. */
import { err, ok, type Result } from '../base/result.ts';
import type { ConfigError } from '../ios/config-error.ts';
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
  const { options, warnings } = parsed.value;
  return ok({ options, warnings: warnings.map((warning) => ({ file, ...warning })) });
}

function labError(file: string, { line, column, message, hint }: ConfigError): LabError {
  const text = message.replace(/^% */, '');
  return { file, line, column, message: text, ...(hint === '' ? {} : { hint }) };
}
