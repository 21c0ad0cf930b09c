import { createRequire } from 'node:module';
import type { RuleMatch, YaraX } from '@litko/yara-x';
import { messageOf } from '../../core/failure.ts';
import { toRulesInvalid } from './compile-errors.ts';
import {
  type Compile,
  MAX_MATCHES,
  type Scannable,
  toMeta,
  variablesOf,
  type YaraEngine,
  type YaraMatch,
  type YaraOutcome,
} from './engine.ts';
import type { RuleUnit } from './rule-unit.ts';

type Binding = typeof import('@litko/yara-x');

/** The compiler of the native binding, where the platform has one. It is an optional dependency: x64 glibc and macOS. */
export function loadNative(): Compile | undefined {
  let binding: Binding;
  try {
    binding = createRequire(import.meta.url)('@litko/yara-x') as Binding;
  } catch {
    return undefined;
  }
  return (unit) => new NativeEngine(compile(binding, unit), unit);
}

function compile(binding: Binding, unit: RuleUnit): YaraX {
  const options = { defineVariables: variablesOf(unit.variables, '') };
  try {
    const scanner: YaraX = binding.compile(unit.text, options);
    scanner.setMaxMatchesPerPattern(MAX_MATCHES);
    return scanner;
  } catch (error) {
    // Compilation stops at the first error, validation gives them all.
    const check = (text: string) => binding.validate(text, options).errors.map(({ message }) => message);
    const reports = check(unit.text);
    throw toRulesInvalid(unit, reports.length > 0 ? reports : [messageOf(error)], check);
  }
}

class NativeEngine implements YaraEngine {
  readonly kind = 'native';
  readonly #scanner: YaraX;
  readonly #unit: RuleUnit;

  constructor(scanner: YaraX, unit: RuleUnit) {
    this.#scanner = scanner;
    this.#unit = unit;
  }

  scan(files: readonly Scannable[]): readonly YaraOutcome[] {
    return files.map((file) => this.#one(file));
  }

  #one({ bytes, path }: Scannable): YaraOutcome {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { variables } = this.#unit;
    try {
      const matches =
        variables.length === 0
          ? this.#scanner.scan(buffer)
          : this.#scanner.scan(buffer, variablesOf(variables, path));
      return { kind: 'scanned', matches: matches.map(toMatch) };
    } catch (error) {
      return { kind: 'failed', reason: messageOf(error), lasting: false };
    }
  }
}

function toMatch({ ruleIdentifier, tags, meta, matches }: RuleMatch): YaraMatch {
  return {
    rule: ruleIdentifier,
    tags,
    meta: toMeta(Object.entries(meta)),
    patterns: matches.map(({ identifier, offset, length }) => ({ id: identifier, offset, length })),
  };
}
