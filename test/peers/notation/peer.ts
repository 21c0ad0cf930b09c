import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PEER_FOLDER } from '../debian.ts';
import { isInstalled, run } from '../run.ts';

/* Notation's own libraries, built from `main.go` beside this file and kept outside the repository. */

const SOURCE = fileURLToPath(new URL('.', import.meta.url));
const BIN = join(PEER_FOLDER, 'bin');
/** Go downloads and compiles some fifty packages. */
const BUILD_MS = 15 * 60_000;

export interface Target {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export interface PeerSignRequest {
  readonly mediaType: string;
  readonly key: 'RSA-2048' | 'RSA-3072' | 'RSA-4096' | 'EC-256' | 'EC-384' | 'EC-521';
  readonly scheme: 'notary.x509' | 'notary.x509.signingAuthority';
  readonly expires?: boolean;
  readonly plugin?: string;
  readonly target: Target;
}

export interface PeerVerifyRequest {
  readonly mediaType: string;
  /** Base64, as everything that is bytes. */
  readonly envelope: string;
  /** A `trustpolicy.json`. */
  readonly policy: unknown;
  /** Certificates in DER by `kind:name`. */
  readonly stores: Readonly<Record<string, readonly string[]>>;
  readonly name: string;
  readonly target: Target;
}

interface PeerAnswer {
  readonly signed: readonly { readonly envelope: string; readonly root: string }[];
  /** `verified`, or why not. */
  readonly verified: readonly string[];
}

/** Why the peer is not to be had here; undefined when it is. It is built where it can be. */
export function missingNotation(): string | undefined {
  const program = programPath();
  if (existsSync(program)) return undefined;
  if (!isInstalled('go')) return 'missing: Go to build the Notation peer with (apt-get install golang-go)';
  mkdirSync(BIN, { recursive: true });
  const draft = `${program}.part-${process.pid}`;
  const options = {
    cwd: SOURCE,
    encoding: 'utf8',
    timeout: BUILD_MS,
    env: { ...process.env, CGO_ENABLED: '0' },
  } as const;
  const { status, stderr } = spawnSync(
    'go',
    ['build', '-trimpath', '-mod=readonly', '-o', draft, '.'],
    options,
  );
  if (status !== 0) return `missing: the Notation peer, which did not build: ${stderr?.trim().slice(-200)}`;
  renameSync(draft, program);
  return undefined;
}

/** Asks the peer to sign and to verify, in this order. */
export function askNotation(request: {
  readonly sign?: readonly PeerSignRequest[];
  readonly verify?: readonly PeerVerifyRequest[];
}): PeerAnswer {
  return JSON.parse(run(programPath(), [], { input: JSON.stringify(request) }));
}

/** Another program for other sources. */
function programPath(): string {
  const hash = createHash('sha256');
  for (const name of ['main.go', 'go.mod', 'go.sum']) hash.update(readFileSync(join(SOURCE, name)));
  return join(BIN, `notation-peer-${hash.digest('hex').slice(0, 12)}`);
}
