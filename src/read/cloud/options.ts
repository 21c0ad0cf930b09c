/** How clouds are reached, besides by what their own SDKs find in the environment and the user's files. */
export interface CloudOptions {
  /** AWS region; default: the SDK's (`AWS_REGION`, the profile). */
  readonly region?: string;
  /**
   * Other addresses of services, by name: `ec2`, `ebs`; `web`: a server that may speak plain http. For emulators and private clouds.
   * Where one is given no credentials but the chain's own are sent to it.
   */
  readonly endpoints: Readonly<Record<string, string>>;
}
