// Size budgets. Add a line to BUDGETS; `gzip: true` measures the compressed size. 1 kB = 1,000 bytes.
import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGETS = [{ file: 'build/engine.wasm', gzip: false, maxBytes: 48_000 }];

for (const { file, gzip, maxBytes } of BUDGETS) {
  const url = new URL(`../${file}`, import.meta.url);
  if (!existsSync(url)) {
    console.error(`check-size: ${file} is absent: run npm run build`);
    process.exitCode = 1;
    continue;
  }
  const content = readFileSync(url);
  const bytes = gzip ? gzipSync(content, { level: 9 }).length : content.length;
  const line = `${file} ${bytes} of ${maxBytes} bytes${gzip ? ' (gzip)' : ''}`;
  if (bytes > maxBytes) {
    console.error(`check-size: over budget: ${line}`);
    process.exitCode = 1;
  } else {
    console.log(`check-size: ${line}`);
  }
}
