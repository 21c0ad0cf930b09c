import type { AnyDetector } from './contract.ts';
import { oddEntries } from './detectors/archive/odd-entries/index.ts';
import { unaccountedBytes } from './detectors/archive/unaccounted-bytes/index.ts';
import { disguised } from './detectors/binaries/disguised/index.ts';
import { kernelThreadName } from './detectors/binaries/kernel-thread-name/index.ts';
import { knownBad } from './detectors/binaries/known-bad/index.ts';
import { miner } from './detectors/binaries/miner/index.ts';
import { packed } from './detectors/binaries/packed/index.ts';
import { processHider } from './detectors/binaries/process-hider/index.ts';
import { runpath } from './detectors/binaries/runpath/index.ts';
import { staticHidden } from './detectors/binaries/static-hidden/index.ts';
import { vanishedExecutable } from './detectors/binaries/vanished-executable/index.ts';
import { xzBackdoor } from './detectors/binaries/xz-backdoor/index.ts';
import { altered } from './detectors/integrity/altered/index.ts';
import { database } from './detectors/integrity/database/index.ts';
import { replaced } from './detectors/integrity/replaced/index.ts';
import { unowned } from './detectors/integrity/unowned/index.ts';
import { yara } from './detectors/malware/yara/index.ts';
import { ldSoPreload } from './detectors/persistence/ld-so-preload/index.ts';
import { credentialFiles } from './detectors/secrets/credential-files/index.ts';
import { environment } from './detectors/secrets/environment/index.ts';
import { privateKeys } from './detectors/secrets/private-keys/index.ts';
import { tokens } from './detectors/secrets/tokens/index.ts';

/** Every detector. A new one is its folder and one line here. */
export const DETECTORS: readonly AnyDetector[] = [
  ldSoPreload,
  disguised,
  kernelThreadName,
  knownBad,
  miner,
  packed,
  processHider,
  runpath,
  staticHidden,
  vanishedExecutable,
  xzBackdoor,
  oddEntries,
  unaccountedBytes,
  altered,
  database,
  replaced,
  unowned,
  yara,
  credentialFiles,
  environment,
  privateKeys,
  tokens,
];
