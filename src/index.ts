/** Pratique as a library. Everything exported here is stable under semantic versioning. */

import { inspectLocation } from './app/inspect.ts';
import type { Progress } from './app/run.ts';
import { parseBy, parseSettings, type SettingsInput } from './app/settings.ts';
import { verifyLocation } from './app/verify/index.ts';
import { type VerifySettingsInput, verifySchema } from './app/verify/settings.ts';
import type { Report } from './core/report.ts';
import type { Verification } from './core/verification.ts';

export type { LayerProgress, OpenedProgress, Progress } from './app/run.ts';
export type { SettingsInput as InspectSettings } from './app/settings.ts';
export type { VerifySettingsInput as VerifySettings } from './app/verify/settings.ts';
export type { Decision, Outcome } from './core/decision.ts';
export { Failure, type FailureCode } from './core/failure.ts';
export type { Finding, FindingLocation, Tier } from './core/finding.ts';
export type { ImageConfig, ImageIdentity } from './core/image.ts';
export type { Naming, Standing, Suspicion } from './core/naming.ts';
export type { Distribution, Package } from './core/package.ts';
export type { LayerRef, Problem, ProblemCode } from './core/problem.ts';
export type { Report, ReportedImage, ReportedLayer, Timings } from './core/report.ts';
export type { Verification, VerifiedSubject } from './core/verification.ts';
export type {
  Identity,
  LogEntry,
  Rejection,
  RejectionCode,
  RuleVerdict,
  SigningTime,
  VerifiedSignature,
  VouchedSubject,
  Vouching,
} from './core/vouching.ts';

export interface InspectOptions extends SettingsInput {
  /** Stops the inspection; it then rejects with a `Failure` of code CANCELLED. */
  readonly signal?: AbortSignal;
  /** Called often while layers are read. */
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Inspects one image and says what is wrong with it, without running it.
 *
 * @param location a registry reference, `oci:DIR`, an archive, `docker:NAME`, a root file system: as on the command line
 * @returns the report of the one platform chosen
 * @throws Failure when the image could not be opened or read at all; what could not be read in part is in
 * `report.problems`, and keeps `report.decision.outcome` from being `allow`
 */
export async function inspect(location: string, options: InspectOptions = {}): Promise<Report> {
  const [report] = await inspectPlatforms(location, { ...options, allPlatforms: false });
  return report as Report;
}

/** As `inspect`, with a report for every platform when `allPlatforms` is set. */
export async function inspectPlatforms(location: string, options: InspectOptions = {}): Promise<Report[]> {
  const { signal = new AbortController().signal, onProgress = () => undefined, ...settings } = options;
  return inspectLocation(location, parseSettings(settings), { signal, onProgress });
}

export interface VerifyOptions extends VerifySettingsInput {
  /** Stops the verification; it then rejects with a `Failure` of code CANCELLED. */
  readonly signal?: AbortSignal;
}

/**
 * Says who vouches for an image, or for a file with its sigstore bundle. Use the image by `subject.digest` afterwards: a tag may
 * lead elsewhere a moment later.
 *
 * @param location a registry reference or `oci:DIR`; with `bundle` a file, or its digest
 * @returns the answer, which is yes only where `vouching.outcome` is `trusted`
 * @throws Failure when it could not be found out: no network, no such image, settings or trust file that cannot be used
 */
export async function verify(location: string, options: VerifyOptions = {}): Promise<Verification> {
  const { signal = new AbortController().signal, ...settings } = options;
  return verifyLocation(location, parseBy(verifySchema, settings), signal);
}
