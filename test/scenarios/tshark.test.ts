// An independent reader: tshark finds nothing wrong with any packet of any scenario, and reads what we read.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatIp } from '../../src/base/ip-text.ts';
import { exampleNames } from '../sim/examples.ts';
import { findTool, skipReason } from '../support/tools.ts';
import { lab, layers } from './support.ts';

const OPTIONS = ['ip.check_checksum:TRUE', 'udp.check_checksum:TRUE', 'udp.ignore_ipv6_zero_checksum:TRUE'];

function tshark(file: Uint8Array, ...args: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'pxtr-'));
  try {
    const path = join(folder, 'run.pcapng');
    writeFileSync(path, file);
    const options = OPTIONS.flatMap((option) => ['-o', option]);
    const text = execFileSync(findTool('tshark')!, ['-r', path, '-n', ...options, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.split('\n').slice(0, -1);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const reason = skipReason('tshark');

test.skipIf(reason !== undefined).each(exampleNames())(
  '%s: no malformed packet, no error',
  (name) => {
    const run = lab(name);
    run.run();
    const bad = tshark(run.capture(), '-Y', '_ws.malformed || _ws.expert.severity >= 0x800000');
    expect(bad).toEqual([]);
  },
  60_000,
);

test.skipIf(reason !== undefined).each(exampleNames())(
  '%s: links, addresses, ports and LISP types agree',
  (name) => {
    const run = lab(name);
    run.run();
    const fields = [
      'frame.interface_name',
      'ip.src',
      'ip.dst',
      'ipv6.src',
      'ipv6.dst',
      'udp.dstport',
      'lisp.type',
    ];
    const read = tshark(run.capture(), '-T', 'fields', ...fields.flatMap((field) => ['-e', field]));
    const types = {
      'map-request': 1,
      'map-reply': 2,
      'map-register': 3,
      'map-notify': 4,
      'map-notify-ack': 5,
      ecm: 8,
    };
    const ours = run.story().map(({ link, facts }) => {
      const ips = layers(facts!, 'ip').map(({ ip }) => ip);
      const of = (family: number): typeof ips => ips.filter((each) => each.family === family);
      const messages = layers(facts!, 'control').map(({ message }) => message.type);
      return [
        link,
        of(4).map(({ source }) => formatIp(source)),
        of(4).map(({ destination }) => formatIp(destination)),
        of(6).map(({ source }) => formatIp(source)),
        of(6).map(({ destination }) => formatIp(destination)),
        layers(facts!, 'udp').map(({ udp }) => udp.destinationPort),
        messages.map((type) => (type === 'unknown' ? -1 : types[type])),
      ].map(String);
    });
    expect(read.map((line) => line.split('\t'))).toEqual(ours);
  },
  60_000,
);
