/** Options that the commands over tables share. */
import { InvalidArgumentError, Option } from 'commander';
import type { Family, IpAddress } from '../../base/ip.ts';
import { parseIp } from '../../base/ip-text.ts';
import {
  TABLE_FORMATS,
  type CollectOptions,
  type TableFormat,
  type ValueKind,
} from '../../tables/collect.ts';

export interface TableFlags {
  readonly format: TableFormat | 'auto';
  readonly family?: '4' | '6';
  readonly peer?: IpAddress;
  readonly keepGoing?: true;
  readonly value?: ValueKind;
}

export const FILE_HELP =
  'an MRT dump, CAIDA pfx2as or a list of prefixes, also in gzip; - for standard input';

export function tableOptions(): Option[] {
  return [
    new Option('--format <format>', 'what the file is').choices(['auto', ...TABLE_FORMATS]).default('auto'),
    new Option('--family <4|6>', 'only IPv4, or only IPv6').choices(['4', '6']),
    new Option(
      '--peer <address>',
      'of an MRT dump: the paths of this neighbour (default: the first path)',
    ).argParser(readPeer),
    new Option('--keep-going', 'of an MRT dump: count records that are not right, and go on'),
  ];
}

export function collectOptions({ format, family, peer, keepGoing, value }: TableFlags): CollectOptions {
  return {
    ...(format === 'auto' ? {} : { format }),
    ...(family === undefined ? {} : { family: Number(family) as Family }),
    ...(peer === undefined ? {} : { peer }),
    ...(keepGoing === undefined ? {} : { keepGoing }),
    ...(value === undefined ? {} : { value }),
  };
}

function readPeer(text: string): IpAddress {
  const address = parseIp(text);
  if (address === undefined) throw new InvalidArgumentError('A neighbour is an address, such as 192.0.2.1.');
  return address;
}
