/** What the benches use of the package, which has no types of its own. */
declare module 'longest-prefix-match' {
  class LongestPrefixMatch {
    addPrefix(prefix: string, payload: number): void;
    /** Payloads of the longest prefix that covers this one: none, one, or more where a prefix was added again. */
    getMatch(prefix: string): number[];
  }
  export default LongestPrefixMatch;
}
