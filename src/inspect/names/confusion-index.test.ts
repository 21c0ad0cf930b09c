import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markOf } from './confusion-index.ts';

const hosts: readonly (readonly [host: string, mark: string | undefined])[] = [
  ['registry.acme.example', 'acme'],
  ['registry.acme.example:5000', 'acme'],
  ['harbor.team.acme.co.uk', 'acme'],
  ['acme-registry.internal', 'acme'],
  ['registry.data-systems.example', 'data-systems'],
  ['acme.jfrog.io', 'acme'],
  ['acme.azurecr.io', 'acme'],
  ['123456789012.dkr.ecr.us-east-1.amazonaws.com', '123456789012'],
  ['registry.acme.tools', 'acme'],
  ['harbor.platform.svc.cluster.local', undefined],
  ['localhost:5000', undefined],
  ['registry.example', undefined],
];
for (const [host, mark] of hosts) {
  test(`the word of ${host} is ${mark ?? 'none'}`, () => assert.equal(markOf(host), mark));
}
