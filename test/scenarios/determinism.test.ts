// A run is decided by its files, its seed and its inputs; time can go back.
import { describe, expect, test } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import { seconds } from '../../src/base/time.ts';
import { digestOf } from '../../src/sim/log.ts';
import type { Lab } from '../../src/sim/lab.ts';
import { isKind } from '../../src/sim/record.ts';
import { readCapture } from '../../src/wire/read-capture.ts';
import { exampleNames } from '../sim/examples.ts';
import { lab, numbered } from './support.ts';

function state(run: Lab): string {
  return JSON.stringify(run.timeline.save(), (_, value: unknown) =>
    value instanceof Uint8Array
      ? toHex(value)
      : value instanceof Map
        ? [...(value as Map<unknown, unknown>)]
        : value,
  );
}

describe.each(exampleNames())('%s', (name) => {
  test('the same seed twice gives the same log and the same capture file', () => {
    const [a, b] = [lab(name, {}, { seed: 7 }), lab(name, {}, { seed: 7 })];
    expect(a.run().logHash).toBe(b.run().logHash);
    expect(digestOf(a.capture())).toBe(digestOf(b.capture()));
  });

  test('another seed gives other nonces and the same story', () => {
    const [a, b] = [lab(name, {}, { seed: 7 }), lab(name, {}, { seed: 8 })];
    expect(a.run().logHash).not.toBe(b.run().logHash);
    expect(a.ladder()).toEqual(b.ladder());
  });

  test('going back to any event and forward again changes nothing', () => {
    const run = lab(name, {}, { checkpointEvery: 8 });
    const states = [state(run)];
    const hashes = [run.logHash()];
    const end = lab(name).timeline.run({ until: run.file.until });
    for (let event = 1; event <= end; event++) {
      run.timeline.step();
      states.push(state(run));
      hashes.push(run.logHash());
    }
    for (let event = end - 1; event >= 0; event--) {
      expect(run.timeline.stepBack()).toBe(true);
      expect(state(run)).toBe(states[event]);
      expect(run.logHash()).toBe(hashes[event]);
    }
    run.timeline.goTo(end);
    expect(state(run)).toBe(states[end]);
    expect(run.logHash()).toBe(hashes[end]);
  });
});

test('back and forward across packet 6: Map-Cache, pending requests and timers are what they were', () => {
  const run = lab('pxtr');
  run.run();
  const hash = run.logHash();
  const [sixth] = numbered(run).slice(5);
  const event = run.timeline.records.find(
    (record) => record.kind === 'frame' && record.frame.number === sixth!.frame.number,
  )!.event;
  run.timeline.goTo(event);
  const after = state(run);
  expect(run.show('mapserver', 'show ip lisp map-cache')).not.toContain('192.168.1.1/32');
  run.timeline.stepBack();
  expect(numbered(run)).toHaveLength(5);
  expect(run.router('mapserver')!.control().get('packet:miss-policy') ?? 0).toBe(0);
  run.timeline.step();
  expect(state(run)).toBe(after);
  run.run();
  expect(run.logHash()).toBe(hash);
});

test('a command typed on the way is part of the run, also after going back', () => {
  const run = lab('pxtr');
  run.run();
  run.type('lisp1', 'ping 4.4.4.4 source Loopback0 repeat 2');
  run.run(run.now + seconds(10));
  const hash = run.logHash();
  const { event } = run.timeline;
  expect(run.pings().map(({ result }) => result.marks)).toEqual(['.!!!!', '!!']);
  run.timeline.goTo(10);
  run.timeline.goTo(event);
  expect(run.logHash()).toBe(hash);
});

test('the capture file has one interface per link and every frame, commented with the story', () => {
  const run = lab('pxtr');
  run.run();
  const read = readCapture(run.capture());
  if (!read.ok) throw new Error('unreadable');
  expect(read.value.interfaces.map(({ name, linkType }) => [name, linkType])).toEqual([
    ['lisp1-mapserver', 101],
    ['lisp2-mapserver', 101],
    ['mapserver-outsideworld', 101],
  ]);
  const frames = run.timeline.records.filter(isKind('frame'));
  expect(read.value.packets.map(({ timeMicros, bytes }) => [timeMicros, toHex(bytes)])).toEqual(
    frames.map(({ frame }) => [frame.time, toHex(frame.bytes)]),
  );
  const comments = read.value.packets.map(({ comment }) => comment ?? '');
  expect(comments.filter((comment) => comment.startsWith('#'))).toHaveLength(23);
  expect(comments.find((comment) => comment.startsWith('#6 '))).toBe(
    '#6 PITR mapserver needs 192.168.1.1; its own Map-Server passes the request on to the registered ETR 10.0.1.2',
  );
  expect(comments[0]).toBe('the ETR registers its EID-Prefixes with its Map-Server');
});
