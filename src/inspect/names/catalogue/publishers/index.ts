import type { Publisher } from '../contract.ts';
import { AMAZON_ECR_ROWS } from './amazon-ecr.ts';
import { DOCKER_HUB_A_TO_L } from './docker-hub-a-to-l.ts';
import { DOCKER_HUB_M_TO_Z } from './docker-hub-m-to-z.ts';
import { GCR_ROWS } from './gcr.ts';
import { GHCR_ROWS } from './ghcr.ts';
import { OTHER_ROWS } from './other-registries.ts';
import { QUAY_ROWS } from './quay.ts';
import { toPublisher, toPublishers } from './table.ts';

/** All publishers, registry by registry. */
export function toAllPublishers(): readonly Publisher[] {
  return [
    ...toPublishers('docker.io', (name) => `https://hub.docker.com/u/${name}`, [
      ...DOCKER_HUB_A_TO_L,
      ...DOCKER_HUB_M_TO_Z,
    ]),
    ...toPublishers('ghcr.io', (name) => `https://github.com/${name}`, GHCR_ROWS),
    ...toPublishers('quay.io', (name) => `https://quay.io/organization/${name}`, QUAY_ROWS),
    ...toPublishers('gcr.io', (name) => `https://gcr.io/${name}`, GCR_ROWS),
    ...toPublishers('public.ecr.aws', (name) => `https://gallery.ecr.aws/${name}`, AMAZON_ECR_ROWS),
    ...OTHER_ROWS.map(toPublisher),
  ];
}
