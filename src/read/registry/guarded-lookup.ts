import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Failure } from '../../core/failure.ts';
import { type AddressClass, isWithinReach, type Reach, toAddressClass } from './address.ts';

type Resolver = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A look-up for `net.connect` that gives only addresses within reach. Judging them here, where the socket is opened,
 * leaves no moment between the check and the use in which the name could come to mean something else.
 * @param remember is told the class of every address the name has.
 */
export function toGuardedLookup(
  reach: Reach,
  remember: (hostname: string, kind: AddressClass) => void,
  resolve: Resolver = lookup,
): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const classes = addresses.map(({ address }) => toAddressClass(address));
      for (const kind of classes) remember(hostname, kind);
      const allowed = addresses.filter((_, index) => isWithinReach(classes[index] ?? 'forbidden', reach));
      const [first] = allowed;
      if (first === undefined) return callback(outOfReach(hostname, classes[0] ?? 'forbidden'), []);
      if (options.all === true) return callback(null, allowed);
      return callback(null, first.address, first.family);
    });
  };
}

export function outOfReach(host: string, kind: AddressClass): Failure {
  const what = kind === 'forbidden' ? 'link-local, metadata or reserved' : kind;
  return new Failure(
    'FORBIDDEN',
    `${host} is a ${what} address: refused, as nobody outside has any business to send there`,
  );
}
