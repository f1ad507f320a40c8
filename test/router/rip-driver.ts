// Drives one RIP machine through time; its outputs come as lines of text.
import { formatIp, ip, cidr } from '../../src/base/ip-text.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { seconds, type Micros } from '../../src/base/time.ts';
import { wordMask } from '../../src/base/ip.ts';
import type { RipConfig, RipOrigin } from '../../src/router/announce.ts';
import type { RipInterface, RipOutput } from '../../src/router/rip-message.ts';
import { Rip } from '../../src/router/rip.ts';
import { decodeRip, describeRip, type RipEntry, type RipMessage } from '../../src/wire/rip.ts';

export const TIMERS = { update: 30, invalid: 180, flush: 240 };

export function port(index: number, more: Partial<RipInterface> = {}): RipInterface {
  const address = ip(`10.0.${index}.1`);
  return { index, name: `eth${index}`, address, bits: 24, mtu: 1500, passive: false, ...more };
}

export function connected(index: number): RipOrigin {
  return { prefix: cidr(`10.0.${index}.0/24`), how: 'connected', interfaceIndex: index };
}

export function config(
  ports: readonly RipInterface[],
  origins: readonly RipOrigin[] = ports.map(({ index }) => connected(index)),
): RipConfig {
  return { interfaces: ports, origins, timers: TIMERS };
}

export function route(
  prefix: string,
  metric: number,
  more: { nextHop?: string; tag?: number } = {},
): RipEntry {
  const { address, bits } = cidr(prefix);
  const { nextHop = '0.0.0.0', tag = 0 } = more;
  return { kind: 'route', afi: 2, tag, address, mask: wordMask(bits), nextHop: ip(nextHop), metric };
}

export function response(...entries: readonly RipEntry[]): RipMessage {
  return { command: 2, version: 2, reserved: 0, entries };
}

export class RipDriver {
  readonly rip: Rip;
  now: Micros = 0;

  constructor(seed = 1) {
    this.rip = new Rip(new SeededRandom(seed, 'rip'));
  }

  configure(next: RipConfig | undefined): string[] {
    return this.#do((out) => {
      this.rip.configure(this.now, next, out);
    });
  }

  /** A message from the neighbour `10.0.<index>.<host>`. */
  hear(
    index: number,
    message: RipMessage,
    from: { readonly host?: number; readonly source?: string; readonly port?: number } = {},
  ): string[] {
    const source = ip(from.source ?? `10.0.${index}.${from.host ?? 2}`);
    return this.#do((out) => {
      const received = { interfaceIndex: index, source, sourcePort: from.port ?? 520, message };
      this.rip.receive(this.now, received, out);
    });
  }

  /** Ticks whatever is due until `time` (in seconds); the outputs, each with its second. */
  until(time: number): string[] {
    const lines: string[] = [];
    const end = seconds(time);
    while (this.rip.nextDeadline() <= end) {
      this.now = Math.max(this.now, this.rip.nextDeadline());
      const at = Math.floor(this.now / 1_000_000);
      const more = this.#do((out) => {
        this.rip.tick(this.now, out);
      });
      if (this.rip.nextDeadline() <= this.now) throw new Error('the machine does not let time move on');
      lines.push(...more.map((line) => `${at}s ${line}`));
    }
    this.now = end;
    return lines;
  }

  /** `192.168.0.0/16 metric 2 via 10.0.1.2`. */
  routes(): string[] {
    return this.rip
      .routes()
      .map(
        ({ prefix, metric, gateway }) =>
          `${formatIp(prefix.address)}/${prefix.bits} metric ${metric} via ${formatIp(gateway)}`,
      );
  }

  #do(work: (out: RipOutput[]) => void): string[] {
    const out: RipOutput[] = [];
    work(out);
    return out.flatMap(lineOf);
  }
}

function lineOf(output: RipOutput): string[] {
  switch (output.kind) {
    case 'send': {
      const { port: through, to, toPort, payload } = output;
      const message = decodeRip(payload);
      if (!message.ok) throw new Error('our own message does not decode');
      const text = describeRip(message.value).replace('RIPv2 ', '');
      return [`${through.name} > ${formatIp(to)}:${toPort} ${text}`];
    }
    case 'drop':
      return [`drop ${output.reason}`];
    case 'routes-changed':
      return ['routes changed'];
    case 'trace':
      return [];
  }
}
