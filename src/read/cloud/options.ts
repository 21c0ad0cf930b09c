/** How clouds are reached, besides by what their own SDKs find in the environment and the user's files. */
export interface CloudOptions {
  /** AWS: default is the SDK's (`AWS_REGION`, the profile). Azure: where a foreign gallery is asked about. */
  readonly region?: string;
  /**
   * Other addresses of services, by name: AWS's `ec2` and `ebs`, Google's `compute` and `storage`, Azure's `management`; `web`: a server
   * that may speak plain http. For emulators and private clouds. No credentials but those of the cloud's own chain are ever sent to one.
   */
  readonly endpoints: Readonly<Record<string, string>>;
  /** PEM authorities to trust besides the system's. */
  readonly caFile?: string;
  /** `gs://BUCKET/OBJECT`: where a GCP image was exported to. */
  readonly exported?: string;
}
