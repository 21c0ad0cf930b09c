import type { Tier } from '../../../../core/finding.ts';
import { findDestinations, firstDestination, isLoopback } from '../../../content/shell/destination.ts';

/** What a variable with a certain value does: the rule it breaks, and another tier than the rule's when it is milder. */
export interface Risk {
  readonly rule: 'index' | 'proxy' | 'hook' | 'verification';
  readonly tier?: Tier;
}

const OWN_INDEXES =
  /^(?:pypi\.org|files\.pythonhosted\.org|test\.pypi\.org|download\.pytorch\.org|pypi\.nvidia\.com|pypi\.ngc\.nvidia\.com|www\.piwheels\.org|registry\.npmjs\.org|registry\.yarnpkg\.com|npm\.jsr\.io|proxy\.golang\.org|sum\.golang\.org|rubygems\.org|index\.rubygems\.org|index\.crates\.io|static\.crates\.io|crates\.io|repo\.maven\.apache\.org|repo1\.maven\.org|conda\.anaconda\.org|repo\.anaconda\.com|api\.nuget\.org)$/;
const INDEX_NAMES =
  /^(?:PIP_(?:EXTRA_)?INDEX_URL|PIP_FIND_LINKS|UV_(?:EXTRA_|DEFAULT_)?INDEX(?:_URL)?|PIPENV_PYPI_MIRROR|POETRY_REPOSITORIES_\w+_URL|NPM_CONFIG_(?:\w+_)?REGISTRY|YARN_(?:NPM_)?REGISTRY(?:_SERVER)?|BUN_CONFIG_REGISTRY|GOPROXY|GONOSUMDB_PROXY|RUBYGEMS_HOST|BUNDLE_MIRROR\w*|GEM_SOURCE|CARGO_(?:REGISTRIES|REGISTRY|SOURCE)_\w*(?:INDEX|REGISTRY)|CONDA_CHANNEL_ALIAS|NUGET_SOURCE|RUSTUP_(?:DIST_SERVER|UPDATE_ROOT)|NVM_NODEJS_ORG_MIRROR|ELECTRON_MIRROR|HEX_MIRROR)$/i;
const PROXY_NAMES =
  /^(?:https?|all|ftp)_proxy$|^npm_config_(?:https?-?_?)?proxy$|^PIP_PROXY$|^YARN_HTTPS?_PROXY$/i;
const WRITABLE = /(?:^|[:=,\s])(?:\/tmp|\/var\/tmp|\/dev\/shm|\/run\/shm|\.{1,2})(?=\/|:|,|\s|$)/;
const KNOWN_HOOKS =
  /^(?:dd-trace\/(?:init|initialize\.mjs|register\.js)|@opentelemetry\/\S{1,80}|newrelic|elastic-apm-node\/start(?:\.js)?|source-map-support\/register|ts-node\/(?:register(?:\/transpile-only)?|esm)|tsconfig-paths\/register|tsx(?:\/\w{1,8})?|dotenv\/config|\S{0,100}\.pnp\.(?:c?js|loader\.mjs)|@sentry\/\S{1,80}|applicationinsights|esbuild-register|@swc(?:-node)?\/register)$/;
