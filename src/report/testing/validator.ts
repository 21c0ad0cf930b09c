import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv, type AnySchemaObject, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** Compiles a JSON Schema of draft 4 to 7 and those it refers to. */
export function compileSchema(
  schema: AnySchemaObject,
  referred: readonly AnySchemaObject[] = [],
): ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  // Formats of later drafts that ajv-formats does not have; they are shapes, not structure.
  for (const name of ['iri-reference', 'idn-email']) ajv.addFormat(name, true);
  for (const one of referred) ajv.addSchema(one);
  return ajv.compile(schema);
}

/** Compiles one of ours, in docs/schema: draft 2020-12, and strict about its own keywords. */
export function compileOwnSchema(name: string, ...referred: readonly string[]): ValidateFunction {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  addFormats.default(ajv);
  const read = (file: string) => readSchema(new URL(`../../../docs/schema/${file}`, import.meta.url));
  for (const one of referred) ajv.addSchema(read(one));
  return ajv.compile(read(name));
}

export function readSchema(file: URL | string): AnySchemaObject {
  return JSON.parse(readFileSync(file, 'utf8'));
}

export function assertValid(validate: ValidateFunction, text: string): void {
  validate(JSON.parse(text));
  assert.deepEqual(validate.errors ?? [], []);
}
