import { brotliDecompressSync } from 'node:zlib';

/*
 * What mkfs.xfs 6.1 filled from a prototype: version 4, without checksums and without kinds in its folders.
 *
 *   export TEST_DIR=/tmp TEST_DEV=/tmp QA_CHECK_FS=1 # mkfs.xfs then makes small ones
 *   { printf '/boot\n0 0\nd--755 0 0\nfile -u-755 1000 100 content\nlink l--777 0 0 file\n'
 *     echo "far l--777 0 0 /$(printf 'long/%.0s' $(seq 190))end"
 *     echo 'block d--755 0 0'; for i in $(seq 40); do echo "name-$i p--644 0 0"; done; echo '$'
 *     echo 'leaf d--755 0 0'; for i in $(seq 250); do echo "name-$i p--644 0 0"; done; echo '$'; echo '$'; } >prototype
 *   echo pratique >content; truncate -s 32M f.img
 *   mkfs.xfs -m crc=0,uuid=0123abcd-0000-4000-8000-0000000000f4 -b size=512 -i size=256 -n ftype=0 -d agcount=2 -p prototype f.img
 */
const IMAGE =
  'z///f1HUpcmqW8U45ghsHAEIeSviqwPbELMG/je4wirT4J11IUSCsePSjiFs6vd36YU8QuZ0Hv5/7X/73LH7vlj6v6HiyT0zEWiESKbi' +
  '6SUyq7O6NzIzHxs/zz4bG/tsvomNzTfPxuabZ2PzTWzUBS5vzRqXt2aNS9asb31rbFzemvc2RKf+V+KB/UuX2ekkptAgcfEY8v72A0e7' +
  'HDn6selCSTxBel8MiqL4OPH9IqLj/bbif39v6jvz//3bgbYLLNjOklew2i9uxZrS+ngwYBEOcFCC3jqXSukeCwiHIroZR55IEWdpLZ7h' +
  'IyYgAx5VMll8d87QdwgpkfCE3WM6L5eZdKHxj4vFwgHAgcvBWM3rAuV1aRixAwoD1xmWMBy8YGKVoFCmE0HO4d//6kDEOEmQpbaxe31u' +
  'z8kdJCC0/YuY+fYs27TAP6BtANMA0wEzkGkhARNf39UkSADQ6+UYZQqIFnAG+LNfGMboCo3AK6dpuz63fe8eBNBCiQoQACGXmucbbvuW' +
  'scW57Xv3TwFNbEON+NXbSlzsnEoELw8NMnq3pQNd2rbvOLVDqvAvQYwg4QUyvi33s/qw3b7j1M4pEN1fSFc2YVoZtIT6Mn1MI5q4WNja' +
  'tYesAID/Iv7wx4M+Yh89uzaQsaVGcM52/wp7bevVJftcgW33H9n+N0VRCYoJd6rfJ+auPpB3g2gzAUopHzGNrGBaadmR6ImZpW1JYmfM' +
  'Khy7fukxZlcuPsIwQMzul/5Cyk++jjnc7j/SSmmNMQR8we8GOUspF69ODnzdqPm6AYX+5V8/FD9wlV8DQdTjYD7ekLgogt90SwDMA7+z' +
  'VBCVhIAieOf/XQBwSeL+WAUYii8bk6bAM9JKwdv/kjmXSmtdrADDNDRJBVEQe01WYmwTmWW1hpzaRi9ehQW1JnoMKlIlBibSpBRcpEsC' +
  'QmRIEtKY2eiwCwCNBsoIkOWB8uhda9qp5wS6AEvg0swtKMHk+wKYAi8AU+gOYIpcAEyJvYAp1QJMmWZgwknAxL2AKfsBMLVAwNQGAlN7' +
  'CUzdU2DqzYCpPwWmwR4wDSfANBoD03gdmAoBMJUUwDSFA9OMBJjmRMC0xAWmFTYwrTGBaYMGTFsUYNpeAtPuHJj2Z8B0PASm0z4wnXeA' +
  '6bIFTLcRMN2HwPRIAtMzAUzvGDB9osD0zQOmXwSY/mFeRtgAYHIIAib3F8DkfQGY/HcAU/ACYAq3AlO8BZiSzQgEHCy7kGoqIWMA9jmx' +
  'BBqrT0tLlhgLmFt/lxJgQ/yX8XulSaeGVCl5WKtSRgwqdVRJaWNWlD7uQBkTbpQ56cMHNC+A0yEIQhDEgGEWgnBQlI9hQhwXE4SMJOVl' +
  'HQJKRvBsFAqiMcFM2QhbGZTLjAmUxUXKERLlSbwKh4FCxeDZApUgqsowXRUEVhVFVMN4quOoGgSmJimt1hFAqA2S6oTODqoLQ+ohDPVR' +
  'lgYYR0OcrxEh1JgUZzkKZHJAuSaQUtPw2SuaITTNUaYWGFtLnGsUITCaFDXmGJAYC+LGQQrjw+cATECoJqJ0VgyWiyPyCJ58Eq3gOMAU' +
  'glJFEKEYJpVEzhEqRSGTMIbJOMsUgmMqyW/aCSA0HRSbAcnMhOVmIUqzo+ekmIPRzMWZ5hFs80luC04CgYWgyCJIYjGMW4IoLI2eM7AM' +
  'o1qO060gYCtJ5LMKfgEA3lYH0a0JYVsblm5dhNj6KLkNDzsXuI1xaJsSjG1Osmx5IeBsa5C/bSHhtofF2xGRbWdUvl0x5XY//FyV7UnQ' +
  'tjfJtO9FgL39Qe4OhAQ7GBbtUESyw1F8R2KKHfXKX3znggMfN7BjEQ5X3fFIx6v3xMWg9w9SvJOBrGSnHtT7R6i308G4dGdCaNnOhvKm' +
  'OxcmKnY+XFbuQkTq7Q538ZGr8lHUSy8CrBq7HOjU2pUgUmdXg3n9XQvxGu56qN94Nx626tRstpvhdvPdinBb7nZk9O2h9M6LAlFtdwNV' +
  'zd170KrTUHv3g2HdPQhBDfYwFDfaozDWZI/DZfmeROgWe/pLrjqjgCfosxcDouqeB6rqe/GgVRegeC+DYclehaB6ex2KS/cmjJXtbbhs' +
  'uncR+n/RdRT0lmgj8ZR5Ln38+SPj2gAQuOTadfy84MCfPwcFOcTTYT6OcHaUm+McnBPq/HfE6epwDdj8zviTdZHzC++M4Lzoe0ku+0rx' +
  'jZd/ToT2NOM51mOcmPeg4GHRCcl9stsVd2k+0X1ueN/0keUtW+Z41fW656Sfl06ktoexj1XN2cnbJNgqWitxZCsUqzQ36ULDtabrLcdt' +
  'VzmOuS7zHPTjn9tgFDQWGYoZxADNIKqC6avrxvU0VJmWCvMsC20zJcsxxTVNqfQy8eMOoP9/EZual9D/wUrid82f1EXmF90Z7vwd2HQ0' +
  'IaGNpZ2tmdTS0dDVRKnjBX7cBfRXodeRk9hLxNOa56jHmFj3IPew4XtTLnxl+cb2ifS5433XR8pbXrJzDxyDLkMOYj6xR7OPqmZ26jZx' +
  'Ww0nTPcJt1vust0khY5rXdcrx71cde6DKdA0pBKbSIzSjKWGMoZuADfIsNbkCCssq2xV0lLHPNdCZab3bX3/c0A7b7hkOgmdsRy2HUP2' +
  'Og64tmO7iLfUB+Y590p4KD3x3FbuaVf93DinwGTDNFMhVGKZaMtDRjvGuYZiI4iN1BZmNbdOWCqt8MxXFmkz/cw5p0FjQxNTXaiBpbqt' +
  'FlLRUcVVBitH9KcGMT25PkJnqZunrdJBa+6n1TkjJKUYzDEhXQKeRCVFi/YT93EB0BsampjqQPAutP93o9e8hPbT8cf1Gft2BdArqL5M' +
  'N66n0FFCnjZKO62Z37Bf+JbaF72yGc3mEYiawSSwcAhqKxJMHVNg6sqAqa8HTAMJMA3FwDRWBaaJAJjyCmAq4sA0LQKmWQEwzXOBaZkJ' +
  'TKs0YFqnANPGEph2ZsC0NwamgyEwHfWB6awFTBcNYLqKgOmOBKYHApiepMD0hgLTBw+YvhBg+oF5GalNApOdBkyOL4DJcwcw+S4ApkAr' +
  'MIX2AqZYMzAlJgFTqhcwoQfAxE4AU9YGYCrnA1MlB5iqWcBUDwFTIwhMORKYmgtgas+AqTMFpu4eMPXHwDRYB6bhKjCNBsBk5cBUkABT' +
  'SQRMM1xgmmMD0y0BTI8YMD2jwPTKA6ZPmJfJ8rYCU7AFmMLNwBTvBUxJP4AJnAAmsgGY1ChgMjvAVMUAphoImOpLYGosgKklA6a2FJi6' +
  'EmDqqwPTQBWYRhTANIYDU14ETEUBME2zgWmWCUyLFGBaWgLT2gyYNsbAtNMHpr0OMB01gOkkAqYLEpiuCGC6w4DpAQWmFwSY3mBg+qIC' +
  '0w8ATP85L2PY7gAmVyswJTwApowNwIRmAFNWJ2AqZwBTJQRMNSUw1RXAlMOAqTkFpvYEmDpjYOqtAtOgApiGcWAaFwFwvQLgSb00m2nv' +
  'Xx3oljbNC+3VPpx6wHJgUh+BmvsE0tJnsL36AtHaV6gL+gZzR9/hXugHwhf9HHk68NcKoNpvoHp/QOL+giX9g+j1Hwr9dAST1QVuWleE' +
  'om5Ipd2fBGcD6wEU1ROkUS+wVhpEpwqofr1hhvWBG9cXYVY/pDn9fwSAZQMGnq2SDlJrIFizQRDtBkN1GwIzaCjcqGEIk4Yj5RoLgUUj' +
  'Bp4daCRItVFg9UZDxI2BShoL02scXJqJkFWJNHX8IqBoAlDZxEFnD5sEFjUZotEUqFYYptNUuH7TEIZNRxo7YzEwaybQvFkgy2YPPgcl' +
  'C6LWHKhmc2HazYPrNh9h0AKkkQuXAJMWAeXZIIuqBp8jaDFEtSVQ9ZbCxC2DS1qO0GsFUipZCpi/+VnXZVN7uQcAjqk4l4z9RrcXxnGo' +
  'F8YpqRfGpVQvjGtML4x7nl4Yj4heGK90vTDeqXphfC30wvjJ9ULpC/RC2Vv1Qrlb9EJ5m/VCBXvphQr7oRcq7oReqKQNeqHAKL1QpJNe' +
  'KCX0QpmRXqjKUi9UdaEXqj7TC9WY6oVqSfRCtcV6obqqeqF6Ar1QA7heqCGJXqgxgV6oCa5eqCJTL9QkTS/UzFIv1NxcL9TSWC/UylAv' +
  '1EZHL9RWSy/UXqQX6iDUC3VC6IU6k+qFukL1Qt3w9EI9wHqhXqh6od4AvVCfuV6o74leqP+BXphse+mFydWsFybPJL0wBfzQC1PECb0w' +
  'pYzSCxOqoxcmJvTClO2kF6ZeXARbs7S7xswGYAhG98pf/v//g7gojI3tUQZSss9p93th2DSPAKqriqyRF5RfEo76CegAWHaY0nkL1HZe' +
  'oA2eQxuwDGiW+YjQwSHyXkcD4uCf/l5S35v/ztv6BS7u+BKuyAK1ijt3fEuLaGkUDwUsGJCAhzpbLIK5KY1CkvGse6qFoLnt/jUZHGys' +
  'iQhvyBZffwPa9W5FBAQAAEJp+EppYQX4FaxIAkrE+iufZFYgAnI9e/14FIgAICUlOWQJBWMhvqvSs1vclYBNZ9LxZANatm+HgMAKxCMB' +
  'LG1O9+JzamrSVz95vwEt23e8Bf6j1wKJCMiv7OOYSGzH/LtUrlfkelWu1+R6Pdbmt2zVpxWi2LLLgm+QRG6P+auO5fhq27ptd9yX9XBJ' +
  'VNnH5P97//+D/7/Th5bNj4gg9LAd6z/kCJcf/+8OoST+lq/gp6uXJQHJZ0tM6ysfOqBNrYv7MZUplMWhmsj2MikRVQMoAaEsSZw2curY' +
  'qgDUgFCWLnXSobEuRjTezYImetjRZC9ON9Wbx0334c1m+vLjjE0SajCGZBw1KYGnFg0I1KYHkTpMIFGXFWTqsZuC+lympAHPU9GQD1s9' +
  'sgZ/0rSaY5RNSy0q0FGbFvTUYQADdZnBSD02MFGfw8w04DYLDXm9raNq8CVbqznGYacWBTioTQ1O6tCBi7qM4KYeC3iozw5eGnCaj4Y8' +
  'bv/oGt/ZBADejMVS2WPE/Ug1IvJXI74o6ovJOxShgChZYuQSJ0WCdCkSFSlck4q9e/YjKIvnfFzpr8YgdXpq0EeTzlp006atDh0ENNel' +
  'lZC5IhaImS5hlpSJMqbIGa1gnJKh9ZURcz5BGopoIqa2hHpSqsqoIae8gkpKStanMlR6sI7dWn4XRYjwaDA54Ydc5etl1rCmZ5NcA5H5' +
  'fGTLXOQaTPIbhH0darQt80KHEVWFDQuqCx921BQxnK5V5PC4dlHDm3WKHn6se2KSQnJNv3QU20rUmvvOJbg757d7JHA+w8UDV+1N4npz' +
  '0dcFxhU3CIxrDhAY120hMG5YQWDc4k+BcZsPBcYdnhcY99gtMO6zQmA8YILAePEOgfHqEQLj9R0ExptrCIy3FxAY7/xSYLz3dYHxwdsC' +
  '46OHBcZnZwiMLw4QGF9tITC+WUFgfDdbYPzgT4HxM88LjF+4LDB+ZbfA+I0VAuO3egiM32sgMP6ohMD4s2SB8Zc/Coy/fVNg/OtpgfGf' +
  'OwTG/y4QghHcWB/MHAB80L3PBg==';

/** A copy of its own each time. */
export function version4Image(): Buffer {
  return brotliDecompressSync(Buffer.from(IMAGE, 'base64'));
}