const NODE_HOOK =
  /(?:^|\s)(?:--require|-r|--import|--loader|--experimental-loader)(?:=|\s{1,4})["']?([^\s"']{1,300})/g;
const TRUE = /^["']?(?:1|true|yes|on)["']?$/i;
const FALSE = /^["']?(?:0|false|no|off)["']?$/i;

/** Variables that turn a check off, with the value that does. */
const VERIFICATION: Readonly<Record<string, RegExp>> = {
  NODE_TLS_REJECT_UNAUTHORIZED: FALSE,
  PYTHONHTTPSVERIFY: FALSE,
  GIT_SSL_NO_VERIFY: /^(?!\s*$)(?!(?:0|false|no|off)$)/i,
  NPM_CONFIG_STRICT_SSL: FALSE,
  YARN_ENABLE_STRICT_SSL: FALSE,
  PIP_TRUSTED_HOST: /\S/,
  UV_INSECURE_HOST: /\S/,
  UV_NATIVE_TLS_INSECURE: TRUE,
  GOINSECURE: /\S/,
  GONOSUMCHECK: /\S/,
  GONOSUMDB: /^\*$/,
  GONOSUMVERIFY: TRUE,
  GOSUMDB: /^off$/i,
  GOFLAGS: /(?:^|\s)-insecure\b/,
  BUNDLE_SSL_VERIFY_MODE: /^0$/,
  REQUESTS_CA_BUNDLE: /^$/,
  CURL_CA_BUNDLE: /^$/,
  SSL_CERT_FILE: /^\/dev\/null$/,
  CONDA_SSL_VERIFY: FALSE,
  APT_ALLOW_UNAUTHENTICATED: TRUE,
  DOCKER_CONTENT_TRUST_DISABLED: TRUE,
};

export function riskOf(name: string, value: string): Risk | undefined {
  if (VERIFICATION[name.toUpperCase()]?.test(value)) return { rule: 'verification' };
  if (value.trim() === '') return undefined;
  if (INDEX_NAMES.test(name)) return isOwnIndex(value) ? undefined : { rule: 'index' };
  if (PROXY_NAMES.test(name)) return { rule: 'proxy' };
  return hookOf(name, value);
}

/** Credentials in URLs are the secret detectors' to report, not ours to repeat. */
export function maskCredentials(value: string): string {
  return value.replace(/(:\/\/)[^\s/@]{1,200}@/g, '$1***@');
}

function isOwnIndex(value: string): boolean {
  if (firstDestination(value) === undefined) return !/[./]/.test(value) || /^(?:direct|off)$/.test(value);
  return findDestinations(value).every(
    ({ host, scheme }) => (scheme !== 'http' || isLoopback(host)) && OWN_INDEXES.test(host),
  );
}

function hookOf(name: string, value: string): Risk | undefined {
  switch (name) {
    case 'NODE_OPTIONS':
      return nodeHook(value);
    case 'PYTHONSTARTUP':
    case 'PERL5DB':
    case 'GCONV_PATH':
      return { rule: 'hook' };
    case 'BASH_ENV':
    case 'PROMPT_COMMAND':
      return { rule: 'hook', ...(isRedHatHook(value) && { tier: 'note' as const }) };
    case 'ENV':
      // A file for sh(1) to read; far more often the name of a stage.
      if (!/^(?:\/|~\/|\.\/|\$HOME\/)/.test(value)) return undefined;
      return { rule: 'hook', ...(isRedHatHook(value) && { tier: 'note' as const }) };
    case 'PERL5OPT':
      return /(?:^|\s)-?[MmI]/.test(value) ? { rule: 'hook' } : undefined;
    case 'RUBYOPT':
      return /(?:^|\s)-(?:r\s{0,2}(?!bundler\/setup|rubygems\b)|I)/.test(value)
        ? { rule: 'hook' }
        : undefined;
    case 'JAVA_TOOL_OPTIONS':
    case 'JDK_JAVA_OPTIONS':
    case '_JAVA_OPTIONS':
      return /-(?:javaagent|agentpath|agentlib):(?:\/tmp|\/var\/tmp|\/dev\/shm|\/\.)/.test(value)
        ? { rule: 'hook' }
        : undefined;
    case 'LD_LIBRARY_PATH':
    case 'PYTHONPATH':
    case 'NODE_PATH':
    case 'PERL5LIB':
    case 'RUBYLIB':
    case 'PATH':
      return isWritable(name, value) ? { rule: 'hook' } : undefined;
    default:
      return undefined;
  }
}

function nodeHook(value: string): Risk | undefined {
  const hooks = [...value.matchAll(NODE_HOOK)].map(([, module = '']) => module);
  if (hooks.length === 0) return undefined;
  return {
    rule: 'hook',
    ...(hooks.every((module) => KNOWN_HOOKS.test(module)) && { tier: 'note' as const }),
  };
}

/** Relative parts of module paths are ordinary; for the loader and for commands they follow the caller around. */
function isWritable(name: string, value: string): boolean {
  const strict = name === 'LD_LIBRARY_PATH' || name === 'PATH';
  return strict
    ? WRITABLE.test(value)
    : /(?:^|:)(?:\/tmp|\/var\/tmp|\/dev\/shm|\/run\/shm)(?=\/|:|$)/.test(value);
}

/** Red Hat's application images enable software collections this way in every shell. */
function isRedHatHook(value: string): boolean {
  return /^(?:\.\s)?\/opt\/app-root\/etc\/\w+$/.test(value);
}
