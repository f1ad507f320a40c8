/** `0x11223344-0x55667788`; what is no ID in hexadecimal, or all zeros, is unspecified. */
export function formatId(id: string): string {
  if (!/^([0-9a-f]{8})+$/i.test(id) || /^0+$/.test(id)) return 'unspecified';
  return (id.match(/.{8}/g) ?? []).map((word) => `0x${word.toUpperCase()}`).join('-');
}
