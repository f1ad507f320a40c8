/** Numbers as people read them. */

/** `1,048,576`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 prefix`, `2,000 prefixes`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** Three digits that say something, and all before the point: `1234`, `12.3`, `0.0123`. */
export function significant(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** `32 KiB`, `8 MiB`. */
export function sizeText(bytes: number): string {
  if (bytes >= 2 ** 20) return `${trimmed(bytes / 2 ** 20)} MiB`;
  return bytes >= 2 ** 10 ? `${trimmed(bytes / 2 ** 10)} KiB` : `${bytes} B`;
}

function trimmed(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toFixed(1)));
}
