// The engine and its plain twin move a whole lab alike: every record, every byte.
import { expect, test } from 'vitest';
import { seconds } from '../../src/base/time.ts';
import { createEngineSync } from '../../src/engine/open-inline.ts';
import { digestOf } from '../../src/sim/log.ts';
import type { Lab } from '../../src/sim/lab.ts';
import { exampleNames } from '../sim/examples.ts';
import { expectPassed, lab, makeModel, type Edits } from './support.ts';

function both(example: string, edits: Edits = {}, seed = 1): [Lab, Lab] {
  const engine = lab(example, edits, { seed, makeDataPlane: () => createEngineSync() });
  return [engine, lab(example, edits, { seed, makeDataPlane: makeModel })];
}

test.each(exampleNames())('%s: equal logs, equal captures', (name) => {
  const [engine, model] = both(name);
  engine.run();
  model.run();
  expectPassed(engine);
  expect(engine.log()).toEqual(model.log());
  expect(engine.logHash()).toBe(model.logHash());
  expect(digestOf(engine.capture())).toBe(digestOf(model.capture()));
});

test('under loss and garbage as well', () => {
  const run = `run:
  - { at: 0, garbage: mapserver FastEthernet0/0, port: 4342, rate: 20, for: 30s }
  - { at: 0, garbage: lisp1 FastEthernet0/0, port: 4341, rate: 20, for: 30s }
`;
  const [engine, model] = both(
    'pxtr',
    {
      'lab.yaml': [
        ['delay: 1ms }', 'delay: 1ms, loss: 20% }'],
        ['run:\n', run],
      ],
    },
    5,
  );
  engine.run(seconds(40));
  model.run(seconds(40));
  expect(engine.log()).toEqual(model.log());
});

test('going back rebuilds the engine from the tables of the router', () => {
  const [engine] = both('pxtr');
  engine.run();
  const hash = engine.logHash();
  for (const event of [28, 12, 1, 19]) {
    engine.timeline.goTo(event);
    engine.run();
    expect(engine.logHash()).toBe(hash);
  }
});
