/** Copies content into a buffer of the size it should have; how many bytes there were. What is too much is left. */
export async function fill(target: Uint8Array, content: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of content) {
    const fits = chunk.subarray(0, target.length - length);
    target.set(fits, length);
    length += fits.length;
  }
  return length;
}
