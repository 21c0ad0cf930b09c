import type { AnyCataloger } from '../contract.ts';

/** Every cataloger of package databases. One line each. */
export const CATALOGERS: readonly AnyCataloger[] = [];
