import { brotliDecompressSync } from 'node:zlib';

/*
 * File systems that mke2fs 1.47 and Linux 6.18 wrote, to be read and to be damaged.
 *
 * The tree of the first three: etc/passwd (with user.a), etc/short -> ../bin/tool, etc/long -> 100 times x; bin/tool (40 times a number of
 * eight digits, each 128 times; 04755, security.capability, user.note of 200 letters) and its twin bin/twin; bin/sparse (300003 bytes: six
 * pieces 40000 bytes apart, `end` at the end); many/ with 60 empty files; pipe.
 *
 *   mke2fs -L fixture -U 01234567-89ab-cdef-0123-456789abcdef -b 1024 -N 128 -d tree …
 *     INLINE  -t ext4 -O '^has_journal,inline_data,^resize_inode' image 1M
 *     EXT2    -t ext2 -I 128 image 1M
 *     EXT4    -t ext4 -O '^has_journal,ea_inode' image 12M; debugfs -w -R 'ea_set -f large /etc/passwd user.large'; e2fsck -fyD
 *
 * BUSY was copied while it was mounted: mke2fs -t ext4 -b 1024 -J size=1 -N 64 -U … image 16M; files were written and synced one by one
 * (`first`, `second`), `first` was removed, `folder` made, `folder/third` written. Each holds its own name.
 */

