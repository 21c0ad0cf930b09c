/*
 * An image may hold a thousand harmless things before the one that matters. So detectors do not stop at a number of
 * things looked at; what they keep of one file is bounded for each kind apart, or its end is said.
 */

/** The first `limit` of each kind, in their order: milder facts do not crowd out graver ones. */
export function* fewOfEach<T>(items: Iterable<T>, limit: number, kindOf: (item: T) => unknown): Generator<T> {
  const counts = new Map<unknown, number>();
  for (const item of items) {
    const kind = kindOf(item);
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    if (count <= limit) yield item;
  }
}

/** The first `limit` items, for what is only judged with the whole image at hand; `cut` is called where there are more. */
export function* firstOf<T>(items: Iterable<T>, limit: number, cut: () => void): Generator<T> {
  let count = 0;
  for (const item of items) {
    if (count++ === limit) {
      cut();
      return;
    }
    yield item;
  }
}
