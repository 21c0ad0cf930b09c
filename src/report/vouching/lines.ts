import type { Digest } from '../../core/digest.ts';
import { toPrintable } from '../../core/printable.ts';
import type { Identity, Rejection, SigningTime, VerifiedSignature, Vouching } from '../../core/vouching.ts';
import { painter, type TerminalOptions, wrap } from '../terminal/style.ts';

/** Signatures that do not count shown unless everything is asked for. */
const REJECTED = 5;

const FORMATS: Readonly<Record<VerifiedSignature['format'], string>> = {
  cosign: 'cosign signature',
  'sigstore-bundle': 'sigstore bundle',
  notation: 'Notation signature',
};

/** The section "who vouches for it". Empty where nobody was asked and there is nothing to say. */
export function renderVouching(
  vouching: Vouching,
  options: TerminalOptions & { readonly verbose: boolean },
): string[] {
  const paint = painter(options);
  const heading = paint('bold', 'WHO VOUCHES FOR IT');
  if (vouching.outcome === 'unchecked') {
    const why = vouching.reasons.map(({ message }) => toPrintable(message, 500)).join('; ');
    return [`${heading}  ${paint('dim', wrap(why, options.width - 20, '  '))}`];
  }
  const { verified, reasons } = vouching;
  const more = rejectedBesides(vouching);
  // Beside signatures that are enough, nobody needs to hear of the others.
  const most = vouching.outcome === 'trusted' ? 0 : REJECTED;
  const shown = options.verbose ? more : more.slice(0, most);
  const rest = more.length - shown.length;
  return [
    heading,
    ...verified.flatMap((signature) => renderVerified(signature, options)),
    ...reasons.map((reason) => renderRejection(reason, paint('red', '✘'), options)),
    ...shown.map((rejection) => renderRejection(rejection, paint('dim', '–'), options)),
    ...(rest > 0 ? [paint('dim', `  … ${rest} more not counted; --verbose shows them all`)] : []),
  ];
}

function renderVerified(signature: VerifiedSignature, options: TerminalOptions): string[] {
  const { identity, subject, times, log, says, notes } = signature;
  const paint = painter(options);
  const line = (text: string): string =>
    `      ${wrap(toPrintable(text, 1000), options.width - 6, '      ')}`;
  const entry = log === undefined ? [] : [`entry ${log.index} of ${log.log}`];
  return [
    `  ${paint('green', '✔')} ${paint('bold', wrap(toPrintable(whoIs(identity), 500), options.width - 4, '    '))}`,
    line(whoElse(identity)),
    line(`${kindOf(signature)} on the ${subject.kind} ${short(subject.digest)}`),
    ...[[...times.map(renderTime), ...entry].join(', ')].filter((text) => text !== '').map(line),
    ...says.map(line),
    ...notes.map((note) => paint('yellow', line(note))),
  ];
}

function renderRejection({ code, message }: Rejection, mark: string, options: TerminalOptions): string {
  return `  ${mark} ${wrap(`${code} ${toPrintable(message, 1000)}`, options.width - 4, '    ')}`;
}

/** What does not count and is not already said as a reason. */
export function rejectedBesides({ reasons, rejected }: Vouching): readonly Rejection[] {
  return rejected.filter(
    ({ code, message }) => !reasons.some((reason) => reason.code === code && reason.message === message),
  );
}

/** What the signature is, by its format or by what it attests. */
export function kindOf({ format, predicateType }: VerifiedSignature): string {
  return predicateType === undefined ? FORMATS[format] : `attestation ${predicateType}`;
}

/** The line that names the signer. */
export function whoIs(identity: Identity): string {
  return identity.kind === 'key' ? `key ${identity.name}` : identity.subject;
}

/** The line that says who stands behind the name. */
export function whoElse(identity: Identity): string {
  switch (identity.kind) {
    case 'key':
      return short(identity.fingerprint);
    case 'sigstore':
      return `issuer ${identity.issuer}, proven by the trust root ${identity.root}`;
    case 'x509':
      return `certificate ${short(identity.fingerprint)}, proven by the trust store ${identity.store}`;
  }
}

/** As much of a digest as a person compares; the JSON report has it whole. */
export function short(digest: Digest): string {
  return digest.slice(0, digest.indexOf(':') + 13);
}

const SOURCES: Readonly<Record<SigningTime['source'], string>> = {
  log: 'says the log',
  'timestamp-authority': 'says a timestamp authority',
  claimed: 'claims the signer',
};

export function renderTime({ time, source }: SigningTime): string {
  return `signed ${time.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ' UTC')}, ${SOURCES[source]}`;
}
