import type { Detector } from '../../../contract.ts';

/*
 * A name in /etc/hosts beats every name server. Sent to a stranger, a registry's name serves other code; sent to nowhere, an
 * update server's name keeps holes open and scanners blind. No image has an honest reason to name these at all.
 */

interface Override {
  readonly line: number;
  readonly address: string;
  readonly names: readonly string[];
}

const RULE = 'supply-chain/hosts-override';

/** Registries, package and update servers, security services, identity and metadata services: the name or any below it. */
const GUARDED = [
  'docker.io',
  'docker.com',
  'ghcr.io',
  'quay.io',
  'gcr.io',
  'pkg.dev',
  'k8s.io',
  'mcr.microsoft.com',
  'azurecr.io',
  'public.ecr.aws',
  'debian.org',
  'ubuntu.com',
  'launchpad.net',
  'alpinelinux.org',
  'fedoraproject.org',
  'centos.org',
  'almalinux.org',
  'rockylinux.org',
  'redhat.com',
  'opensuse.org',
  'suse.com',
  'archlinux.org',
  'kernel.org',
  'amazonlinux.com',
  'packages.microsoft.com',
  'wolfi.dev',
  'cgr.dev',
  'pypi.org',
  'pythonhosted.org',
  'npmjs.org',
  'npmjs.com',
  'yarnpkg.com',
  'rubygems.org',
  'crates.io',
  'golang.org',
  'maven.org',
  'maven.apache.org',
  'packagist.org',
  'nuget.org',
  'anaconda.org',
  'anaconda.com',
  'nodejs.org',
  'nodesource.com',
  'rust-lang.org',
  'github.com',
  'githubusercontent.com',
  'gitlab.com',
  'bitbucket.org',
  'sigstore.dev',
  'letsencrypt.org',
  'virustotal.com',
  'clamav.net',
  'crowdstrike.com',
  'sentinelone.net',
  'sysdig.com',
  'aquasec.com',
  'snyk.io',
  'malwarebytes.com',
  'kaspersky.com',
  'eset.com',
  'sophos.com',
  'symantec.com',
  'mcafee.com',
  'trendmicro.com',
  'wazuh.com',
  'osquery.io',
  'abuse.ch',
  'aegis.aliyun.com',
  'amazonaws.com',
  'googleapis.com',
  'metadata.google.internal',
  'login.microsoftonline.com',
  'windowsupdate.com',
] as const;

const METADATA_ADDRESS = /^(?:169\.254\.169\.254|fd00:ec2::254)$/i;
/** More in one file say no more: all are refused. */
const MAX_OVERRIDES = 200;

export const hosts: Detector<Override> = {
  id: 'supply-chain/hosts',
  rules: [
    {
      id: RULE,
      tier: 'block',
      title: 'A registry, update or security server is sent elsewhere',
      remedy:
        'Remove the line from /etc/hosts; give a container extra hosts when it is started, if it needs any.',
      attack: ['T1565.001', 'T1562.001', 'T1195.002'],
      controls: ['TVM-06', 'IVS-03'],
      references: [
        'https://man7.org/linux/man-pages/man5/hosts.5.html',
        'https://attack.mitre.org/techniques/T1565/001/',
      ],
    },
  ],
  examiner: {
    id: 'supply-chain/hosts',
    version: 2,
    wants: [{ paths: /^(?:usr\/)?etc\/hosts$/ }],
    *examine(file) {
      let overrides = 0;
      for (const [index, line] of file.text().split('\n').entries()) {
        const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
        const guarded = names.filter(isGuarded);
        if (guarded.length === 0 || METADATA_ADDRESS.test(address)) continue;
        if (overrides++ >= MAX_OVERRIDES) return;
        yield { line: index + 1, address: address.slice(0, 64), names: guarded.slice(0, 8) };
      }
    },
  },
  *judge(_image, seen) {
    for (const { layer, path, observation } of seen) {
      const { line, address, names } = observation;
      yield { rule: RULE, layer, path, line, evidence: `${names.join(', ')} is sent to ${address}` };
    }
  },
};

function isGuarded(raw: string): boolean {
  const name = raw.toLowerCase().replace(/\.$/, '');
  return GUARDED.some((guarded) => name === guarded || name.endsWith(`.${guarded}`));
}
