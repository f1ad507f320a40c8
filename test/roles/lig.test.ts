import { describe, expect, it } from 'vitest';
import { ip } from '../../src/base/ip-text.ts';
import { SeededRandom, type Nonce } from '../../src/base/random.ts';
import { millis, NEVER, seconds } from '../../src/base/time.ts';
import {
  Lig,
  type LigInput,
  type LigOutput,
  type LigParties,
  type LigRequest,
  type LigResult,
  type LigState,
} from '../../src/roles/lig.ts';
import type { SendOutput } from '../../src/roles/machine.ts';
import { formatLispAddress } from '../../src/wire/lisp-address.ts';
import type { MapReply } from '../../src/wire/map-reply.ts';
import { mapping, mapReply, received } from '../support/messages.ts';
import { expectSplitsInvisible, Timeline } from '../support/timeline.ts';

const REQUEST: LigRequest = {
  eid: { instanceId: 0, address: ip('192.168.2.1') },
  count: 3,
  timeout: seconds(2),
};

const PARTIES: LigParties = {
  mapResolvers: [ip('10.0.1.1'), ip('10.0.9.1')],
  itrRlocs: [ip('10.0.1.2')],
  sourceEid: { instanceId: 0, address: ip('192.168.1.1') },
};

const ANSWER = mapping('192.168.2.0/24', ['10.0.2.2']);

const make = (): Lig => new Lig(new SeededRandom(1));

class Bench extends Timeline<LigInput, LigOutput, LigState> {
  readonly lig: Lig;

  constructor() {
    const lig = make();
    super(lig, { kind: 'tick' });
    this.lig = lig;
  }

  ask(request: Partial<LigRequest> = {}, parties: Partial<LigParties> = {}): readonly LigOutput[] {
    return this.at(this.now, {
      kind: 'ask',
      request: { ...REQUEST, ...request },
      parties: { ...PARTIES, ...parties },
    });
  }

  reply(time: number, message: MapReply, from = '10.0.2.2'): readonly LigOutput[] {
    return this.at(time, { kind: 'message', received: received(message, from, '10.0.1.2') });
  }

  /** Where each Map-Request went, and when. */
  get sent(): { time: number; to: string; nonce: Nonce }[] {
    return this.moments.flatMap(({ time, outputs }) =>
      requests(outputs).map(({ to, nonce }) => ({ time, to, nonce })),
    );
  }
}

function requests(outputs: readonly LigOutput[]): { output: SendOutput; to: string; nonce: Nonce }[] {
  return outputs.flatMap((output) => {
    if (output.kind !== 'send' || output.message.type !== 'ecm') return [];
    const { message } = output.message;
    if (message.type !== 'map-request') return [];
    return [
      { output, to: formatLispAddress({ kind: 'ip', address: output.to.address }), nonce: message.nonce },
    ];
  });
}

function done(outputs: readonly LigOutput[]): LigResult | undefined {
  return outputs.find((output) => output.kind === 'lig-done')?.result;
}

function drops(outputs: readonly LigOutput[]): string[] {
  return outputs.flatMap((output) => (output.kind === 'drop' ? [output.reason] : []));
}

