import { sameIp, type IpAddress } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import { err, ok, type Result } from '../base/result.ts';
import { seconds } from '../base/time.ts';
import type { PingRequest } from '../router/node.ts';
import type { RouterOptions } from '../router/options.ts';
import { Args, type Findings } from './args.ts';
import { placeOfLine, type ConfigError } from './config-error.ts';
import { lexLine, type Line } from './lexer.ts';
import { matchTokens } from './match.ts';
import { describeMismatch } from './mistake.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import { SHOW_COMMANDS } from './show/show.ts';

/** A command of exec mode, ready to run. */
export type ExecCommand =
  | { readonly kind: 'ping'; readonly request: PingRequest }
  /** For `runShow`. */
  | { readonly kind: 'show'; readonly text: string }
  /** Lines for `parseConfig` on top of the running configuration. */
  | { readonly kind: 'configure'; readonly text: string };

type Reader = (args: Args, options: RouterOptions) => ExecCommand | undefined;

const PING =
  'ping [<family:ip|ipv6>] <destination:ip> ' +
  '{source (<source:ip> | <interface:interface>) | repeat <count:1-2147483647> | size <size:36-18024> | timeout <timeout:0-3600>}';

const EXEC_COMMANDS: readonly { readonly pattern: Pattern; readonly item: Reader }[] = [
  { pattern: compilePattern(PING), item: readPing },
  ...SHOW_COMMANDS.map(({ pattern }) => ({
    pattern,
    item: ({ line }: Args) => ({ kind: 'show', text: line.text }) as const,
  })),
];

const CONFIGURE = compilePattern('configure [terminal]');

/**
 * Reads a command of exec mode: `ping`, `show`, or `configure terminal ; LINE ; LINE`. Interface names are resolved
 * against `options`.
 */
export function parseExec(text: string, options: RouterOptions): Result<ExecCommand, ConfigError> {
  const line = lexLine(text, 1);
  const configuration = configurationLines(line);
  if (configuration !== undefined) return ok({ kind: 'configure', text: configuration });
  const result = matchTokens(line.tokens, [...EXEC_COMMANDS, { pattern: CONFIGURE, item: () => undefined }]);
  if (result.kind !== 'match') return err(describeMismatch(line, result));
  const findings: Findings = { errors: [], notices: [], warnings: [] };
  const command = result.item(new Args(line, result.matched, findings), options);
  if (command !== undefined) return ok(command);
  return err(findings.errors[0] ?? { ...placeOfLine(line), message: '% Command refused.', hint: '' });
}

/** What follows `configure terminal`, one line for each `;`; undefined when that is not the command. */
function configurationLines({ text, tokens }: Line): string | undefined {
  const end = tokens.findIndex((token) => token.text.startsWith(';'));
  const words = tokens.slice(0, end < 0 ? tokens.length : end);
  if (matchTokens(words, [{ pattern: CONFIGURE, item: 0 }]).kind !== 'match') return undefined;
  // Without `;` there is nothing to configure: whoever types lines one by one has a shell.
  return end < 0 ? '' : text.slice(tokens[end]!.column).replace(/;/g, '\n');
}

function readPing(args: Args, options: RouterOptions): ExecCommand | undefined {
  const destination = args.ip('destination');
  if (args.has('family') && args.family() !== destination.family) {
    args.refuse(
      'destination',
      `Family mismatch: ${formatIp(destination)}`,
      `an IPv${args.family()} address is expected`,
    );
    return undefined;
  }
  const source = sourceOf(args, options, destination);
  if (source === 'refused') return undefined;
  return {
    kind: 'ping',
    request: {
      destination,
      ...(source && { source }),
      count: args.numberOr('count', 5),
      size: args.numberOr('size', 100),
      timeout: seconds(args.numberOr('timeout', 2)),
    },
  };
}

function sourceOf(
  args: Args,
  options: RouterOptions,
  { family }: IpAddress,
): IpAddress | 'refused' | undefined {
  const given = args.optionalIp('source');
  if (given !== undefined) {
    const isOwn = options.interfaces.some(({ addresses }) =>
      addresses.some(({ address }) => sameIp(address, given)),
    );
    if (isOwn && given.family === family) return given;
    args.refuse('source', 'Invalid source address- IP address not on any of our up interfaces');
    return 'refused';
  }
  if (!args.hasKeyword('source')) return undefined;
  const name = args.optionalInterface('interface');
  const port = options.interfaces.find((each) => each.name === name);
  const own = port?.addresses.find(({ address }) => address.family === family);
  if (own !== undefined) return own.address;
  const names = options.interfaces.map((each) => each.name).join(', ') || 'none';
  if (port === undefined) args.refuse('interface', 'Unknown source interface', `interfaces are: ${names}`);
  else args.refuse('interface', `${port.name} has no IPv${family} address`);
  return 'refused';
}
