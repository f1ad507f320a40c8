// Threads forward while this one changes tables: node examples/library/workers.mjs
import { isMainThread, parentPort } from 'node:worker_threads';
import { cidr, createEngineSync, ip, verdictText } from 'pxtr';
import { buildUdpPacket } from 'pxtr/wire';
import { openThread, WorkerPool } from 'pxtr/workers';

if (isMainThread) {
  // Three workers: this thread, and a seat for each of two more. The program of those is this file as well.
  const engine = createEngineSync({ shared: true, workers: 3 });
  const pool = await WorkerPool.start(engine, { script: new URL(import.meta.url), onEnd: () => 'restart' });
  const ask = (worker) =>
    new Promise((answer) => pool.thread(worker).once('message', answer).postMessage('go'));
  for (const interfaceIndex of [1, 2]) {
    engine.setRoute(0, cidr('10.0.0.0/8'), { kind: 'connected', interfaceIndex, mtu: 1500 });
    engine.publish();
    for (const worker of [1, 2]) console.log(`worker ${worker}:`, await ask(worker));
  }
  console.log(engine.counters().native.packets, 'packets by all of them');
  await pool.close();
} else {
  const { plane } = openThread();
  const addresses = { source: ip('10.0.0.1'), destination: ip('10.0.0.2'), ttl: 64 };
  const packet = buildUdpPacket({ ...addresses, sourcePort: 1, destinationPort: 2 }, new Uint8Array(8));
  parentPort.on('message', () => {
    plane.inject(packet, { interfaceIndex: 0 });
    plane.process();
    plane.collect((fate) => parentPort.postMessage(verdictText(fate)));
  });
}
