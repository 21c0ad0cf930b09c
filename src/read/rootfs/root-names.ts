/** Any of these at its top makes a folder or a tar a root file system, where nobody says what it is. */
export const ROOT_FOLDERS = ['etc', 'usr', 'bin', 'sbin', 'lib', 'var'] as const;
