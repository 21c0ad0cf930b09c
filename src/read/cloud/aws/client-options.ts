import { Agent } from 'node:https';
import { Readable } from 'node:stream';
import type { EBSClient } from '@aws-sdk/client-ebs';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { Failure } from '../../../core/failure.ts';
import { readSteadily } from '../../registry/body.ts';
import { readRoots } from '../../registry/trust.ts';
import type { CloudOptions } from '../options.ts';
import { toService } from '../web/bearer.ts';

/** A page of 10,000 blocks is a megabyte; a block half of one. */
const MAX_ANSWER = 32 * 2 ** 20;

/**
 * How the SDK's clients are set up. It signs, and finds credentials; how often and how long is tried is ours (`callAws`): its own pauses do
 * not end when the user gives up, and by default it waits for an answer for ever.
 * @param agent for https, where other authorities than the system's are trusted
 * @throws Failure USAGE
 */
export function toClientOptions(
  { region, endpoints }: CloudOptions,
  service: 'ec2' | 'ebs',
  agent: Agent | undefined,
) {
  const endpoint = endpoints[service];
  if (endpoint !== undefined) toService(`https://${service}.eu-west-1.amazonaws.com`, endpoint, service);
  return {
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 15_000,
      requestTimeout: 60_000,
      socketTimeout: 60_000,
      throwOnRequestTimeout: true,
      ...(agent !== undefined && { httpsAgent: agent }),
    },
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
  };
}

/** @throws Failure USAGE, NO_PERMISSION */
export async function openAgent({ caFile }: CloudOptions): Promise<Agent | undefined> {
  if (caFile === undefined) return undefined;
  return new Agent({ ca: await readRoots(caFile), keepAlive: true, maxSockets: 64 });
}

/** The SDK gathers answers whole, whatever their size: here they get an end, and may not drip. */
export function boundAnswers(client: EBSClient | EC2Client): void {
  const stack: Pick<EBSClient['middlewareStack'], 'add'> =
    client.middlewareStack as EBSClient['middlewareStack'];
  stack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { body?: unknown };
      if (response.body instanceof Readable) response.body = Readable.from(bounded(response.body));
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'boundAnswers' },
  );
}

async function* bounded(body: Readable): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const part of readSteadily(body, 'AWS')) {
    length += part.length;
    if (length > MAX_ANSWER)
      throw new Failure('REGISTRY_ERROR', `AWS answers with more than ${MAX_ANSWER} bytes`);
    yield part;
  }
}
