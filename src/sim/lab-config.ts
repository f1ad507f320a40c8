/** Router configurations of a lab, read with the same parser as everywhere; its errors become errors of the lab. */
import { err, ok, type Result } from '../base/result.ts';
import type { ConfigError } from '../ios/config-error.ts';
import { parseConfig } from '../ios/parse.ts';
import type { RouterOptions } from '../router/options.ts';
import type { LabError } from './lab-yaml.ts';

/** Reads a configuration, or lines that change `base`. */
export function readConfiguration(
  file: string,
  text: string,
  base?: RouterOptions,
): Result<RouterOptions, readonly LabError[]> {
  const parsed = parseConfig(text, { file, ...(base === undefined ? {} : { base }) });
  return parsed.ok ? ok(parsed.value.options) : err(parsed.error.map((error) => labError(file, error)));
}

function labError(file: string, { line, column, message, hint }: ConfigError): LabError {
  const text = message.replace(/^% */, '');
  return { file, line, column, message: text, ...(hint === '' ? {} : { hint }) };
}
