import { blankComments } from '../../content/shell/comments.ts';
import { findDecodeToShell } from '../../content/shell/decode-to-shell.ts';
import { findFetchToShell } from '../../content/shell/fetch-to-shell.ts';
import { type Cut, findPatterns, lineCounter, type ShellMatch } from '../../content/shell/match.ts';
import { findReverseShell } from '../../content/shell/reverse-shell.ts';

/** Text that runs what the network or a decoder gives it, gives a connection to a shell, or opens one through /dev/tcp. */
export interface RemoteCode {
  readonly kind: 'fetch' | 'decode' | 'connection' | 'device';
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** What evidence says of each kind. */
export const REMOTE_WORDS: Readonly<Record<RemoteCode['kind'], string>> = {
  fetch: 'runs what it fetches',
  decode: 'runs what it decodes',
  connection: 'gives a connection to a shell',
  device: 'opens a connection',
};

const DEVICE = /\/dev\/(?:tcp|udp)\/[^\s;|&)]{1,100}/g;
/** Of each kind in one file: more say no more. */
const MAX_FOUND = 16;

/**
 * Finds what has no place where the system starts things by itself: what is fetched and run, decoded and run, and any
 * use of /dev/tcp. One for each line, the first kind of these. Comments (`#`) do not count.
 */
export function findRemoteCode(whole: string, cut: Cut): RemoteCode[] {
  const text = blankComments(whole, 'shell');
  const found = new Map<number, RemoteCode>();
  const add = (kind: RemoteCode['kind'], matches: Iterable<ShellMatch>): void => {
    const lineAt = lineCounter(text);
    const most = found.size + MAX_FOUND;
    for (const match of matches) {
      if (found.size === most) return;
      const line = lineAt(match.offset);
      if (!found.has(line)) found.set(line, { kind, line, text: match.text });
    }
  };
  add('fetch', findFetchToShell(text, cut));
  add('decode', findDecodeToShell(text, cut));
  add('connection', findReverseShell(text));
  add('device', findPatterns(text, [DEVICE]));
  return [...found.values()].sort((a, b) => a.line - b.line);
}
