import type { AnyDetector } from './contract.ts';
import { ldSoPreload } from './detectors/persistence/ld-so-preload/index.ts';

/** Every detector. A new one is its folder and one line here. */
export const DETECTORS: readonly AnyDetector[] = [ldSoPreload];
