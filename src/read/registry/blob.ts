import { Failure } from '../../core/failure.ts';
import type { Descriptor } from '../blob-source.ts';
import { readSteadily } from './body.ts';
import { toConnectionFailure } from './connection-failure.ts';
import type { Followed } from './redirect.ts';
import type { Repository } from './repository.ts';
import { pause, retrying, toWait } from './retry.ts';

/** A download that got on by this many bytes before it broke was worth its try. */
const RESUME_PROGRESS = 1 << 20;

/**
 * Streams a blob from one repository, from byte `from` on (distribution-spec, "Pulling blobs"). A download that breaks
 * goes on where it broke, with a Range request to the registry (RFC 9110 section 14), which signs a fresh URL if
 * its storage needs one. Where Range is ignored the bytes already had are skipped. Both are bounded: a
 * download that breaks again and again without getting on ends.
 *
 * Parts of several answers are joined without looking at them: the reader checks the digest of the whole.
 * @throws Failure as `BlobSource.document`; TOO_LARGE and TRUNCATED when it is not `descriptor.size` bytes long
 */
export async function* readBlob(
  repository: Repository,
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { timing, endpoint } = repository;
  const what = `${endpoint.name}/${endpoint.repository}@${digest}`;
  let offset = from;
  let broken = 0;
  for (;;) {
    const before = offset;
    const range = offset === 0 ? {} : { range: `bytes=${offset}-` };
    const question = { path: `blobs/${digest}`, what, headers: { accept: '*/*', ...range } };
    const response = await retrying(timing, signal, () => repository.ask(question, signal));
    let failure: Failure;
    let skipped = 0;
    try {
      const skip = offset - toStart(response, offset, size, what);
      for await (const piece of readSteadily(response.body, response.url.host)) {
        const fresh = piece.subarray(Math.min(piece.length, skip - skipped));
        skipped += piece.length - fresh.length;
        if (fresh.length === 0) continue;
        if (offset + fresh.length > size) throw tooLong(what, size);
        offset += fresh.length;
        yield fresh;
      }
      failure = new Failure('TRUNCATED', `${what} ends after ${offset} of ${size} bytes`);
    } catch (error) {
      const broke = toConnectionFailure(error, response.url.host, signal);
      if (!broke.transient) throw broke.failure;
      failure = broke.failure;
    } finally {
      response.body.destroy();
    }
    if (offset === size) return;
    broken = offset - before >= RESUME_PROGRESS && skipped === 0 ? 0 : broken + 1;
    if (broken > timing.resumes) throw failure;
    await pause(toWait(timing, broken), signal);
  }
}

/** Where the bytes of a response start. */
function toStart(response: Followed, offset: number, size: number, what: string): number {
  const { status, headers, url } = response;
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw new Failure('REGISTRY_ERROR', `${url.host} encodes ${what}, which it was asked not to do`);
  }
  const start = status === 206 ? parseContentRange(headers['content-range'], offset, size) : 0;
  if (start === undefined)
    throw new Failure('REGISTRY_ERROR', `${url.host} sends another part of ${what} than asked`);
  const length = Number(headers['content-length'] ?? Number.NaN);
  if (length > size - start) throw tooLong(what, size);
  if (length < size - start && status === 200) {
    throw new Failure('TRUNCATED', `${what} has ${length} bytes, but its descriptor says ${size}`);
  }
  return start;
}

/** `bytes first-last/length` (RFC 9110 section 14.4), which must start where it was asked to and be of this blob. */
function parseContentRange(
  header: string | string[] | undefined,
  offset: number,
  size: number,
): number | undefined {
  const match =
    typeof header === 'string' ? /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(header) : null;
  if (match === null) return undefined;
  const [, first = '', last = '', length = ''] = match;
  const fits = Number(first) === offset && Number(last) < size && (length === '*' || Number(length) === size);
  return fits ? Number(first) : undefined;
}

function tooLong(what: string, size: number): Failure {
  return new Failure('TOO_LARGE', `${what} has more than the ${size} bytes that its descriptor says`);
}
