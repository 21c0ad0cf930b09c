import type { Publisher } from './catalogue/contract.ts';

/*
 * Names of products whose official image is their publisher's own (`grafana/grafana`, `prom/prometheus`): whoever mistypes one gets
 * what a stranger has put there. Names that many things have say nothing, and are left out.
 */

const SHORTEST = 6;
/** Names of parts and purposes: anybody has one, and spells it as he likes. */
const GENERIC: ReadonlySet<string> = new Set(
  (
    'actual analytics android answer backend bitcoin broker browser browsers builder bundled catalog charts chrome collector community ' +
    'compose connect console controller dashboard default-image delegate desktop discovery docker dockerfile driver editor engine ' +
    'enterprise entrypoint examples executor exporter express factory features filesystem firefox frontend gateway github heartbeat ' +
    'hello-app helloworld homepage included infrastructure ingestion invoker kernel lambda lifecycle lightning memory minimal monitor ' +
    'notebooks operate operator picard pipelines placeholder placement plumber ranger realtime reconciler registration registry reloader ' +
    'rootfs runner runners runtime samples sandbox scaffolding scanner secrets self-host server servercore shepherd sidecar singleuser ' +
    'speaker stable standalone standard static storage studio substrate support-tools systemd tasklist templates terminal testimage ' +
    'testing tracker api-server apiserver mail-server rest-server node-agent admin-tools build-tools auto-setup git-sync base-builder ' +
    'web-server webserver  twenty upstream vector weaver webapp webhook whereami whoami windows worker activator warmer debugger base-image'
  ).split(' '),
);

/** Distinctive repository names of publishers, and whose each is: rather `prom/prometheus` than `bitnami/prometheus`. */
export function toProducts(publishers: Iterable<Publisher>): ReadonlyMap<string, Publisher> {
  const products = new Map<string, Publisher>();
  for (const publisher of publishers) {
    for (const repository of publisher.repositories) {
      const name = repository.slice(repository.lastIndexOf('/') + 1);
      if (name.length < SHORTEST || GENERIC.has(name)) continue;
      const other = products.get(name);
      if (other === undefined || (isNamedFor(publisher, name) && !isNamedFor(other, name)))
        products.set(name, publisher);
    }
  }
  return products;
}

function isNamedFor({ namespace }: Publisher, product: string): boolean {
  const [first = ''] = namespace.split('/');
  return first !== '' && (product.startsWith(first) || first.startsWith(product));
}