export const INLINE =
  'X///D+BIDdaUuRU88Hjp+7mcU0Gba8/tBOr+/8PfE/ljrLpjNvcv4ALdRGkgMXQ8o8b+V8W3vvijh/abCXILntRCu/cwT2Qr4SXE' +
  'PBQRr2QaLVMJnRRMF1vwatPxUAMRHrIO/83M4bKladLy8cVBFspNUziQa5chBpijgkhAYKxnXNlAAEB5rG4DJlPJB4F4rxiAqwYw' +
  'AggIBA4PhjYyCJ+0FqPWnPsw/Jdp3qpn126dm1HXx6V98f+EhJOVy09nzO0dOP0VJKJM280UQ+GJJ4LvELKAcrxm88ONybbIsb4q' +
  'wAbwAeaoIlEjA9Ck8s/ASI5vwGc2qfkAx7/6XeaoaXq5LPAm50CTS0qAgpDCgfEM6ULhBSNgi0E6fjEm5ADE5UABFFRS41btsVDc' +
  'rGsTbCbL0sGMtEJgqUpWH1RTVeLUKHDf5/DOrsZtwM+TAe6qiBgVst3/PECVv67r8xzfdDcAhvcfflXyjCZv5EOp1DZE+ZFmkgmm' +
  'ACi1yeMcqX2IN/K5RKo0S/Rq+KKl9L/SKgBLIAAQgBWQDwjAGugGCMAWmAsIwA44AgjAAfAVIICTBH4GeFl12eJ6K6WW6uZm7Zsi' +
  '4JGUG4eVmyg3U26h3Eq5jXI75Q6SnRYtfeAY/vooUC+5kpUH+S4JkOdBQoMEHb0avgjkgSkAufLMYeDJ3ZGkfotBkCj9Zxk0xu2v' +
  'G8Z9bMg473Boa2sZxKfb90b4dNtZDx92a7viIA8mAaH7QJ0rYT8wjYAaHl0CSgoI0uuFtA9YoRrw7VF8ncmnkmbzAAAsLy4BZoAl' +
  'GtGl82QXAHNAQRY9DIvjma6xH2kLJDBwTdCUtR3K2rLYfa+bQtrSQfBkisy0r6Y8ji0LLJeBfLHb9gDnCpjXQEHzlzf/q76PAhau' +
  'TnFlSvlkGsY5De+OO5BS9TWa/K5vBh2LSxg0mbm2s3TxjQZHkQAJeR1IswQUZG2/0sZZrQ/Dr0R7WlOwjilqbQ/UqgJTh7y0H37b' +
  'uWkRNK3aYmX1bBrC5BkZEZi7HLGQAlkRPWN3lw4C94j3TnrqVxVok6Njd4fO9JdW7SNeWxogz3C7P+DJly/LQEKI2rmC3Ijcxg03' +
  'AqaEh09v3Nw/FDSTpyyqgPION3HEbUCbUdYVzT7AwFQBjVE962W9FyX+DywCmLe8GZu/oIcePFltUY828wBFMZY5OcCQfpadjYdz' +
  'GZYN8Ida0ZaZVoKTzrLcjXAm3bJZs2BYX8uCB0GHO5bFnAavR5YNvAxfNlhW4w/sm2bZ8yfw7KFlr//AmtuW1XkCvaZaNvY0VFxv' +
  'WcJluKe3zH8WTImxbNogSOpnWeJKsMiw7MtGmBZtWZd4uKOz7KA/6NMts7OAjL6WLXeAdXcsO1AGTx5ZpqRC1AbLbrWDAdMsa90N' +
  'vkY/mcXBbp1lw9tBy3TLSlLBv69lD8vg7B3LfjnA4EeWZVtA4QbLFviD+zTLQuNh6EPL1m6E07ct81gJjlMtOz0Iaq63rNcs2Ku3' +
  'rOFl+Bxj2ZXT4NnPMs0TaJ9h2bY/MHGGZe5X4P46y9adAeWJZT0fQ/Ity878hpX9Lbu8CZ6nWtZoFcQaLNs6EHpHWqadCQ/TLBth' +
  'D+sHWBZrDn2jLHsUANFGy4oT4OZay3K6wvTplv1sC6k3LQtLA8Pjl3d+ucZZPZTA86Ot73D4QQkKQGZE3uvdBcg3uRGHlZsoN1Nu' +
  'odxKuY1yO+UOwp3u6b4EkDe5CUO5iXIz5RbKrZTbKLdT7iDc6Z7uS4B9k5sxlJsoN1NuodxKuY1yO+UOkp3+xa+C9FoAAgDwC/n+' +
  'BgAAIItKKoCTwLPNFWjfoeu9PX8SaN8si809QM+0PcBAPEUjzycNFS/8NvlEtEc/P++QHQBQ+SwBqwSqEbhOkAZBmwRrEbxNiE54' +
  'drsCQo+AfQINCDwkyIigY4JNCD4lxCw8512BYEHAZSGtGpm63Jx74KBX/Db0uzeAbJKgOwTbJTgQAsOTugIDE1AIpAQ2gjhBg2BJ' +
  '8D1C7IfnQVcQOCTgEYGOCXxCkFOCnhHsvNAvGhm71Mg9cMwx9j/tu9Y/r7IrKFwT8IZAtwS+I8g9QR8ItiX4Y2E8hTWVnvpnfs5P' +
  '2bfz9KL0YC/MIQE=';

