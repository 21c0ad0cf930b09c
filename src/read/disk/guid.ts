export const NO_GUID = '00000000-0000-0000-0000-000000000000';

/** 16 bytes as UEFI appendix A has them, the first three fields little-endian: in lower case, with dashes. */
export function toGuid(bytes: Buffer, at: number): string {
  const hex = (start: number, end: number) => bytes.toString('hex', at + start, at + end);
  const turned = (start: number, end: number) =>
    Buffer.from(bytes.subarray(at + start, at + end))
      .reverse()
      .toString('hex');
  return `${turned(0, 4)}-${turned(4, 6)}-${turned(6, 8)}-${hex(8, 10)}-${hex(10, 16)}`;
}
