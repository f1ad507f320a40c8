// tshark reads what `pxtr lab run --pcap` writes: an independent reading of the same bytes.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTool, skipReason } from '../support/tools.ts';
import { pxtr } from './run.ts';

const CHECKS = ['ip.check_checksum:TRUE', 'udp.check_checksum:TRUE', 'udp.ignore_ipv6_zero_checksum:TRUE'];
/** Malformed anywhere, an expert item of level error, or a checksum that is wrong. */
const WRONG =
  '_ws.malformed || _ws.expert.severity >= 8388608 || ip.checksum.status == 0 || udp.checksum.status == 0';
const SCENARIOS = ['failover', 'outside-in', 'pxtr', 'pxtr-petr', 'pxtr-v6', 'two-sites'];

describe.skipIf(skipReason('tshark') !== undefined)('tshark', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pxtr-capture-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function capture(scenario: string): Promise<string> {
    const file = join(folder, `${scenario}.pcapng`);
    const { code } = await pxtr('lab', 'run', scenario, '--pcap', file);
    expect(code).toBe(0);
    return file;
  }

  function tshark(file: string, ...args: readonly string[]): string {
    const options = CHECKS.flatMap((check) => ['-o', check]);
    return execFileSync(findTool('tshark')!, ['-r', file, ...options, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  }

  /** One object per packet of the story, by the numbers in the comments; a field that occurs twice is a,b. */
  function fieldsOf(file: string, fields: readonly string[]): Record<string, string>[] {
    const wanted = ['frame.comment', ...fields];
    const text = tshark(
      file,
      '-T',
      'fields',
      '-E',
      'separator=/t',
      ...wanted.flatMap((field) => ['-e', field]),
    );
    return text
      .split('\n')
      .filter((line) => line.startsWith('#'))
      .map((line) => {
        const cells = line.split('\t');
        return Object.fromEntries(fields.map((field, i) => [field, cells[i + 1] ?? '']));
      });
  }

  it.each(SCENARIOS)('finds nothing malformed and every checksum right in %s', async (scenario) => {
    const file = await capture(scenario);
    expect(tshark(file, '-Y', WRONG)).toBe('');
    expect(tshark(file).trim().split('\n').length).toBeGreaterThan(10);
  });

  it('reads the packets 1 to 11 of the article', async () => {
    const packets = fieldsOf(await capture('pxtr'), [
      'frame.interface_name',
      'ip.src',
      'ip.dst',
      'ip.ttl',
      'udp.dstport',
      'lisp.type',
      'lisp.mreq.flags.pitr',
      'lisp.mreq.itr_rloc_ipv4',
      'lisp.mreq.record.prefix.ipv4',
      'lisp.mapping.eid.ipv4',
      'lisp.mapping.eid.masklen',
      'lisp.mapping.act',
      'lisp.mapping.ttl',
      'lisp.mapping.auth',
      'lisp.mapping.loccnt',
      'icmp.type',
    ]);
    expect(packets).toHaveLength(23);
    const [site, world] = ['lisp1-mapserver', 'mapserver-outsideworld'];
    const request = { 'lisp.type': '8,1', 'udp.dstport': '4342,4342' };
    const native = { 'lisp.type': '', 'udp.dstport': '' };
    const echo = { ...native, 'ip.src': '192.168.1.1', 'ip.dst': '4.4.4.4', 'icmp.type': '8' };
    const reply = {
      ...native,
      'ip.src': '4.4.4.4',
      'ip.dst': '192.168.1.1',
      'icmp.type': '0',
      'ip.ttl': '255',
    };
    const expected = [
      {
        ...request,
        'frame.interface_name': site,
        'ip.src': '10.0.1.2,10.0.1.2',
        'ip.dst': '10.0.1.1,4.4.4.4',
        'lisp.mreq.flags.pitr': '0',
        'lisp.mreq.itr_rloc_ipv4': '10.0.1.2',
        'lisp.mreq.record.prefix.ipv4': '4.4.4.4',
      },
      {
        'frame.interface_name': site,
        'ip.src': '10.0.1.1',
        'ip.dst': '10.0.1.2',
        'lisp.type': '2',
        'lisp.mapping.eid.ipv4': '0.0.0.0',
        'lisp.mapping.eid.masklen': '1',
        'lisp.mapping.act': '1',
        'lisp.mapping.ttl': '15',
        'lisp.mapping.auth': '0',
        'lisp.mapping.loccnt': '0',
      },
      { ...echo, 'frame.interface_name': site, 'ip.ttl': '255' },
      { ...echo, 'frame.interface_name': world, 'ip.ttl': '254' },
      { ...reply, 'frame.interface_name': world },
      {
        ...request,
        'frame.interface_name': site,
        'ip.dst': '10.0.1.2,192.168.1.1',
        'lisp.mreq.flags.pitr': '1',
        'lisp.mreq.itr_rloc_ipv4': '10.0.255.1',
        'lisp.mreq.record.prefix.ipv4': '192.168.1.1',
      },
      {
        'frame.interface_name': site,
        'ip.src': '10.0.1.2',
        'ip.dst': '10.0.255.1',
        'lisp.type': '2',
        'lisp.mapping.eid.ipv4': '192.168.1.1',
        'lisp.mapping.eid.masklen': '32',
        'lisp.mapping.ttl': '1440',
        'lisp.mapping.auth': '1',
        'lisp.mapping.loccnt': '1',
      },
      { ...echo, 'frame.interface_name': site, 'ip.ttl': '255' },
      { ...echo, 'frame.interface_name': world, 'ip.ttl': '254' },
      { ...reply, 'frame.interface_name': world },
      {
        'frame.interface_name': site,
        'ip.src': '10.0.255.1,4.4.4.4',
        'ip.dst': '10.0.1.2,192.168.1.1',
        'ip.ttl': '254,254',
        'udp.dstport': '4341',
        'icmp.type': '0',
      },
    ];
    for (const [i, packet] of expected.entries()) expect(packets[i], `packet ${i + 1}`).toMatchObject(packet);
  });

  it('finds DF, checksum 0 and zero LISP words in packet 11, and nonces that match', async () => {
    const packets = fieldsOf(await capture('pxtr'), [
      'ip.len',
      'ip.flags.df',
      'udp.length',
      'udp.checksum',
      'lisp-data.flags',
      'lisp.nonce',
      'lisp.loc.priority',
      'lisp.loc.weight',
      'lisp.loc.flags.local',
      'lisp.loc.flags.reach',
    ]);
    expect(packets[10]).toMatchObject({
      'ip.len': '136,100',
      'udp.length': '116',
      'udp.checksum': '0x0000',
      'lisp-data.flags': expect.stringMatching(/^0x0+$/) as string,
    });
    expect(packets[10]!['ip.flags.df']).toMatch(/^(1|True),/);
    expect(packets[1]!['lisp.nonce']).toBe(packets[0]!['lisp.nonce']);
    expect(packets[6]!['lisp.nonce']).toBe(packets[5]!['lisp.nonce']);
    expect(packets[5]!['lisp.nonce']).not.toBe(packets[0]!['lisp.nonce']);
    expect(packets[6]).toMatchObject({ 'lisp.loc.priority': '1', 'lisp.loc.weight': '100' });
    expect(packets[6]!['lisp.loc.flags.local']).toMatch(/^(1|True)$/);
    expect(packets[6]!['lisp.loc.flags.reach']).toMatch(/^(1|True)$/);
  });
});
