/**
 * A pass over keys that lie in the engine's memory, through its `lookup`, as a forwarding loop would make it. Compiled
 * by scripts/build.mjs to build/lookup-pass.wasm; AssemblyScript, so not a .ts file for tsc.
 */
// @ts-ignore: decorator
@external("engine", "lookup")
declare function lookup(worker: i32, instanceId: u32, family: i32, table: u32, keys: usize, out: usize, n: i32): void;

/** Sum of the values, or 0 when they are not summed. `batch` is 1 or a multiple of 4, and `count` of `batch`. */
export function pass(family: i32, table: u32, keys: usize, out: usize, count: u32, batch: u32, summed: i32): u64 {
  const bytes = <usize>batch << (family == 4 ? 2 : 4);
  const end = out + (<usize>batch << 2);
  let sums = i64x2.splat(0);
  let sum: u64 = 0;
  for (let done: u32 = 0; done < count; done += batch, keys += bytes) {
    lookup(0, 0, family, table, keys, out, batch);
    if (!summed) continue;
    if (batch == 1) {
      sum += load<u32>(out);
      continue;
    }
    for (let at = out; at < end; at += 16) {
      const values = v128.load(at);
      sums = i64x2.add(sums, i64x2.extend_low_i32x4_u(values));
      sums = i64x2.add(sums, i64x2.extend_high_i32x4_u(values));
    }
  }
  return sum + i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1);
}