describe('lig', () => {
  it('asks the Map-Resolver in an ECM, as nobody’s proxy, from its own EID and RLOC', () => {
    const [asked] = requests(new Bench().ask());
    expect(asked?.output).toMatchObject({
      source: ip('10.0.1.2'),
      to: { address: ip('10.0.1.1'), port: 4342 },
    });
    expect(asked?.output.message).toMatchObject({
      type: 'ecm',
      inner: { source: ip('10.0.1.2'), destination: ip('192.168.2.1') },
      message: {
        pitr: false,
        probe: false,
        sourceEid: { kind: 'ip', address: ip('192.168.1.1') },
        itrRlocs: [{ kind: 'ip', address: ip('10.0.1.2') }],
        records: [{ maskBits: 32, eid: { kind: 'ip', address: ip('192.168.2.1') } }],
      },
    });
  });

  it('a router without an EID leaves the Source-EID field empty (RFC 6835 §4.1)', () => {
    const [asked] = requests(new Bench().ask({}, { sourceEid: undefined as never }));
    expect(asked?.output.message).toMatchObject({ message: { sourceEid: { kind: 'none' } } });
  });

  it('the inner header has the family of the EID, whatever the underlay is', () => {
    const asked = requests(new Bench().ask({ eid: { instanceId: 0, address: ip('2001:db8:2::1') } }))[0];
    expect(asked?.output.message).toMatchObject({
      inner: { source: ip('::'), destination: ip('2001:db8:2::1') },
    });
  });

  it('tells who answered, how long it took and what was said, and installs nothing', () => {
    const bench = new Bench();
    bench.ask();
    const outputs = bench.reply(millis(4), mapReply(bench.sent[0]!.nonce, [ANSWER]));
    expect(done(outputs)).toEqual({
      request: REQUEST,
      sent: 1,
      outcome: 'answered',
      mapResolver: ip('10.0.1.1'),
      from: ip('10.0.2.2'),
      roundTrip: millis(4),
      mappings: [ANSWER],
    });
    expect(outputs.map(({ kind }) => kind)).toEqual(['trace', 'lig-done']);
    expect(bench.lig.nextDeadline()).toBe(NEVER);
  });

  it('asks the Map-Resolvers in turn, each with a fresh nonce, and gives up after the last timeout', () => {
    const bench = new Bench();
    bench.ask();
    const outputs = bench.until(seconds(20));
    expect(bench.sent.map(({ time, to }) => [time, to])).toEqual([
      [0, '10.0.1.1'],
      [seconds(2), '10.0.9.1'],
      [seconds(4), '10.0.1.1'],
    ]);
    expect(new Set(bench.sent.map(({ nonce }) => JSON.stringify(nonce))).size).toBe(3);
    expect(done(outputs)).toMatchObject({ outcome: 'unanswered', sent: 3, mapResolver: ip('10.0.1.1') });
    expect(bench.now).toBe(seconds(6));
  });

  it('a late answer to an earlier request counts, with its own round trip', () => {
    const bench = new Bench();
    bench.ask();
    const outputs = bench.reply(seconds(3), mapReply(bench.sent[0]!.nonce, [ANSWER]));
    expect(done(outputs)).toMatchObject({ outcome: 'answered', sent: 2, roundTrip: seconds(3) });
  });

  it('an answer is good once', () => {
    const bench = new Bench();
    bench.ask();
    const message = mapReply(bench.sent[0]!.nonce, [ANSWER]);
    expect(bench.lig.awaits(message.nonce)).toBe(true);
    bench.reply(millis(1), message);
    expect(bench.lig.awaits(message.nonce)).toBe(false);
    expect(bench.reply(millis(2), message)).toEqual([]);
  });

  it('T12 the right nonce does not excuse the wrong EID: the question stays open', () => {
    const bench = new Bench();
    bench.ask();
    const { nonce } = bench.sent[0]!;
    expect(drops(bench.reply(1, mapReply(nonce, [mapping('192.168.3.0/24', ['10.0.2.2'])])))).toEqual([
      'reply-for-other-eid',
    ]);
    expect(done(bench.reply(2, mapReply(nonce, [ANSWER])))).toMatchObject({ outcome: 'answered' });
  });

  it('CP-02 an answer between other ports is refused', () => {
    const bench = new Bench();
    bench.ask();
    const message = received(mapReply(bench.sent[0]!.nonce, [ANSWER]), '10.0.2.2:5000', '10.0.1.2:5000');
    expect(drops(bench.at(1, { kind: 'message', received: message }))).toEqual(['bad-port']);
  });

  it('without anybody to ask it ends at once', () => {
    for (const parties of [{ mapResolvers: [] }, { itrRlocs: [] }]) {
      expect(done(new Bench().ask({}, parties))).toMatchObject({ outcome: 'nobody-to-ask', sent: 0 });
    }
  });

  it('several questions at once are kept apart by their nonces', () => {
    const bench = new Bench();
    bench.ask();
    const other = { eid: { instanceId: 0, address: ip('192.168.2.9') } };
    bench.ask(other);
    const second = bench.reply(1, mapReply(bench.sent[1]!.nonce, [ANSWER]));
    expect(done(second)?.request.eid).toEqual(other.eid);
    const first = bench.reply(2, mapReply(bench.sent[0]!.nonce, [ANSWER]));
    expect(done(first)?.request.eid).toEqual(REQUEST.eid);
  });

  it('restore(save()) at any step is indistinguishable from no interruption', () => {
    const bench = new Bench();
    bench.ask();
    bench.ask({ count: 1 });
    bench.reply(seconds(3), mapReply(bench.sent[0]!.nonce, [ANSWER]));
    bench.until(seconds(10));
    expectSplitsInvisible(make, bench.moments);
  });
});
