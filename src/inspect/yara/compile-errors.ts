import { Failure } from '../../core/failure.ts';
import type { RuleUnit, UnitPart } from './rule-unit.ts';

const MAX_ERRORS = 20;

interface CompileError {
  readonly code: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Gives what the compiler has to say about a text, as YARA-X words it; empty when it compiles. */
export type Check = (text: string) => readonly string[];

/**
 * Says which rule files do not compile, where, and why. A file that leaves a brace open makes the compiler complain
 * in the one after it, so the files around each complaint are first checked alone, for syntax.
 */
export function toRulesInvalid(unit: RuleUnit, reports: readonly string[], check: Check): Failure {
  const errors = reports.map(parseReport);
  const suspects = new Set(
    errors.flatMap(({ line }) => {
      const index = partIndexAt(unit, line);
      return [index - 1, index].filter((one) => one >= 0);
    }),
  );
  const syntax = [...suspects].slice(0, 2 * MAX_ERRORS).flatMap((index) => {
    const part = unit.parts[index] as UnitPart;
    const alone = check(part.text).map(parseReport);
    return alone.filter(({ code }) => code === 'E001').map((error) => say(part, error));
  });
  const all = syntax.length > 0 ? syntax : errors.map((error) => sayInUnit(unit, error));
  const shown = all.slice(0, MAX_ERRORS).join('; ');
  const more = all.length > MAX_ERRORS ? `; and ${all.length - MAX_ERRORS} more` : '';
  return new Failure('RULES_INVALID', `rules do not compile: ${shown}${more}`);
}

/** `error[E009]: unknown identifier …`, then ` --> line:1:21`, then the line and a label under it. */
function parseReport(report: string): CompileError {
  const [, code = '', title = report.split('\n')[0] ?? ''] = /^error\[(E\d+)\]: ([^\n]*)/.exec(report) ?? [];
  const [, line = '1', column = '1'] = /-->[^\n:]*:(\d+):(\d+)/.exec(report) ?? [];
  const label = /\n[ |]*\|[ ]*[\^-]+ ([^\n]+)/.exec(report)?.[1];
  const message = label === undefined ? title : `${title}, ${label}`;
  return { code, line: Number(line), column: Number(column), message: message.slice(0, 300) };
}

function sayInUnit(unit: RuleUnit, error: CompileError): string {
  const part = unit.parts[partIndexAt(unit, error.line)] as UnitPart;
  return say(part, { ...error, line: error.line - part.line + 1 });
}

function say(part: UnitPart, { line, column, message }: CompileError): string {
  return `${part.path}:${line}:${column}: ${message}`;
}

function partIndexAt(unit: RuleUnit, line: number): number {
  return Math.max(
    0,
    unit.parts.findLastIndex((part) => part.line <= line),
  );
}
