/** What a report may show of a secret: its first 4 and last 2 characters and how long it is. */
export function maskSecret(secret: string): string {
  const shown = secret.length < 12 ? '***' : `${secret.slice(0, 4)}…${secret.slice(-2)}`;
  return `${shown} (${secret.length} characters)`;
}

/** Shannon entropy in bits a character: about 5.5 for random base64 of 40 characters, 3 to 4 for English. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

const STAND_INS =
  /example|sample|dummy|placeholder|change_?-?me|your[_-]|x{4}|\*{3}|\.{3}|fake|redacted|insert|todo|not-?a-?real|123456|abcdef|[<>]|\{\{|\$\{|\$\(|%\(/i;

/** True for what stands where a secret would: `changeme`, `<token>`, `${TOKEN}`, `xxxxxxxx`. */
export function isStandIn(value: string): boolean {
  return STAND_INS.test(value) || new Set(value).size < Math.min(6, value.length);
}
