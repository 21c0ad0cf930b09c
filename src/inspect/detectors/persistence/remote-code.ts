import { findDecodeToShell } from '../../content/shell/decode-to-shell.ts';
import { findFetchToShell } from '../../content/shell/fetch-to-shell.ts';
import { lineOf, type ShellMatch } from '../../content/shell/match.ts';
import { findReverseShell } from '../../content/shell/reverse-shell.ts';
import { isComment } from '../../content/shell/text-role.ts';

/** Text that runs what the network or a decoder gives it, or gives a connection to a shell. */
export interface RemoteCode {
  readonly kind: 'fetch' | 'decode' | 'connection';
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

const DEVICE = /\/dev\/(?:tcp|udp)\/[^\s;|&)]{1,100}/g;
const MAX_FOUND = 16;

/**
 * Finds what has no place where the system starts things by itself: what is fetched and run, decoded and run, and any
 * use of /dev/tcp. Comment lines (`#`) do not count.
 */
export function findRemoteCode(text: string): RemoteCode[] {
  const found = [
    ...toCode('fetch', findFetchToShell(text), text),
    ...toCode('decode', findDecodeToShell(text), text),
    ...toCode('connection', findReverseShell(text), text),
    ...toCode('connection', devicesIn(text), text),
  ];
  const first = new Map(found.toReversed().map((code) => [code.line, code]));
  return [...first.values()].sort((a, b) => a.line - b.line).slice(0, MAX_FOUND);
}

function toCode(kind: RemoteCode['kind'], matches: readonly ShellMatch[], text: string): RemoteCode[] {
  return matches
    .filter(({ offset }) => !isComment(text, offset, 'shell'))
    .map((match) => ({ kind, line: lineOf(text, match.offset), text: match.text }));
}

function devicesIn(text: string): ShellMatch[] {
  return [...text.matchAll(DEVICE).take(MAX_FOUND)].map(({ index, 0: found }) => ({
    offset: index,
    text: found,
  }));
}
