import { lookup } from 'node:dns/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { IpAddress } from '../../base/ip.ts';
import { parseIp } from '../../base/ip-text.ts';
import { seconds, type Micros } from '../../base/time.ts';
import { MAX_INSTANCE_ID } from '../../mapping/eid.ts';
import type { LigRequest, LigResult } from '../../roles/lig.ts';
import { CONTROL_PORT } from '../../wire/control.ts';
import { failureText } from '../failure-text.ts';
import { CliError, EXIT, type CliIo, type ExitState } from '../io.ts';
import { askMapResolver, type LigQuestion } from '../lig-query.ts';
import { parseTime } from '../parse-flags.ts';
import { ligLines, ligReport } from '../render/lig.ts';
import { paintFor } from '../render/paint.ts';

interface LigFlags {
  readonly instanceId: number;
  readonly count: number;
  readonly timeout: Micros;
  readonly port: number;
  readonly json?: true;
}

/** Adds `pxtr lig`. Exit codes: 0 answered, 1 not answered or no way to ask, 2 usage. */
export function registerLig(program: Command, io: CliIo, state: ExitState): void {
  program
    .command('lig')
    .description('ask a Map-Resolver of the real network where an EID is (RFC 6835)')
    .usage('<eid> to <map-resolver> [options]')
    .argument('<eid>', 'the address asked about')
    .argument('<to>', 'the word "to"')
    .argument('<map-resolver>', 'address or name of the Map-Resolver')
    .option(
      '--instance-id <number>',
      'instance of the EID, 0 to 16777215',
      wholeNumber(0, MAX_INSTANCE_ID),
      0,
    )
    .option('--count <number>', 'Map-Requests to send at most, 1 to 5', wholeNumber(1, 5), 3)
    .addOption(
      new Option('--timeout <time>', 'wait for each answer')
        .argParser(parseTime)
        .default(DEFAULT_TIMEOUT, '2s'),
    )
    .option('--port <number>', 'UDP port of the Map-Resolver', wholeNumber(1, 65_535), CONTROL_PORT)
    .option('--json', 'one JSON document instead of text')
    .addHelpText('after', '\nExample:\n  pxtr lig 153.16.0.1 to 198.51.100.1 --timeout 1s')
    .action(async (eid: string, to: string, mapResolver: string, flags: LigFlags) => {
      await runLig(eid, to, mapResolver, flags, io, state);
    });
}

const DEFAULT_TIMEOUT = seconds(2);

async function runLig(
  eidText: string,
  to: string,
  mapResolverText: string,
  { instanceId, count, timeout, port, json }: LigFlags,
  io: CliIo,
  state: ExitState,
): Promise<void> {
  const address = parseIp(eidText);
  if (address === undefined) throw new CliError(`${eidText} is no IP address`, EXIT.usage, EXAMPLE);
  if (to !== 'to') throw new CliError(`expected "to" and a Map-Resolver, not ${to}`, EXIT.usage, EXAMPLE);
  if (timeout <= 0) throw new CliError('the timeout is longer than nothing', EXIT.usage);
  const mapResolver = await resolve(mapResolverText);
  const request: LigRequest = { eid: { instanceId, address }, mapResolver, count, timeout };
  const result = await ask({ request, mapResolver, port }, mapResolverText);
  const text =
    json === true
      ? JSON.stringify(ligReport(result), undefined, 2)
      : ligLines(result, paintFor(io.colors)).join('\n');
  io.out(`${text}\n`);
  if (result.outcome !== 'answered') state.code = EXIT.failed;
}

const EXAMPLE = 'for example: pxtr lig 153.16.0.1 to 198.51.100.1';

async function resolve(text: string): Promise<IpAddress> {
  const address = parseIp(text);
  if (address !== undefined) return address;
  try {
    const found = parseIp((await lookup(text)).address);
    if (found !== undefined) return found;
  } catch {
    // Whatever went wrong, there is nobody to ask.
  }
  throw new CliError(`there is no host ${text}`, EXIT.failed, 'give the address of a Map-Resolver');
}

async function ask(question: LigQuestion, name: string): Promise<LigResult> {
  try {
    return await askMapResolver(question);
  } catch (problem) {
    throw new CliError(`no way to ${name}: ${failureText(problem)}`, EXIT.failed);
  }
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^[0-9]{1,8}$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`A whole number from ${least} to ${most} is expected.`);
  };
}
