import { Failure } from '../../../core/failure.ts';
import { toOneLine } from '../../../core/one-line.ts';
import { matchesGlob, parseGlob } from './glob.ts';
import type { SubjectMatch } from './rules.ts';

/*
 * Identities are compared whole. Others compare them with a regular expression that need not start at the start, and
 * `github.com/acme` then also trusts `evil.example/?github.com/acme`, `.` trusts everyone, and so does the empty string.
 * What looks like one of those is refused with the advice how to write it, rather than read as something else.
 */

const MAX_PATTERN = 1024;
/** A path that climbs is not below what it begins with, in whichever way a URL can say so (WHATWG URL, "path state"). */
const CLIMBS = /(?:[/\\]|%2f|%5c)(?:\.|%2e){1,2}(?:[/\\?#@]|%2f|%5c|$)/i;
/** Where everybody may have an account: a pattern must say whose it means. */
const OPEN_TO_ALL = new Set(['github.com', 'gitlab.com', 'bitbucket.org', 'codeberg.org']);

/**
 * An exact subject, issuer or source.
 * @param what names the field in messages
 * @throws Failure USAGE when it is empty, or written as a pattern
 */
export function parseExact(text: string, what: string, patternField?: string): string {
  const flaw = flawIn(text);
  if (flaw !== undefined) throw refusal(text, what, flaw);
  if (text.includes('*')) {
    const advice = patternField === undefined ? 'write it out' : `for a pattern write ${patternField}`;
    throw refusal(text, what, `it is compared exactly, and has a *: ${advice}`);
  }
  return text;
}

/**
 * A pattern over the whole subject or source: `*` is anything but a slash, `**` anything.
 * @param what names the field in messages
 * @throws Failure USAGE when it would trust everybody, or is a regular expression
 */
export function parseSubjectPattern(text: string, what: string): SubjectMatch {
  const flaw = flawIn(text) ?? opennessOf(text);
  if (flaw !== undefined) throw refusal(text, what, flaw);
  const parts = parseGlob(text);
  if (parts === undefined)
    throw refusal(text, what, '*** means nothing: * is anything but a slash, ** anything');
  return {
    kind: 'pattern',
    text,
    matches: (subject) => !CLIMBS.test(subject) && matchesGlob(parts, subject),
  };
}

export function matchesSubject(match: SubjectMatch, subject: string): boolean {
  return match.kind === 'exact' ? match.text === subject : match.matches(subject);
}

function flawIn(text: string): string | undefined {
  if (text === '') return 'it is empty';
  if (text.length > MAX_PATTERN) return `it is longer than ${MAX_PATTERN} characters`;
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) return 'it has control characters in it';
  if (/^\^|\$$|\\|\.\*|\.\+|\(\?|\[\^/.test(text)) {
    return 'regular expressions are not read; write the text itself, in a pattern with * for anything but a slash and ** for anything';
  }
  return undefined;
}

/** Why a pattern would match the subjects of strangers. */
function opennessOf(pattern: string): string | undefined {
  if (!/[\p{L}\p{N}]/u.test(pattern)) return 'it would match everybody';
  const scheme = pattern.indexOf('://');
  if (scheme === -1) return opennessOfName(pattern);
  const authority = pattern.slice(scheme + 3).split('/', 1)[0] ?? '';
  const path = pattern.slice(scheme + 3 + authority.length);
  if (pattern.slice(0, scheme).includes('*')) return 'the scheme must be written out';
  if (authority === '' || authority.includes('*'))
    return 'the host must be written out, up to the slash after it';
  const owner = path.slice(1).split('/', 1)[0] ?? '';
  if (OPEN_TO_ALL.has(authority.toLowerCase()) && (owner === '' || owner.includes('*'))) {
    return `everybody can have an account at ${authority}: write out whose is meant, up to the slash after it`;
  }
  return undefined;
}

/** Of a pattern without a host: it is for an e-mail address, and must not fit a URI of anybody that ends the same. */
function opennessOfName(pattern: string): string | undefined {
  const star = pattern.indexOf('*');
  if (star === -1) return undefined;
  if (pattern.endsWith('*')) return 'it must end in a literal domain, or strangers can complete it';
  if (pattern.includes('**') || pattern.includes('/', star))
    return 'it begins without a host, and so with any: write out scheme and host';
  return undefined;
}

function refusal(text: string, what: string, why: string): Failure {
  return new Failure('USAGE', `${what} "${toOneLine(text, 120)}" cannot be used: ${why}`);
}
