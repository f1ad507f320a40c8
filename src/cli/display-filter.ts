/** A display filter typed on a command line, and what is said when it is wrong. */
import { nearest } from '../ios/nearest.ts';
import { FIELD_TABLE } from '../wire/field-table.ts';
import { parseFilter, type Filter, type FilterError } from '../wire/filter.ts';
import { CliError, EXIT } from './io.ts';
import { table } from './render/table.ts';

/** @throws CliError with a caret under the mistake. */
export function displayFilter(text: string): Filter {
  const filter = parseFilter(text);
  if (filter.ok) return filter.value;
  throw new CliError(`the filter cannot be read\n${formatFilterError(text, filter.error)}`, EXIT.usage);
}

/** The filter with a caret under the mistake, and what to write instead. */
export function formatFilterError(text: string, { message, start, end, hint, unknown }: FilterError): string {
  const guess = unknown === undefined ? undefined : nearest(unknown.word, unknown.known);
  const help =
    guess === undefined
      ? (hint ?? (unknown && '"pxtr decode --fields" lists all'))
      : `did you mean "${guess}"?`;
  return [
    `  ${text}`,
    `  ${' '.repeat(start)}${'^'.repeat(Math.max(1, end - start))}`,
    `  ${message}`,
    ...(help === undefined ? [] : [`  ${help}`]),
  ].join('\n');
}

/** Name, kind and meaning of every field. */
export function fieldLines(style: (text: string) => string): string[] {
  const rows = FIELD_TABLE.map(({ name, kind, about, aliases, words }) => {
    const also = aliases === undefined ? '' : `; also ${aliases.join(', ')}`;
    const values = words === undefined ? '' : `: ${words.join(', ')}`;
    return [name, kind, `${about}${values}${also}`];
  });
  return table(rows, { styles: [style] });
}
