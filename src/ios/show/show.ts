import { err, ok, type Result } from '../../base/result.ts';
import type { Micros } from '../../base/time.ts';
import type { RouterView } from '../../router/view.ts';
import { Args, type Findings } from '../args.ts';
import { placeOfLine, type ConfigError } from '../config-error.ts';
import type { ConsoleFacts } from '../console-facts.ts';
import { lexLine } from '../lexer.ts';
import { matchTokens } from '../match.ts';
import { describeMismatch } from '../mistake.ts';
import { compilePattern, type Pattern } from '../pattern.ts';
import { renderConfig } from '../render.ts';
import { showDatabase } from './database.ts';
import { showMapCache } from './map-cache.ts';
import { showProtocols, showRipDatabase } from './rip.ts';
import { showRoutes } from './route.ts';
import { showSite, showSites } from './site.ts';
import { showStatistics } from './statistics.ts';

/** One `show` command: everything there is to know about it. */
export interface ShowCommand {
  readonly pattern: Pattern;
  readonly help: string;
  /** Undefined after a refusal. */
  run(view: RouterView, now: Micros, args: Args, facts: ConsoleFacts | undefined): string[] | undefined;
}

function command(pattern: string, help: string, run: ShowCommand['run']): ShowCommand {
  return { pattern: compilePattern(`show ${pattern}`), help, run };
}

export const SHOW_COMMANDS: readonly ShowCommand[] = [
  command('<family:ip|ipv6> lisp map-cache', 'Map-Cache', (view, now, args) =>
    showMapCache(view, now, args.family()),
  ),
  command(
    'lisp instance-id <instance:0-16777215> <family:ipv4|ipv6> map-cache',
    'Map-Cache of an instance',
    (view, now, args) => showMapCache(view, now, args.family(), args.number('instance')),
  ),
  command('<family:ip|ipv6> lisp database', 'EID-Prefixes of this site', (view, _, args) =>
    showDatabase(view, args.family()),
  ),
  command('<family:ip|ipv6> lisp statistics', 'Counters', (view) => showStatistics(view)),
  command('lisp site', 'Sites of the Map-Server and who registered', (view, now) => showSites(view, now)),
  command('lisp site name <name:word>', 'One site in detail', (view, now, args) => {
    const lines = showSite(view, now, args.word('name'));
    const names = view.sites().map(({ site }) => site.name);
    if (lines === undefined)
      args.refuse(
        'name',
        `Site ${args.word('name')} is not configured`,
        `configured are: ${names.join(', ') || 'none'}`,
      );
    return lines;
  }),
  command('<family:ip|ipv6> route', 'Routes of the underlay', (view, _, args) =>
    showRoutes(view, args.family()),
  ),
  command('ip rip database', 'Routes of RIP, own and learned', (view, now) => showRipDatabase(view, now)),
  command('ip protocols', 'What RIP does, and with whom', (view, now) => showProtocols(view, now)),
  command('running-config', 'The configuration', ({ options }) =>
    renderConfig(options).trimEnd().split('\n'),
  ),
];

/** Runs a `show` command, abbreviated or not; `sh ip lisp map-c` works. */
export function runShow(view: RouterView, now: Micros, commandText: string): Result<string[], ConfigError> {
  return runShowAt(undefined, view, now, commandText);
}

/** As `runShow`, with what belongs to the console it was typed at. */
export function runShowAt(
  facts: ConsoleFacts | undefined,
  view: RouterView,
  now: Micros,
  commandText: string,
): Result<string[], ConfigError> {
  const line = lexLine(commandText, 1);
  const result = matchTokens(
    line.tokens,
    SHOW_COMMANDS.map((item) => ({ pattern: item.pattern, item })),
  );
  if (result.kind !== 'match') return err(describeMismatch(line, result));
  const findings: Findings = { errors: [], notices: [], warnings: [] };
  const lines = result.item.run(view, now, new Args(line, result.matched, findings), facts);
  if (lines !== undefined) return ok(lines);
  return err(findings.errors[0] ?? { ...placeOfLine(line), message: '% Command refused.', hint: '' });
}
