// IPv6 EIDs over IPv4 RLOCs: the outer header is IPv4, what is native is IPv6.
import { expect, test } from 'vitest';
import { expectGolden, expectPassed, lab, layers, packet } from './support.ts';

test('the story comes out as the lab file expects, and reads as it always did', () => {
  const run = lab('pxtr-v6');
  run.run();
  expectPassed(run);
  expectGolden('pxtr-v6.txt', [...run.narration(), '', ...run.ladder()]);
});

test('control and encapsulated packets are IPv4 outside; native ones are IPv6', () => {
  const run = lab('pxtr-v6');
  run.run();
  const families = [1, 2, 3, 4, 5, 6, 7, 11].map((number) => packet(run, number).packet.ip.family);
  expect(families).toEqual([4, 4, 6, 6, 6, 4, 4, 4]);
  const facts = packet(run, 11);
  expect(facts.inner!.ip).toMatchObject({ family: 6, ttl: 254, totalLength: 100 });
  expect(facts.packet.ip).toMatchObject({ ttl: 254, totalLength: 136, dontFragment: true });
  expect(layers(facts, 'udp')[0]!.udp).toMatchObject({ destinationPort: 4341, checksumField: 0 });
});
