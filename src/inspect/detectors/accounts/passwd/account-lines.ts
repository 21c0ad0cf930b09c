/** What a password field lets in: nobody, anybody, or who knows the password. */
export type PasswordKind = 'locked' | 'empty' | 'hash';

/** One line of passwd(5) or shadow(5). `uid` and `shell` are passwd's. */
export interface AccountLine {
  readonly line: number;
  readonly name: string;
  readonly password: PasswordKind;
  readonly uid?: number;
  readonly shell?: string;
}

/** What crypt(5) can produce: `$id$…`, BSDi's `_` with 19 characters, or traditional DES with 13. */
const HASH = /^(?:\$[0-9a-zA-Z-]{1,16}\$|_[./0-9A-Za-z]{19}$|[./0-9A-Za-z]{13}$)/;

/** Reads every well-formed line; comments, blank lines and lines without fields are skipped, as glibc does. */
export function* parseAccountLines(text: string, database: 'passwd' | 'shadow'): Generator<AccountLine> {
  let line = 0;
  for (let start = 0; start < text.length; line++) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    const fields = text.slice(start, end).split(':', 7);
    start = end + 1;
    const [name = '', password, uid, , , , shell] = fields;
    if (password === undefined || name === '' || name.startsWith('#')) continue;
    const account = { line: line + 1, name: name.slice(0, 64), password: passwordKind(password) };
    if (database === 'shadow') yield account;
    else yield { ...account, uid: toUid(uid), shell: (shell ?? '').trim().slice(0, 128) };
  }
}

function passwordKind(field: string): PasswordKind {
  if (field === '') return 'empty';
  return HASH.test(field) ? 'hash' : 'locked';
}

/** `strtoul` of base 10, as the C libraries read it: `00` and `+0` are 0 too. Not a number is -1. */
function toUid(field: string | undefined): number {
  return field !== undefined && /^\s{0,8}\+?\d{1,20}$/.test(field) ? Number(field) : -1;
}
