import type { Digest } from '../../core/digest.ts';
import { toPrintable } from '../../core/printable.ts';
import type { Verification } from '../../core/verification.ts';
import { painter, type TerminalOptions, wrap } from '../terminal/style.ts';
import { renderVouching } from '../vouching/lines.ts';

/** By docs/schema/verification-1.0.json. */
export function renderVerificationJson(verification: Verification): string {
  return `${JSON.stringify(verification, null, 2)}\n`;
}

/** A verification for a person at a terminal: the answer, what it is for, who vouches, what does not count and why. */
export function renderVerification(
  { subject, vouching, notes }: Verification,
  options: TerminalOptions & { readonly verbose: boolean },
): string {
  const paint = painter(options);
  const trusted = vouching.outcome === 'trusted';
  const word = trusted ? paint(['bold', 'green'], 'VERIFIED') : paint(['bold', 'red'], 'NOT VERIFIED');
  const room = options.width - 14;
  const line = (digest: Digest, what: string): string =>
    paint('dim', wrap(`${digest} (${what})`, options.width, '  '));
  const platform =
    subject.platform === undefined ? [] : [line(subject.platform.digest, toPrintable(subject.platform.name))];
  const lines = [
    `${word}  ${paint('bold', wrap(toPrintable(subject.location, 1000), room, '  '))}`,
    line(subject.digest, subject.kind),
    ...platform,
    '',
    ...renderVouching(vouching, options),
    ...notes.map((note) => paint('dim', `  i ${wrap(toPrintable(note, 500), options.width - 4, '    ')}`)),
  ];
  return `${lines.join('\n')}\n`;
}
