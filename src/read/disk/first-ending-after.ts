/** Index of the first of these parts that ends after `offset`; their number where none does. They ascend and do not overlap. */
export function firstEndingAfter(
  parts: readonly { readonly offset: number; readonly length: number }[],
  offset: number,
): number {
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const part = parts[middle];
    if (part !== undefined && part.offset + part.length > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