export const EXT2 =
  'X///D+JxGLtxKuL0BjuVCKi1smd3HwjDjPI+LhpZAQoVyeWjAMDR/z/ufaV8atCFJxww5C1U5/uqpU9/mXovpWJpekABq5h9E0rH' +
  '0kF2N61TOGK1/4DugcQWY8EGGtAAJxSNwl1/lFI14AGQgAVU1MnptQsQlVtwuylI6IWzMd0RAKARjaQAuS/SNvH//yxBSBUEN4Yc' +
  'pNAfEWKEVmPWHfyx2F9o7Yb9u/fsXMPqHHvcrRfKenpm5N1U73eTnkz3IyC30WKLnkABz3CV+A9cOjKQibNxd2mSbhmNLwBQ5f9x' +
  'FvQyNPVf6ZT6PwdtAhvy44X5/DwCSS1896WLNjElMjpDqgXdk6QXDGWQqVRXG/m8OwLdR0H1I5WoQjVqUIs61KMBjWhCM1p525pR' +
  'YM7v53bkrr7PWgNEisW2rLvcwstDicYfroWSoLQhaYf2Frvy//kgzmsFJbNBD/REL/RGH/RFP/THAAzEoB4HY4gQWqgTxOIifP6/' +
  'wGo6HFwsLqY9l1uoz04akyWmS1WbnGxL6doVPjds7bYvJxtjvUAtckvSwTIsp69grhOAXekdOwOK8lUA1EIti6IeEADB+gi5QtQ1' +
  'MRCd17XJQans6PIF452uP3AducgVRys3bFVAcM3uVUrmkuhaBkum41acpF1TQ13pqJxRQP6vOHxa0u2s/9HcDwCbjD21TsMk9xDA' +
  '5XkolB523SdaOfnmknANviX5eBQn4ZbZlJc5NzT46gG2IFF1UKLqSKLqRKLqTKqjC+4shOYT7ihE+RnlF5Rf0RzjFYNuXASEnQvC' +
  '1NTmNVtXE/DuKDfFKjej3IJyK8ptKLej3IFyJ8JdhHXvAfQim0gVzxvDMBwjMBKjMBpjMBbjMB4TMBGTMBlTMBXTMB0zMBOzMBtz' +
  'MBfzMP+F6QLOtZfcxKbcgnIrym0ot6PcgXInwl2EdZ8B7CU3k5SbUW5BuRXlNpTbUe5AuRPhLsK6rwD4kltIys0ot6DcinIbyu0o' +
  'd6DciWQXS5roQ0CkJhcmoX8M9/D6Tl8fK/Ah6a1jKMWVAytuvHFqPRL0HIgkkoGtmBQ8AtSSQuRKMl4h9mTR40ANfXTIxdUUaz4t' +
  '42VjCy9ifb9TVdi/RNDC/0AMOUkTEGO/bsufzl/rswW7WAVQEMKfPwgHrLTCCjrNSpToHkvRXmNY0fihcex1Ac4HER77+NwJHiB2' +
  'ciVQl8A9gvQJOiDYkOAjQowJObFe0wYgnBFoTuAFQZYEXRFsTfANIbYIuW29dhqAcZdAewTeJ8gBQQ8JdkRwIAQSkqwXN4CgEEgJ' +
  'bARxggbBkuBFiGNCnliv0wZQPCPQOYEvCHJJ0CuCXRP8hhC3A5h3GG5UOvnYSnlgeG8EeiDwI0GeCPpMsBeCvxLibeDyHcejtxQ5' +
  'h2oB';

