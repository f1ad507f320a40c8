import { expect, test } from 'vitest';
import { Timeline } from '../../src/sim/checkpoint.ts';
import { logHash } from '../../src/sim/log.ts';
import { ring } from './toy.ts';

type Input = { up: boolean } | { loss: number };

function timeline(seed: number, checkpointEvery = 16): Timeline<Input> {
  const { nodes, links } = ring(3, 40, { loss: 0.1 }, seed);
  const made = new Timeline<Input>({
    nodes,
    links,
    seed,
    checkpointEvery,
    handleInput: (input, network) => network.changeLink('l0', input),
  });
  made.input(20_000, { up: false });
  made.input(40_000, { up: true });
  return made;
}

test('going back to any event gives the state and the records of the first time', () => {
  const first = timeline(9);
  const states = [JSON.stringify(first.save())];
  const hashes = [logHash(first.records)];
  while (first.step()) {
    states.push(JSON.stringify(first.save()));
    hashes.push(logHash(first.records));
  }
  const end = first.event;
  expect(end).toBeGreaterThan(100);
  for (let event = end; event >= 0; event--) {
    expect(first.goTo(event)).toBe(true);
    expect(JSON.stringify(first.save())).toBe(states[event]);
    expect(logHash(first.records)).toBe(hashes[event]);
  }
  for (const event of [end, 17, 16, 15, 100, 0, 33, end]) {
    first.goTo(event);
    expect(JSON.stringify(first.save())).toBe(states[event]);
  }
});

test('stepping back from event n is event n-1; at the start there is no way back', () => {
  const run = timeline(4);
  run.goTo(50);
  const before = JSON.stringify(run.save());
  run.step();
  expect(run.stepBack()).toBe(true);
  expect(JSON.stringify(run.save())).toBe(before);
  run.goTo(0);
  expect(run.stepBack()).toBe(false);
});

test('going past the end of a run says so', () => {
  const run = timeline(4);
  expect(run.goTo(1_000_000)).toBe(false);
  expect(run.step()).toBe(false);
});

test('inputs made on the way are made again by replay', () => {
  const run = timeline(6);
  run.goTo(70);
  run.input(run.network.now, { loss: 1 });
  run.goTo(120);
  const state = JSON.stringify(run.save());
  const hash = logHash(run.records);
  run.goTo(30);
  run.goTo(120);
  expect(JSON.stringify(run.save())).toBe(state);
  expect(logHash(run.records)).toBe(hash);
});

test('an input made after going back forgets the inputs that came later', () => {
  const run = timeline(6);
  run.goTo(70);
  run.input(run.network.now, { loss: 1 });
  run.goTo(100);
  run.goTo(60);
  expect(run.horizon).toBe(100);
  run.input(run.network.now, { loss: 0.5 });
  expect(run.horizon).toBe(60);
  expect(run.journal).toHaveLength(3);
  run.goTo(100);
  const state = JSON.stringify(run.save());
  run.goTo(59);
  run.goTo(100);
  expect(JSON.stringify(run.save())).toBe(state);
});

test('the interval between checkpoints changes nothing', () => {
  const states = [1, 7, 1000].map((every) => {
    const run = timeline(8, every);
    run.goTo(90);
    run.goTo(41);
    return JSON.stringify(run.save());
  });
  expect(new Set(states).size).toBe(1);
});

test('a long run keeps a bounded number of checkpoints and finds its way back all the same', () => {
  const { nodes, links } = ring(3, 400, {}, 2);
  const run = new Timeline<Input>({
    nodes,
    links,
    seed: 2,
    checkpointEvery: 1,
    handleInput: () => undefined,
  });
  run.goTo(300);
  const early = JSON.stringify(run.save());
  run.goTo(1500);
  const late = JSON.stringify(run.save());
  run.goTo(300);
  expect(JSON.stringify(run.save())).toBe(early);
  run.goTo(1500);
  expect(JSON.stringify(run.save())).toBe(late);
});

/** Counts the link changes that it was told of. */
function counting(checkpointEvery: number): { run: Timeline<Input>; count: () => number } {
  const { nodes, links } = ring(3, 40, {}, 5);
  let counted = 0;
  const run = new Timeline<Input>({
    nodes,
    links,
    seed: 5,
    checkpointEvery,
    handleInput: (input, network) => network.changeLink('l0', input),
    onRecord: ({ kind }) => (counted += kind === 'link-change' ? 1 : 0),
    companion: { save: () => counted, restore: (saved) => (counted = saved as number) },
  });
  return { run, count: () => counted };
}

test('a companion goes back and forth with the network, and is part of what is saved', () => {
  for (const every of [1, 7, 1000]) {
    const { run, count } = counting(every);
    const seen = [count()];
    for (let event = 1; event <= 60; event++) {
      if (event % 10 === 0) run.input(run.network.now, { loss: 0 });
      run.step();
      seen.push(count());
    }
    expect(seen.at(-1)).toBe(6);
    expect(run.save().companion).toBe(6);
    for (const event of [59, 12, 0, 33, 60, 31]) {
      run.goTo(event);
      expect(count()).toBe(seen[event]);
    }
  }
});

test('inputs that are taken back never were', () => {
  for (const every of [1, 7, 1000]) {
    const { run } = counting(every);
    run.goTo(20);
    const before = JSON.stringify(run.save());
    run.input(run.network.now, { loss: 0.5 });
    run.goTo(40);
    run.input(run.network.now, { up: false });
    run.goTo(50);
    run.takeBack(1);
    expect(run.event).toBe(40);
    expect(run.journal).toHaveLength(1);
    run.takeBack(0);
    expect(JSON.stringify(run.save())).toBe(before);
    expect(run.horizon).toBe(20);
    const untouched = counting(every).run;
    untouched.goTo(60);
    run.goTo(60);
    expect(JSON.stringify(run.save())).toBe(JSON.stringify(untouched.save()));
  }
});

test('taking back an input gives back the clock that it was made at', () => {
  const { run } = counting(7);
  run.runUntil(1_000_000);
  const { event } = run;
  run.input(run.network.now, { loss: 0 });
  run.runUntil(2_000_000);
  run.takeBack(0);
  expect([run.event, run.network.now]).toEqual([event, 1_000_000]);
  run.input(run.network.now, { loss: 0 });
  run.goTo(3);
  const { now } = run.network;
  run.takeBack(0);
  expect([run.event, run.network.now]).toEqual([3, now]);
});
