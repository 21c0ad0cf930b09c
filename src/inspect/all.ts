import type { AnyDetector } from './contract.ts';
import { authorizedKeys } from './detectors/accounts/authorized-keys/index.ts';
import { pam } from './detectors/accounts/pam/index.ts';
import { pamModules } from './detectors/accounts/pam-modules/index.ts';
import { passwd } from './detectors/accounts/passwd/index.ts';
import { privilegedFiles } from './detectors/accounts/privileged-files/index.ts';
import { sshd } from './detectors/accounts/sshd/index.ts';
import { sudoers } from './detectors/accounts/sudoers/index.ts';
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
import { downloadToShell } from './detectors/config/download-to-shell/index.ts';
import { historyMismatch } from './detectors/config/history-mismatch/index.ts';
import { minerConfig } from './detectors/config/miner-config/index.ts';
import { networkHooks } from './detectors/config/network-hooks/index.ts';
import { oddEntrypoint } from './detectors/config/odd-entrypoint/index.ts';
import { preloadEnv } from './detectors/config/preload-env/index.ts';
import { riskyEnvironment } from './detectors/config/risky-environment/index.ts';
import { altered } from './detectors/integrity/altered/index.ts';
import { database } from './detectors/integrity/database/index.ts';
import { replaced } from './detectors/integrity/replaced/index.ts';
import { unowned } from './detectors/integrity/unowned/index.ts';
import { bootFiles } from './detectors/machine/boot-files/index.ts';
import { bootParameters } from './detectors/machine/boot-parameters/index.ts';
import { cloudImage } from './detectors/machine/cloud-image/index.ts';
import { hostKeys } from './detectors/machine/host-keys/index.ts';
import { initramfs } from './detectors/machine/initramfs/index.ts';
import { machineId } from './detectors/machine/machine-id/index.ts';
import { remoteAgents } from './detectors/machine/remote-agents/index.ts';
import { userData } from './detectors/machine/user-data/index.ts';
import { yara } from './detectors/malware/yara/index.ts';
import { imitation } from './detectors/names/imitation/index.ts';
import { chatExfiltration } from './detectors/network/chat-exfiltration/index.ts';
import { fedExecution } from './detectors/network/fed-execution/index.ts';
import { hiddenServices } from './detectors/network/hidden-services/index.ts';
import { miningPool } from './detectors/network/mining-pool/index.ts';
import { cron } from './detectors/persistence/cron/index.ts';
import { interpreterStartup } from './detectors/persistence/interpreter-startup/index.ts';
import { kernelObjects } from './detectors/persistence/kernel-objects/index.ts';
import { ldSoPreload } from './detectors/persistence/ld-so-preload/index.ts';
import { maskedPaths } from './detectors/persistence/masked-paths/index.ts';
import { packageHooks } from './detectors/persistence/package-hooks/index.ts';
import { shellStartup } from './detectors/persistence/shell-startup/index.ts';
import { units } from './detectors/persistence/units/index.ts';
import { containerEscape } from './detectors/scripts/container-escape/index.ts';
import { coverUp } from './detectors/scripts/cover-up/index.ts';
import { credentialTheft } from './detectors/scripts/credential-theft/index.ts';
import { defenseDisabling } from './detectors/scripts/defense-disabling/index.ts';
import { massScanner } from './detectors/scripts/mass-scanner/index.ts';
import { reverseShell } from './detectors/scripts/reverse-shell/index.ts';
import { rivalKiller } from './detectors/scripts/rival-killer/index.ts';
import { credentialFiles } from './detectors/secrets/credential-files/index.ts';
import { environment } from './detectors/secrets/environment/index.ts';
import { privateKeys } from './detectors/secrets/private-keys/index.ts';
import { tokens } from './detectors/secrets/tokens/index.ts';
import { untrusted } from './detectors/signatures/untrusted/index.ts';
import { caRoots } from './detectors/supply-chain/ca-roots/index.ts';
import { hosts } from './detectors/supply-chain/hosts/index.ts';
import { languageIndexes } from './detectors/supply-chain/language-indexes/index.ts';
import { packageRepositories } from './detectors/supply-chain/package-repositories/index.ts';
import { registryAutostart } from './detectors/windows/registry-autostart/index.ts';
import { remoteAccess } from './detectors/windows/remote-access/index.ts';
import { scheduledTasks } from './detectors/windows/scheduled-tasks/index.ts';
import { services } from './detectors/windows/services/index.ts';
import { startupFiles } from './detectors/windows/startup-files/index.ts';

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
  downloadToShell,
  minerConfig,
  preloadEnv,
  oddEntrypoint,
  historyMismatch,
  networkHooks,
  riskyEnvironment,
  reverseShell,
  rivalKiller,
  defenseDisabling,
  coverUp,
  credentialTheft,
  containerEscape,
  massScanner,
  miningPool,
  hiddenServices,
  fedExecution,
  imitation,
  chatExfiltration,
  authorizedKeys,
  pam,
  pamModules,
  passwd,
  privilegedFiles,
  sshd,
  sudoers,
  cron,
  interpreterStartup,
  kernelObjects,
  maskedPaths,
  packageHooks,
  shellStartup,
  units,
  bootParameters,
  cloudImage,
  hostKeys,
  initramfs,
  bootFiles,
  machineId,
  remoteAgents,
  userData,
  untrusted,
  caRoots,
  hosts,
  languageIndexes,
  packageRepositories,
  registryAutostart,
  remoteAccess,
  scheduledTasks,
  services,
  startupFiles,
];
