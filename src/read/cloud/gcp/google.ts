import { type Bearer, type Service, toBearer, under } from '../web/bearer.ts';
import type { JsonAnswer, WebClient } from '../web/client.ts';

const SCOPES = [
  'https://www.googleapis.com/auth/compute.readonly',
  'https://www.googleapis.com/auth/devstorage.read_only',
];

const METADATA_MS = 2_000;

export const ADVICE = {
  UNAUTHORIZED: 'sign in with gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS',
  FORBIDDEN: 'docs/clouds.md has the role that is needed',
  NOT_FOUND: 'check the name and the project',
  RATE_LIMITED: 'try again later',
  UNREACHABLE: 'check the endpoint and the network',
};

/** Google's own chain (application default credentials), with the project that pays where the user's file has one. */
export function toGoogleBearer(service: Service): Bearer {
  let auth: Promise<import('google-auth-library').GoogleAuth> | undefined;
  const read = async () => {
    auth ??= openAuth();
    return Object.fromEntries(await (await auth).getRequestHeaders());
  };
  return toBearer(service, read, ADVICE.UNAUTHORIZED);
}

/** Google's own, but that it asks quietly whether this is a machine of Google's: the library warns on stderr wherever it is not. */
async function openAuth(): Promise<import('google-auth-library').GoogleAuth> {
  const { GoogleAuth, gcpMetadata } = await import('google-auth-library');
  class QuietAuth extends GoogleAuth {
    override async _checkIsGCE(): Promise<boolean> {
      // Set by whoever knows: then the library does not guess, and does not warn.
      if (process.env.METADATA_SERVER_DETECTION !== undefined) return super._checkIsGCE();
      return gcpMetadata.getGCPResidency() || (await hasMetadataServer(gcpMetadata.HOST_ADDRESS));
    }
  }
  return new QuietAuth({ scopes: SCOPES });
}

/** Within Google it answers in milliseconds. */
async function hasMetadataServer(usual: string): Promise<boolean> {
  const { GCE_METADATA_IP: ip, GCE_METADATA_HOST: host } = process.env;
  const given = ip ?? host;
  const base = given === undefined ? usual : `http://${given.replace(/^https?:\/\//, '')}`;
  try {
    const answer = await fetch(new URL('/computeMetadata/v1/instance', base), {
      headers: { 'metadata-flavor': 'Google' },
      redirect: 'error',
      signal: AbortSignal.timeout(METADATA_MS),
    });
    await answer.body?.cancel();
    return answer.headers.get('metadata-flavor') === 'Google';
  } catch {
    return false;
  }
}

/** @param path begins with a slash @throws Failure */
export function getJson(
  client: WebClient,
  service: Service,
  bearer: Bearer,
  path: string,
  what: string,
  signal: AbortSignal,
): Promise<JsonAnswer> {
  return client.json({
    url: under(service, path),
    headers: bearer,
    reach: service.isOverridden ? 'any' : 'private',
    what,
    advice: ADVICE,
    signal,
  });
}
