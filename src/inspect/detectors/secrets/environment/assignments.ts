import { entropyOf, isStandIn, maskSecret } from '../evidence/secret-text.ts';

/** A variable whose name says that its value is secret. */
export interface SecretAssignment {
  readonly name: string;
  /** Of the value, in the text. */
  readonly offset: number;
  readonly length: number;
  readonly masked: string;
  /** Random enough that nobody typed it to be replaced. */
  readonly random: boolean;
}

const ASSIGNMENT =
  /(?<![A-Za-z0-9_])([A-Za-z][A-Za-z0-9_]{0,80})=(?:"([^"\n]{0,500})"|'([^'\n]{0,500})'|([^\s"';&|]{0,500}))/g;
const SECRET_NAME =
  /passw(?:or)?d|secret|token|api_?key|private_?key|access_?key|credential|(?:^|_)pass$|(?:^|_)pw$|(?:^|_)pwd$/i;
/** About a secret, and not one. */
const ABOUT =
  /(?:_|^)(?:file|path|dir|url|uri|endpoint|host|name|id|type|ttl|expiry|expires|length|size|policy|algorithm|header|field|version|sha\d*|digest|hash|enabled|required|auth|user|prefix|key_?id)$/i;

/** Assignments `NAME=value` in a line of text where the name promises a secret and the value is none of the usual stand-ins. */
export function* findAssignments(text: string): Generator<SecretAssignment> {
  for (const match of text.matchAll(ASSIGNMENT)) {
    const name = match[1] ?? '';
    const value = match[2] ?? match[3] ?? match[4] ?? '';
    if (!SECRET_NAME.test(name) || ABOUT.test(name) || isHarmless(value)) continue;
    yield {
      name,
      offset: match.index + match[0].indexOf(value, name.length + 1),
      length: value.length,
      masked: maskSecret(value),
      random: value.length >= 16 && entropyOf(value) >= 3.5,
    };
  }
}

/** Empty, a switch, a number, a reference, a path, an address without a password, or a stand-in. */
function isHarmless(value: string): boolean {
  return (
    value.length < 6 ||
    /^(?:true|false|none|null|disabled|enabled|\d{1,9})$/i.test(value) ||
    /^[$%@/.~]/.test(value) ||
    /^[a-z][a-z0-9+.-]{1,20}:\/\/[^:@\s]*(?::\d+)?(?:\/[^@]*)?$/i.test(value) ||
    isStandIn(value)
  );
}
