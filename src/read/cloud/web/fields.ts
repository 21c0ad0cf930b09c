/** A field of foreign JSON, by its way from the top; undefined where there is none. */
export function at(value: unknown, ...way: readonly string[]): unknown {
  let found = value;
  for (const name of way) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = Reflect.get(found, name);
  }
  return found;
}

/** One that is a text which says something. */
export function text(value: unknown, ...way: readonly string[]): string | undefined {
  const found = at(value, ...way);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** One that is a list. */
export function list(value: unknown, ...way: readonly string[]): readonly unknown[] {
  const found = at(value, ...way);
  return Array.isArray(found) ? found : [];
}
