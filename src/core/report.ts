import type { Decision } from './decision.ts';
import type { Finding } from './finding.ts';
import type { ImageConfig, ImageIdentity } from './image.ts';
import type { Naming } from './naming.ts';
import type { Distribution, Package } from './package.ts';
import type { LayerRef, Problem } from './problem.ts';
import type { Vouching } from './vouching.ts';

export const REPORT_SCHEMA_VERSION = '1.0';

/** Everything one inspection has to say. The JSON report is this, field for field; docs/schema holds the schema. */
export interface Report {
  readonly schemaVersion: typeof REPORT_SCHEMA_VERSION;
  readonly tool: { readonly name: 'pratique'; readonly version: string };
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  readonly image: ReportedImage;
  /** What is known of each of the image's names. */
  readonly names: readonly Naming[];
  readonly vouching: Vouching;
  readonly packages: readonly Package[];
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
  readonly decision: Decision;
  readonly timings: Timings;
}

export interface ReportedImage extends ImageIdentity {
  readonly distribution?: Distribution;
  readonly config: ImageConfig;
  readonly layers: readonly ReportedLayer[];
  /** Files in the final view: what a container would see. */
  readonly files: number;
}

export interface ReportedLayer extends LayerRef {
  readonly size?: number;
  readonly files: number;
  /** Taken from the cache rather than read again. */
  readonly cached: boolean;
}

/** Milliseconds. */
export interface Timings {
  readonly total: number;
  readonly open: number;
  readonly read: number;
  readonly judge: number;
}
