import * as z from 'zod';
import { type Digest, isDigest } from '../../core/digest.ts';
import { Failure } from '../../core/failure.ts';

/*
 * The runtimes are written in Go, whose JSON decoder matches names whatever their letter case and reads `null` as
 * "not given". A document with `layers` and `LAYERS` means one thing to a strict reader and another to a runtime.
 * So names are folded as Go folds them, and two that fold to one are refused.
 */

/** A struct as Go reads one: names in any letter case, unknown names ignored, `null` as absent. */
export function struct<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = new Map(Object.keys(shape).map((name) => [fold(name), name]));
  return z.preprocess((value, context) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const named = new Map<string, unknown>();
    for (const [given, content] of Object.entries(value)) {
      const name = known.get(fold(given));
      if (name === undefined || content === null) continue;
      if (named.has(name))
        context.addIssue({ code: 'custom', message: 'given twice, in different letter case', path: [name] });
      named.set(name, content);
    }
    return Object.fromEntries(named);
  }, z.object(shape));
}

/** As Go's `encoding/json` does: the Kelvin sign is a k, the long s an s. */
function fold(name: string): string {
  return name.toUpperCase().toLowerCase();
}

export const digest = z.custom<Digest>(isDigest, 'is no sha256 or sha512 digest');
/** A size or count: never negative, never so large that arithmetic on it is inexact. */
export const size = z.int().nonnegative();
export const text = z.string().default('');
export const record = z
  .record(
    z.string(),
    z
      .string()
      .nullish()
      .transform((value) => value ?? ''),
  )
  .default({});

const SHOWN_ISSUES = 8;

/**
 * @param what names the document in the message
 * @throws Failure MALFORMED naming everything that is wrong with it, the first few in full
 */
export function narrow<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { issues } = result.error;
  const shown = issues.slice(0, SHOWN_ISSUES).map(({ path, message }) => {
    const where = path.map(String).join('.').slice(0, 80);
    return where === '' ? message : `${where}: ${message}`;
  });
  const more = issues.length > SHOWN_ISSUES ? `; and ${issues.length - SHOWN_ISSUES} more` : '';
  throw new Failure('MALFORMED', `${what} is not what its type demands: ${shown.join('; ')}${more}`);
}
