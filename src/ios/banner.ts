/** Texts between two delimiters, whatever their lines look like: `banner motd ^C ... ^C`. */
import type { Line } from './lexer.ts';

const HEAD =
  /^\s*banner\s+(?:(?:motd|login|exec|incoming|prompt-timeout|save-password|slip-ppp|config-save)\s+)?/i;

/** What ends the text in a later line; undefined when it begins and ends in this one. */
export function openDelimiter({ text }: Line): string | undefined {
  const rest = text.replace(HEAD, '');
  // A running configuration shows the control character that IOS prefers as `^C`.
  const delimiter = rest.startsWith('^C') ? '^C' : rest.charAt(0);
  return rest.includes(delimiter, delimiter.length) ? undefined : delimiter;
}
