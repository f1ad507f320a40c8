/** What is being done, on the error stream. */

/** Between two lines of a log. */
const LOG_MS = 10_000;

interface Stream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * On a terminal one line that overwrites itself, cleared by an empty text. In a file or a pipe a line of its own, the first at
 * once and then one in ten seconds at most, so that a log shows life. `now`: milliseconds.
 */
export function progressOn(stream: Stream, now: () => number): (text: string) => void {
  let last = -Infinity;
  return (text) => {
    if (stream.isTTY === true) {
      stream.write(`\r\x1b[K${text}`);
      return;
    }
    if (text === '' || now() - last < LOG_MS) return;
    last = now();
    stream.write(`bench: ${text}\n`);
  };
}
