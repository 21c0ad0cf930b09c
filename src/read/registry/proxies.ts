import { Failure } from '../../core/failure.ts';

/** As `EnvHttpProxyAgent` of undici takes them; empty means none, and never "look into the process's environment". */
interface Proxies {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

/**
 * `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, lower case first, for one scheme: as curl and Go have it, https goes
 * through `HTTPS_PROXY` or directly (undici alone would fall back to `HTTP_PROXY`).
 * @throws Failure USAGE; the proxy's URL stays out of the message, as it may hold a password
 */
export function readProxies(env: NodeJS.ProcessEnv, protocol: string): Proxies {
  const read = (name: string): string => env[name.toLowerCase()] || env[name] || '';
  const noProxy = read('NO_PROXY');
  if (protocol === 'https:') return { httpProxy: '', httpsProxy: toProxy(read, 'HTTPS_PROXY'), noProxy };
  return { httpProxy: toProxy(read, 'HTTP_PROXY'), httpsProxy: '', noProxy };
}

function toProxy(read: (name: string) => string, name: string): string {
  const text = read(name);
  if (text === '') return '';
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Failure('USAGE', `${name} holds no http:// or https:// URL of a proxy`);
  }
  return url.href;
}
