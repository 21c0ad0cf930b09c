import { createHash, randomInt, sign } from 'node:crypto';
import type { SerializedBundle } from '@sigstore/bundle';
import { initializeTLog } from '@sigstore/mock';
import { type KeyPair, toSpki } from './authority.ts';

/*
 * Transparency logs. Version 1 is @sigstore/mock's; version 2 is written here, because the mock logs the request as it
 * came where a real Rekor v2 logs an entry (rekor-tiles, api/proto/rekor/v2/entry.proto).
 */

export type SerializedEntry = SerializedBundle['verificationMaterial']['tlogEntries'][number];

export interface LoggedEntry {
  readonly kind: string;
  readonly apiVersion: string;
  readonly spec: unknown;
}

/** Base64 of the digest of the log's public key: what both versions are known by here. */
export function logIdOf(keys: KeyPair): string {
  return createHash('sha256').update(toSpki(keys.publicKey)).digest('base64');
}

/** What the mock answers; its own declaration points at a package that does not come with it. */
interface MockAnswer {
  readonly body: string;
  readonly integratedTime: number;
  readonly logID: string;
  readonly logIndex: number;
  readonly verification: {
    readonly signedEntryTimestamp: string;
    readonly inclusionProof: {
      readonly logIndex: number;
      readonly treeSize: number;
      readonly rootHash: string;
      readonly hashes: string[];
      readonly checkpoint: string;
    };
  };
}

/** Logs in version 1: with an inclusion promise, which makes the integrated time worth something. */
export async function logV1(
  entry: LoggedEntry,
  url: string,
  keys: KeyPair,
  at: Date,
): Promise<SerializedEntry> {
  const log = await initializeTLog(url, keys, at);
  const answer = (await log.log(entry)) as Readonly<Record<string, MockAnswer>>;
  const [logged] = Object.values(answer);
  if (logged === undefined) throw new Error('the mock log answered nothing');
  const { inclusionProof: proof, signedEntryTimestamp } = logged.verification;
  return {
    logIndex: String(logged.logIndex),
    logId: { keyId: Buffer.from(logged.logID, 'hex').toString('base64') },
    kindVersion: { kind: entry.kind, version: entry.apiVersion },
    integratedTime: String(logged.integratedTime),
    inclusionPromise: { signedEntryTimestamp },
    inclusionProof: {
      logIndex: String(proof.logIndex),
      rootHash: Buffer.from(proof.rootHash, 'hex').toString('base64'),
      treeSize: String(proof.treeSize),
      hashes: proof.hashes,
      checkpoint: { envelope: proof.checkpoint },
    },
    canonicalizedBody: logged.body,
  };
}

/** Logs in version 2: a proof of inclusion and nothing about time. The tree has two leaves, ours is the second. */
export function logV2(entry: LoggedEntry, url: string, keys: KeyPair): SerializedEntry {
  const body = Buffer.from(JSON.stringify(entry));
  const leaf = createHash('sha256').update(Buffer.of(0)).update(body).digest();
  const sibling = createHash('sha256')
    .update(String(randomInt(2 ** 40)))
    .digest();
  const root = createHash('sha256').update(Buffer.of(1)).update(sibling).update(leaf).digest();
  const host = new URL(url).host;
  const note = `${host}\n2\n${root.toString('base64')}\n`;
  const hint = Buffer.from(logIdOf(keys), 'base64').subarray(0, 4);
  const signature = Buffer.concat([hint, sign(null, Buffer.from(note), keys.privateKey)]);
  return {
    logIndex: '1',
    logId: { keyId: logIdOf(keys) },
    kindVersion: { kind: entry.kind, version: entry.apiVersion },
    integratedTime: '0',
    inclusionPromise: undefined,
    inclusionProof: {
      logIndex: '1',
      rootHash: root.toString('base64'),
      treeSize: '2',
      hashes: [sibling.toString('base64')],
      checkpoint: { envelope: `${note}\n\u2014 ${host} ${signature.toString('base64')}\n` },
    },
    canonicalizedBody: body.toString('base64'),
  };
}
