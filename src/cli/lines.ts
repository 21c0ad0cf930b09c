/**
 * The lines of a stream of text, without their ends. Of a line longer than `max` characters only the first `max` are given, and
 * no more are ever held: who writes the stream may not write line ends at all.
 */
export async function* readLines(stream: AsyncIterable<string>, max: number): AsyncGenerator<string> {
  let line = '';
  for await (const chunk of stream) {
    const [first = '', ...rest] = chunk.split('\n');
    line = joinUpTo(line, first, max);
    for (const next of rest) {
      yield line;
      line = joinUpTo('', next, max);
    }
  }
  if (line !== '') yield line;
}

function joinUpTo(front: string, back: string, max: number): string {
  return front.length >= max ? front : front + back.slice(0, max - front.length);
}