export const EXT4 =
  'n///vyMRwsYBIKSXjIparAYR4h+LsY2Gthqe5Ngm9EQA8Kf+vTRzRndup3aC9QVCAbcKrdkPIeAkokg7u4WxuVIQ8YkCV+/98PB/' +
  '+OP/d4Es7WQJFvUf3sY+3gdpDYriL5al0z7+ADMdy2xTiJv+uY2l0RoamAQY0epAIRBNBCNM124CerCHoL839S7pq7HogQdLKeOl' +
  'gdf2QcMHkgpSxc5SKTmLRyikIQxBrW9WIBoQiQAGKdAt1x8W1CqY7Jjb6JCnQjy9QzwrShwCxqKzvKqA5B8lGMD//7f4PhDMVQW2' +
  'DMkgoCyuJ2RAmCBPrT7zDjz6fuov1Lvf2JGjhvdSGXextg+SNX13d8u6v2/+tT3xwyI+ClQVAUR2ylEKtRAtWuBDhAM+I2yfM5PM' +
  'ZQbP7o6e6I0SOUkgDD7/oEZ1zo5jLtV7z8kPPdALo7E5ZRzC4MLtf9+Nc6Yjjy3gdMt/hhxpljFhjIrOmkfucCtA7gTkTkjuRORO' +
  'TO4k5E5K7mTkjpA7OblTkDsluVOROzW505A7LbnTkTs9uTOQOyO5M5E7M7mzkDsrubOROzu5c5A7J7mjyZ2L3LnJnYfcecmdj9z5' +
  'yV2A3DHkjiV3QXIXIndhchchd1Fyx5E7ntzFyF2c3CXIXZLcpchdmtxlyF2W3OXIXZ7cFchdkdyVyF2Z3FXIXZXc1chdndw1yF2T' +
  '3LXIXZvcdchdl9z1yF2f3A3I3ZDcjcjdmNxNyN2U3M3I3ZzcLcjdktytyN2a3G3I3Zbc7cjdntwdyN2R3J3I3ZncgrqQuyu5u2n9' +
  'H6xzJquB3G5T/2eEwIPsJMFHYDI2EQAVeKRec8xvqyG8FxQkFCKxrkl/DoQHM8DsIh9VINqrm2MHhSAaWv6rjJG4y+0j7oeuAs9d' +
  'VBpTpyE+HG4Fpi4wOUhTrIhi8kdZl5HE/daNuLMdBN4/vWNerYb4XqDOhmQazAjm0OpVqL2mGu8FzPv1w6GJJT+26JWmCdXkSr66' +
  'HGy53TbsnMbHK8IO/vG9oP1Aqtzg6roeUAABVqMxAqzBKARYi5hT4W4rexTofR62NlbzgYrBpopu8VuCJsx8lAh9lTRhXdLZxSf8' +
  'VIy/SEBI+CRQk7f5JFuw8/90zP+30VO2FlRN3qHL5aDTTm4FbCJHmiJck3ep96QJfbZcUOirIGgLAkA3JAhoBmHGdFp/4FOPKs7Z' +
  '7lWJZADLFC0a173f4LjPkir1MIpWbEvYnYZ0AitOhcQ5qcqGklG4N3WvAzwKH04I+s8D0gY/tuhV44m7RqNobrUo+2H3lb2A2xOU' +
  '1diDdKWUrV6M9imV5VuNq+OV7cqExVWVZYCOKZTdiEWaksqGFsMfK5T1G4/T+5S91R09P1eWsgEKvqvsYgsM36vsaANUXK4sqgW+' +
  'e0fZa+Ox9TNlvbqjfjVlE2MRnqDsSTG8VkpZlkxYm1LZPgiNVxa7GA2rKlu/GptTKGtyBU9LKvtnD8qvUPbpNxi5T1nrX7D7c2Uz' +
  '3sUX7yqLv4Ue499mQ1CkqrJ33sX/KZQl+QXHSr7NzocOK5Tt2IP0+5SluoI7nyu7tRrz3lU2ejHS7lX2G3RarqxWJix5R9nSYrj2' +
  'mbI8sShUTVn57ug1Qdm88ThTSlnHFvgzpbLvGyDR+8pq9kC9T5X9PgEbDijL3RyvlilbVh9VSiubG2BYRFmFzNhRXdl38fh2rLJO' +
  'MRiTXNm7u1GujLLBl/H1OGUX1mBXDWWJl6DJJ8pS30TwnrLt7+DFUmVjfsWm/eHe/FYTUnuE61rRZzcT6pDrMPXEMLM75PzeR3p8' +
  'WQIhECO4C4CafMiJIbU/SIPkTyUnALUxhIggVHRmLHRWUZIhnaShry/GdKHvH8Z5RBARFereb7CUEr1G9pA2Coe+yxjLmmJnVDjB' +
  'd2rjo6qcLsJ7ea6fHZmsFcAXUR+bZSh/rf6jSYto+CVKhvLj+wEwe/Lsl/5xeEQhjARIiERIjCRIimSIIDlSICVSITXSIC3SIT0y' +
  'ICMyITOyICuyITtyICeikQu5kQd5kQ/5UQAxiEVBFEJhFEFRxCEexVAcJVASpVAaZVAW5VAeFVARlVAZVVAV1VAdNVATtVAbdVAX' +
  '9VAfDdAQjdAYTdAUzdAcLdASrdAabdAW7dAeHdARndAZXdAV3WQzkZsArkyOVBIGI74nUoWkEIWD58A5NDPvatTQV2Zq07iqp3JJ' +
  'F90Y94XGupdvSSB9rRDzi/nN/OGs6pr050RaLkWAVS/tYXzjzOp1uFFjA/IG91g3qo982g9XpKOvF+JBykHa3GtwTwKPZ26aam5m' +
  'bmFuZW5jbmfuYO4k7nKu+xpA97mJYm5mbmFuZW5jbmfuYO4k7nKu+x6A7nMzxdzM3MLcytzG3M7cwdxJ3OVc9yOA3ecWirmZuYW5' +
  'lbmNuZ25g7mTsst//AKhrwIEgOKhmNcBIByUjYK7+PR4aYOHjHxp78XA4NFcUr4EkCmpEBFO9BPCGE/9ckAGfnR0uZ6kyUSCRD82' +
  'DOny2pvHfX+OLavS85Non3zKM9Y7a+yc0vN2tz9tvvsmNZop7SBA6S9RfxQMIEjMBFECvFZna6cQcresuuMdQzjAaVuz1Ch+ECM6' +
  '6Bb9g0LqGebv/eEzjlw/a5jCg+9L5eO7Bqg8hceeW5WHP/n0zJOtBkC64T7n8jZHZw0gm3AZQzgTd1146pk3V1x1m73yCXh5ozqa' +
  'bR7hvdbfxv3TOSqF4xsfXXlReKjDsTU3/vFVvwHI+/y10XBoyZUfDTB5DccHXvvisymXNjn8wltHbo/CY6NWwI0r8pV7x6wBK0eP' +
  'FiC2lcnJIX/dFjc/NkD9JpyMR4ZciNw54NQ3nxdP7Ljlly8XXPHDF71FIHInZ88PQMPgNmxQPb0AP7nDfBn5PybT/gIAQORFXeJT' +
  'kZjaRYrXgD3ualZrYPo3VaqSn/7KqGraen/9vAy68ZPT8RK//djz/vNwqgA=';

