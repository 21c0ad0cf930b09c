import type { Destination } from './destination.ts';

/*
 * Installers that projects themselves tell people to pipe into a shell. Only over https, only these hosts, and at
 * raw.githubusercontent.com only these owners: anybody can have a repository there.
 */
const HOSTS = new Set([
  'apt.llvm.org',
  'aka.ms',
  'astral.sh',
  'bootstrap.pypa.io',
  'bun.com',
  'bun.sh',
  'cli.run.nu',
  'code-server.dev',
  'deb.nodesource.com',
  'deno.land',
  'dl.google.com',
  'dlcdn.apache.org',
  'dot.net',
  'fly.io',
  'foundry.paradigm.xyz',
  'get-ghcup.haskell.org',
  'get.docker.com',
  'get.haskellstack.org',
  'get.helm.sh',
  'get.k3s.io',
  'get.nexte.st',
  'get.pnpm.io',
  'get.pulumi.com',
  'get.rke2.io',
  'get.rvm.io',
  'get.sdkman.io',
  'get.starship.rs',
  'get.volta.sh',
  'getcomposer.org',
  'getmic.ro',
  'install.determinate.systems',
  'install.duckdb.org',
  'install.julialang.org',
  'install.meteor.com',
  'install.perlbrew.pl',
  'install.python-poetry.org',
  'just.systems',
  'mise.run',
  'nixos.org',
  'ollama.com',
  'packages.gitlab.com',
  'packages.microsoft.com',
  'packagecloud.io',
  'pixi.sh',
  'pyenv.run',
  'raw.githubusercontent.com',
  'releases.hashicorp.com',
  'rpm.nodesource.com',
  'sdk.cloud.google.com',
  'sh.rustup.rs',
  'starship.rs',
  'static.rust-lang.org',
  'storage.googleapis.com',
  'tailscale.com',
  'taskfile.dev',
  'yarnpkg.com',
]);

const GITHUB_OWNERS =
  /^\/(?:anchore|aquasecurity|asdf-vm|cargo-bins|composer|creationix|deislabs|github|golangci|goreleaser|hashicorp|helm|Homebrew|jdx|k3d-io|kubernetes-sigs|kubernetes|leiningen|Linuxbrew|microsoft|moovweb|nodenv|nodesource|nvm-sh|ohmyzsh|pyenv|python-poetry|rbenv|rust-lang|rvm|sdkman|sindresorhus|starship|tj|wasmerio|yarnpkg)\//i;
const BUCKETS =
  /^\/(?:bazel-apt|cloud-sdk-release|dart-archive|flutter_infra_release|kubernetes-release|minikube)\//;

export function isWellKnownInstaller({ scheme, host, path }: Destination): boolean {
  if ((scheme !== 'https' && scheme !== '') || !HOSTS.has(host)) return false;
  if (host === 'raw.githubusercontent.com') return GITHUB_OWNERS.test(path);
  return host !== 'storage.googleapis.com' || BUCKETS.test(path);
}
