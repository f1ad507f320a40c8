/** A question to a real Map-Resolver: the machine of `lig` on a UDP socket. */
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket, type SocketType } from 'node:dgram';
import { performance } from 'node:perf_hooks';
import { ip, formatIp } from '../base/ip-text.ts';
import type { IpAddress } from '../base/ip.ts';
import type { Random } from '../base/random.ts';
import { NEVER, type Micros } from '../base/time.ts';
import { Lig, type LigInput, type LigOutput, type LigRequest, type LigResult } from '../roles/lig.ts';
import { CONTROL_PORT, decodeControl } from '../wire/control.ts';

export interface LigQuestion {
  readonly request: LigRequest;
  readonly mapResolver: IpAddress;
  /** UDP port of the Map-Resolver, 4342 everywhere but in tests. */
  readonly port: number;
}

/** Asks and waits. Rejects when there is no way to the Map-Resolver or no socket. */
export async function askMapResolver({ request, mapResolver, port }: LigQuestion): Promise<LigResult> {
  const type: SocketType = mapResolver.family === 4 ? 'udp4' : 'udp6';
  const local = await localAddressToward(type, mapResolver, port);
  // Not connected: the answer comes from the ETR, whose address nobody knows before.
  const socket = createSocket(type);
  try {
    await bound(socket);
    return await new Promise((resolve, reject) => {
      const lig = new Lig(SYSTEM_RANDOM);
      let timer: NodeJS.Timeout | undefined;
      const give = (input: LigInput): void => {
        const out: LigOutput[] = [];
        lig.handle(microsNow(), input, out);
        for (const output of out) {
          if (output.kind === 'send') socket.send(output.payload, port, formatIp(mapResolver));
          else if (output.kind === 'lig-done') resolve(output.result);
        }
        clearTimeout(timer);
        const due = lig.nextDeadline();
        if (due === NEVER) return;
        timer = setTimeout(
          () => {
            give({ kind: 'tick' });
          },
          Math.max(1, Math.ceil((due - microsNow()) / 1000)),
        );
      };
      socket.on('error', (problem) => {
        clearTimeout(timer);
        reject(problem);
      });
      socket.on('message', (bytes, from) => {
        const message = decodeControl(bytes);
        if (!message.ok) return;
        give({
          kind: 'message',
          received: {
            message: message.value,
            bytes,
            // CP-02: answers come from the LISP port, which is where the Map-Resolver listens.
            from: { address: addressOf(from.address), port: from.port === port ? CONTROL_PORT : from.port },
            to: { address: local, port: socket.address().port },
          },
        });
      });
      const parties = { mapResolvers: [mapResolver], itrRlocs: [local], replyPort: socket.address().port };
      give({ kind: 'ask', request, parties });
    });
  } finally {
    socket.close();
  }
}

/** The address that the system would send from: connecting a UDP socket sends nothing. */
async function localAddressToward(type: SocketType, to: IpAddress, port: number): Promise<IpAddress> {
  const socket = createSocket(type);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.connect(port, formatIp(to), () => {
        resolve();
      });
    });
    return addressOf(socket.address().address);
  } finally {
    socket.close();
  }
}

async function bound(socket: Socket): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, () => {
      resolve();
    });
  });
}

/** Without the zone of a link-local address. */
function addressOf(text: string): IpAddress {
  return ip(text.replace(/%.*$/, ''));
}

function microsNow(): Micros {
  return Math.round(performance.now() * 1000);
}

/** Nonces that nobody can guess; there is nothing to save. */
const SYSTEM_RANDOM: Random = {
  u32: () => randomBytes(4).readUInt32BE(),
  save: () => [0, 0, 0, 0],
  restore: () => undefined,
};
