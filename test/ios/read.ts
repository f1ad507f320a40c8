import type { ConfigError } from '../../src/ios/config-error.ts';
import { formatConfigError } from '../../src/ios/config-error.ts';
import { parseConfig, type ParsedConfig, type ParseSettings } from '../../src/ios/parse.ts';
import type { LispOptions } from '../../src/router/options.ts';

/** The configuration; a text with errors fails the test with the errors as an operator would see them. */
export function read(text: string, settings?: ParseSettings): ParsedConfig {
  const result = parseConfig(text, settings);
  if (result.ok) return result.value;
  throw new Error(result.error.map((error) => formatConfigError(error)).join('\n'));
}

/** The options of lines inside `router lisp`. */
export function readLisp(lines: string): LispOptions {
  return read(`router lisp\n${lines}`).options.lisp!;
}

/** The errors of a text that must have some. */
export function errorsOf(text: string, settings?: ParseSettings): ConfigError[] {
  const result = parseConfig(text, settings);
  if (result.ok) throw new Error(`no error in:\n${text}`);
  return result.error;
}
