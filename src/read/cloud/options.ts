/** How clouds are reached, besides by what their own SDKs find in the environment and the user's files. */
export interface CloudOptions {
  /** AWS region; default: the SDK's (`AWS_REGION`, the profile). */
  readonly region?: string;
  /**
   * Other addresses of services, by name: `ec2`, `ebs`, `compute`, `storage`, `management`. For emulators and private clouds.
   * Where one is given no credentials but the chain's own are sent to it.
   */
  readonly endpoints: Readonly<Record<string, string>>;
}

/** What reading costs, as far as the public price list of us-east-1 tells; told before reading and after. */
export interface CostNote {
  readonly when: 'before' | 'after';
  /** One line: `at most 5 cents: 16,384 blocks of snap-1`. */
  readonly text: string;
}
