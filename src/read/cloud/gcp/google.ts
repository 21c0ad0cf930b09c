import { type Bearer, type Service, toBearer, under } from '../web/bearer.ts';
import type { JsonAnswer, WebClient } from '../web/client.ts';

const SCOPES = [
  'https://www.googleapis.com/auth/compute.readonly',
  'https://www.googleapis.com/auth/devstorage.read_only',
];

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
    auth ??= import('google-auth-library').then(({ GoogleAuth }) => new GoogleAuth({ scopes: SCOPES }));
    return Object.fromEntries(await (await auth).getRequestHeaders());
  };
  return toBearer(service, read, ADVICE.UNAUTHORIZED);
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
