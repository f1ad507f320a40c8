/** What `pxtr doctor` looks at: what pxtr needs, and what it makes use of when it is there. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { cidr, ip } from '../base/ip-text.ts';
import { ACTION_FORWARD, POLICY_ITR_SOURCE, VERDICT_ENCAP } from '../engine/codes.ts';
import type { DataPlane } from '../engine/data-plane.ts';
import { Model } from '../engine/model.ts';
import { createEngineSync } from '../engine/open-inline.ts';
import { eidPrefix } from '../mapping/eid.ts';
import { buildIcmpPacket } from '../wire/icmp.ts';
import { failureText } from './failure-text.ts';
import { builtInScenarios } from './scenario-files.ts';
import { packageVersion } from './version.ts';

/** The outcome of a check. `missing` is for what is optional. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'missing' | 'failed';
  /** What was found, or what is wrong. */
  readonly detail: string;
  /** What to do about it; for what is missing also what it would be for. */
  readonly hint?: string;
}

/** Oldest Node.js that runs this. */
const LEAST_NODE = [20, 19] as const;

/** All checks, what is needed first. */
export function runChecks(env: NodeJS.ProcessEnv): Check[] {
  return [
    checkNode(process.versions.node),
    attempt(
      'WebAssembly SIMD',
      'the engine needs it',
      'use a newer Node.js, without --no-wasm-simd flags',
      () => {
        if (!WebAssembly.validate(SIMD_MODULE)) throw new Error('not available');
        return 'available';
      },
    ),
    attempt(
      'engine',
      'the WebAssembly data plane',
      'install pxtr again; in a clone: npm run build',
      checkEngine,
    ),
    attempt('scenarios', 'the examples folder', 'install pxtr again', () => {
      const names = builtInScenarios().map(({ name }) => name);
      if (names.length === 0) throw new Error('this package has no examples folder');
      return names.join(', ');
    }),
    {
      name: 'shared memory',
      state: typeof SharedArrayBuffer === 'undefined' ? 'missing' : 'ok',
      detail: typeof SharedArrayBuffer === 'undefined' ? 'no SharedArrayBuffer' : 'SharedArrayBuffer',
    },
    tool('tshark', env['PXTR_TSHARK'] ?? 'tshark', 'judges our packets in the tests'),
    tool('chromium', env['PXTR_CHROMIUM'] ?? 'chromium', 'runs the browser tests'),
  ];
}

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNew = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  const detail = `${version}, ${platform()} ${arch()}, pxtr ${packageVersion()}`;
  if (isNew) return { name: 'Node.js', state: 'ok', detail };
  return { name: 'Node.js', state: 'failed', detail, hint: `${LEAST_NODE.join('.')} or newer is needed` };
}

/** Both data planes encapsulate one packet, alike to the last byte. */
function checkEngine(): string {
  const [engine, model] = [createEngineSync(), new Model()].map(encapsulateOne);
  if (engine === undefined || engine !== model)
    throw new Error('its packet is not the one of the plain data plane');
  return 'loads, and encapsulates a packet as the plain data plane does';
}

/** The packet that comes out, as hexadecimal digits. */
function encapsulateOne(plane: DataPlane): string | undefined {
  const nextHop = { kind: 'via', interfaceIndex: 1, gateway: ip('10.0.1.1'), mtu: 1500 } as const;
  const rlocs = { source: ip('10.0.1.2'), destination: ip('10.0.2.2') };
  plane.setRoute(0, cidr('0.0.0.0/0'), nextHop);
  plane.setPolicy(eidPrefix(cidr('192.168.1.0/24')), POLICY_ITR_SOURCE);
  plane.setEntry({
    eid: eidPrefix(cidr('192.168.2.0/24')),
    action: ACTION_FORWARD,
    targets: [{ ...rlocs, priority: 1, weight: 100, nextHop }],
  });
  plane.publish();
  const hosts = { source: ip('192.168.1.5'), destination: ip('192.168.2.7'), ttl: 64 };
  const echo = { type: 'echo-request', identifier: 1, sequence: 1, data: new Uint8Array(56) } as const;
  plane.inject(buildIcmpPacket(hosts, echo), { interfaceIndex: 0 });
  plane.process();
  let result: string | undefined;
  plane.collect(({ verdict }, bytes) => {
    if (verdict === VERDICT_ENCAP) result = Buffer.from(bytes).toString('hex');
  });
  return result;
}

function attempt(name: string, use: string, hint: string, work: () => string): Check {
  try {
    return { name, state: 'ok', detail: work() };
  } catch (problem) {
    return { name, state: 'failed', detail: `${use}: ${failureText(problem)}`, hint };
  }
}

/** A program that tests use. */
function tool(name: string, command: string, use: string): Check {
  const hint = `${use}; on Debian: apt-get install ${name}, elsewhere PXTR_${name.toUpperCase()}=PATH`;
  if (/[\\/]/.test(command) && !existsSync(command))
    return { name, state: 'missing', detail: `there is no ${command}`, hint };
  try {
    const output = execFileSync(command, ['--version'], {
      encoding: 'utf8',
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return { name, state: 'ok', detail: output.trim().split('\n')[0] ?? '' };
  } catch {
    return { name, state: 'missing', detail: 'not found', hint };
  }
}

/** A module whose one function makes a vector: `(module (func (result v128) i32.const 0 i8x16.splat))`. */
const SIMD_MODULE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11],
);
