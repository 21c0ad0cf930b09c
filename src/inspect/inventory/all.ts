import type { AnyCataloger } from '../contract.ts';
import { apkCataloger } from './apk/index.ts';
import { dpkgCataloger } from './dpkg/index.ts';
import { rpmCataloger } from './rpm/index.ts';

/** Every cataloger of package databases. One line each. */
export const CATALOGERS: readonly AnyCataloger[] = [dpkgCataloger, apkCataloger, rpmCataloger];
