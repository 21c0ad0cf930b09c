import type { CloudOwners } from './contract.ts';

/*
 * Who publishes machine images. AWS account numbers stand in public Terraform, Packer and vendor pages, and were
 * cross-read in several of them: https://documentation.ubuntu.com/aws/ (Canonical),
 * https://wiki.debian.org/Cloud/AmazonEC2Image, https://rockylinux.org/download,
 * https://wiki.almalinux.org/cloud/AWS.html, https://docs.gitlab.com/solutions/cloud/aws/gitlab_single_box_on_aws/.
 * Accounts of vendors that are known for roles or logs only are left out: they publish no images.
 */
export const CLOUDS: CloudOwners = {
  aws: [
    { owner: '013907871322', name: 'SUSE', patterns: ['suse-sle-*', 'suse-sles-*'] },
    { owner: '075585003325', name: 'Flatcar (Kinvolk)', patterns: ['Flatcar-*'] },
    { owner: '099720109477', name: 'Canonical (Ubuntu)', patterns: ['ubuntu-minimal/*', 'ubuntu/images/*'] },
    {
      owner: '125523088429',
      name: 'CentOS and Fedora Project',
      patterns: ['CentOS*', 'Fedora-Cloud-*', 'fedora-coreos-*'],
    },
    { owner: '131827586825', name: 'Oracle Linux', patterns: ['OL*-*'] },
    { owner: '136693071363', name: 'Debian', patterns: ['debian-*'] },
    {
      owner: '137112412989',
      name: 'Amazon Linux',
      patterns: ['al2023-ami-*', 'amzn-ami-*', 'amzn2-ami-*'],
    },
    { owner: '309956199498', name: 'Red Hat', patterns: ['RHEL-*'] },
    {
      owner: '379101102735',
      name: 'Debian, up to stretch',
      patterns: ['debian-jessie-*', 'debian-stretch-*'],
      retired: true,
    },
    { owner: '595879546273', name: 'CoreOS Container Linux', patterns: ['CoreOS-*'], retired: true },
    { owner: '602401143452', name: 'Amazon EKS', patterns: ['amazon-eks-*'] },
    { owner: '764336703387', name: 'AlmaLinux OS Foundation', patterns: ['AlmaLinux OS *'] },
    { owner: '782774275127', name: 'GitLab', patterns: ['GitLab CE*', 'GitLab EE*'] },
    { owner: '792107900819', name: 'Rocky Linux', patterns: ['Rocky-*'] },
    { owner: '801119661308', name: 'Amazon (Windows)', patterns: ['Windows_Server-*'] },
  ],
  gcp: [
    'centos-cloud',
    'cloud-hpc-image-public',
    'cos-cloud',
    'debian-cloud',
    'fedora-coreos-cloud',
    'ml-images',
    'opensuse-cloud',
    'rhel-cloud',
    'rhel-sap-cloud',
    'rocky-linux-cloud',
    'suse-byos-cloud',
    'suse-cloud',
    'suse-sap-cloud',
    'ubuntu-os-cloud',
    'ubuntu-os-pro-cloud',
    'windows-cloud',
    'windows-sql-cloud',
  ],
  azure: [
    'Canonical',
    'CoreOS',
    'Debian',
    'MicrosoftWindowsDesktop',
    'MicrosoftWindowsServer',
    'OpenLogic',
    'RedHat',
    'SUSE',
    'credativ',
    'kinvolk',
    'microsoftazurelinux',
    'resf',
  ],
};