export const BUSY =
  'n////yCOwnEvhrD4+WmxIwDwrCZpFvBB1kNgeaAfc+//iV5XuW5tfdc3zEOhi4ZMiEQLmaOTScGEB/r9vtVF7GJ9pxPiy4i+/Xha' +
  'CRE8rSWaeOkiUoJbW0hVPFWbTihsKnbXD/b2N5JZYn4IkUiJhEhIGaJvPm4PJrWM0U5jKAzfisqGJ7dx17tBN1rGeKcDrREAQDVU' +
  'oxp++yhhYTYN/MdH/hAIn36oAAEgDQI64fGQhRFBt/fc/dc898PdtqenbjU02Q2oubTZP3nPdnvo7kHnz1z48PXnBEE3RfhSnrVS' +
  'fwmSABCxoyVDs80PqmkJfkFEgdN4u1aUQP1k1qZ/bt6BXdiDyVUFoiQY0Pv1AwWWjlJ/STmrNwB2YjeOYEtZNSSAf36imqNadK9t' +
  'OvAT0/yY7sdYK83jkTuaAuROIHciuZPInUzuFHKnkjuN3OnkziB3JrmzyJ1N7hxy55I7j9z55C4gdyG5i8hdTO4ScpeSu4zc5eSu' +
  'IHcluavIXY3c1cldg9w1yV2L3LXJXYfcdcldj9z1yd2A3A3J3YjcjcndhNxNyd2M3M3J3YLcLcnditytyd2G3G3J3Y7c7cndgdwd' +
  'yd2J3J3J3YXcXcndjdzdyd2D3D3J3Yvcvcndh9x9yd2P3P3JPYDcA8k9iNyDyT2E3EPJPYzcw8k9gtwjyT2K3KPJPYbcY8k9jtzj' +
  'yT2B3BPJPYnck8k9hdxTyT2N3NPJPYPcM8k9i9yzyT2H3HPJPY/c88m9gNwLyb2I3IvJvYTcS8m9jNzLyb2C3CvJvYrcq8m9htxr' +
  'yb2O3OvJvYHcG8m9idybyb2F3FvJvY3c2x0oHrCT0vADZZCC2tv+k4hHcKq390TtW4Por/lPNVzld90RfQueYkwEyWB7UFzMAKen' +
  'jp2zqeZl4kORgRgZbtR/PcPdv94z3I/TvOY1mriGbRdoFkVT4EkM/AUZk0sWTk9J6vOohpXpyvZIlAzJYHtoHFjCzJtTiw8ZiJ7h' +
  '7tzwmi8ocHUPdkczT4EKhkpmw3ScIYy7IL16dWtJC8DYMkS6EJt8WBQrb+ul4d1Yarh9sRY03H9YDmt1S+f9by7/f0DaFBC+jNks' +
  'Vfnd6j+HjqwGv8akKp99PwD2bNnzqv+4vG19MURIQCKSkIwUpCIN6chAJrKQjRzkIg/5KEAhilCMEpSiDOWoQCWqUA3VUQM1UQu1' +
  'UQd1UQ/10QAN0QiN0QRN0QzN0QIt0Qqt0QZt0Q7t0QEd0Qmd0QVd0Q3d0QM90Qu90Qd90Q/9MQADMQiDMQRDMQzDMQIjMQqjMQZj' +
  'MQ7jMQETMQmTMQVTMQ3TMQMzMQuzMQdzMQ/zsQALsQiLsQRLsQzLsQIrsQqrsQZrsQ7rsQEbsQmbsQVbsQ3bZbeVAABQDL2MiV5B' +
  '1Yd91N26ZNosrbrzAXnOP9ix/ZmIgAgRBAgRACCXUh4Q+gXvSkTto64HGy6+S9UUsPVTvu+u4k5J7x/c3vjHU4YI4b/iuxdiH0J4' +
  '7IOuU7AHISx8c+NOnI4QHni9qQsChFDv+ao62IlUKHylzs8U4K7518HO8ay+nS3AMHz+DMy7Nd/hi6nrVwy/OYzvmtPq3jzv7z8R' +
  'fRwB/H/1320ngSPA/wdFowozP0AwVe63/z42MSRnVls8EuVOavmuKlV3d3+aI0qAAGiLQbhpvvTm6uGPLrLTRwD5p+TbIB1PxhKC' +
  'ugERYl/vhPuHtTtaAiDCH0A2XbV4WdPZ61atajpnXdPFvpxtwwnvxEdkVwIcQHsO1C4B6BOel9d/unBzL/y7MOGj39LfiE6Q5996' +
  'CdAIsQq/PbVpzcTyePn52F9q6+acP0tlpp677rBXTqou+fmos/LX5C9bgfGx/92/I17Vhs+bgWc9lefzr9R3wuE3hYqLc9rslwf6' +
  'TDNVSyDGReLYCMt9JD+tenitTomzL6PK1mRtbTEKn9+VN9Ncbmi2TWXgzkRiUPz9QlR7RNh/Vc4l+YFmYXxEkUsAOoaYIPYx9vj7' +
  '/3zBsAinl/fcL6Pf7rsnseSbG/5EkPirZDzsSzS4bHUP7Dzssr3RDZcQJPKrJbXArsSLB96eiN2J6w+SH8SRv6Ku8pqc17ADIax6' +
  'ZN/FuBSp8JO6XzthX6z4rdWvAHpVX5WOcwqhSoh8vafe8uXyN14C6Be1xaTwWp28jdsnUfclgHu2R1t/AmgsDMot+bVzl1Cnx+TN' +
  'TppqJYAFRD0lgwW05zDbXAIw/KTQ9I2cqikl1h+2tMpEeZ0uz/e+tsr1Yz76PHhx/jOi7ksAf9YOEB87+RJYvzCHaGxcWm690fOH' +
  'hoGxvM2z0nageMuTzuJgqmeDdLwbSwiKklWIaa/u2z055ILCJ5dfAhREH03/M+fLh7Xq3lWMKPlf/LCt4vNXiX6P83jbY4luj+9w' +
  'azVgfwg=';

/** A copy that can be changed. */
export function imageOf(packed: string): Buffer {
  return brotliDecompressSync(Buffer.from(packed, 'base64'));
}
