import { brotliDecompressSync } from 'node:zlib';

/*
 * A file system of version 4 with a log of version 1 that Linux 6.1 changed after it was mounted, and whose machine was switched off then.
 *
 *   export TEST_DIR=/tmp TEST_DEV=/tmp QA_CHECK_FS=1 # mkfs.xfs then makes small ones
 *   truncate -s 32M f.img
 *   mkfs.xfs -m crc=0,uuid=0123abcd-0000-4000-8000-0000000d4e7f -b size=512 -i size=256 -n ftype=0 -d agcount=2 -l version=1 f.img
 *   mount f.img m; cd m; mkdir folder; for i in $(seq 20); do echo old >folder/name-$i; done
 *   echo old >changed; echo old >replaced; echo old >removed; cd ..; umount m; mount f.img m; cd m
 *   echo new >created; echo new >>changed; echo new >temporary; mv temporary replaced; rm removed
 *   chmod 600 changed; chown 1000:100 changed; ln -s changed near
 *   for i in $(seq 1 3 20); do rm folder/name-$i; done; for i in $(seq 21 30); do ln created folder/name-$i; done
 *   setfattr -n user.small -v yes changed; setfattr -n user.large -v "$(printf 'large%.0s' $(seq 100))" changed
 *   for i in $(seq 12); do echo $i | dd of=scattered bs=1k seek=$((i*2)) conv=notrunc; sync scattered; done
 *   mkdir made; for i in $(seq 3); do echo $i >made/$i; done
 *   sync; poweroff -f -n
 */
const IMAGE =
  'z///fwAuCuzGBwNhWBIVIcI1az6jB9oLRQBv9zlvD1CwkX4ElgC727RXpUJJVqyuDCuypn8AJASfqoqHQWzSryWbwdaNPaeHGkXx0cC+' +
  '3+9X7exFLP3pG4ka0m9oyT9EIFnWrjodT4RC/ITCdBqhi8VK7Mzcd5HzuODNJBTRECI1AeFseJeg+JJS2G843Who9/+1aMLcMURAAAAg' +
  'tDtzB0ZJoGhGI5DkADHQBmhLLglEQHnTxaNRIAKAvLzcUEIdMArQAbzrAqQPkVUqJ0Ndk4rmlheNnjgBAUggE1mAICFIZkbjJdtnvEWj' +
  'J06+BjgK2QzocNaL02oDhPTfpeQgF3nIT1N09M0bg5BuZcr9/VXmII3XWZmh7VhqJm/jOSimQzrDzJ+n891n2zatX56fV7c3rtj1DIg5' +
  'ecbod1FAxvIgAKzLdq22af/XfgujjZgjYoxpiUwgztZrZQnFaLTLMan+YWEMyrV4hfXRGJxjd0HDLcYQY06ekYiiaKHqPei7EP9Nfewv' +
  'KkCTOfO5823o8yin6gGI4ka/Q9QF4Zqfv6bF+/YZiCiF3FmFuEeyyaW4PUcRUmTs2zamv62ATEDwfg2LBTLuNsaZUXMJmjuI5ppR3CtO' +
  '2RzErS39X50ZNRejuVFobjGaSziQDzL2N8AMedA2U8FN+0FxrzjL5UJzMZobheYWo7kEzR1Ec80o7hVnuTwcKDG3k0gzvi9GHABAkUXj' +
  '+lykaBCwXUhBKeMolYLELdpnLz0Q6UGgV32H14wwSToax2LpZAK7pbNJ7JUupnBSuppGs3Qzg0fS3Sw+ZvTIIQ2yQi5SIGL0hDAIveCY' +
  'hd4IrEYfJBL0ReEA+qFxEf0xuI4BWLySgVmyD+sEAD/T6aIRa4hKSRFRk4LMllfnd6r6HNRyUsJFOTd5PBTyks1HQ95Pq2e/wYSRud4S' +
  'BpMxjIK+VAygoQcdvRjoxERXFtr89m1oT/UckIHuOWCt7hzw4W3v3fLeA6xu+Nz6PAN8bn0JfIe1HQe0vxHUbqr/LpZN7VjjGgCnm1a3' +
  'BsTpptWtAXK6eXi73whwwFufe//vAD73AfjcB+JzH4TPfTCXuPfutYW6vRcBdLqF030SwN3cf/8m////IypXhx5RSRpgRCVnSOdHgo07' +
  '1AitvPePUe7heaC5vX93W9NWDCtH9RhWYGOjPbuYWNmI2TkK2d0PKJxgjmEoqFPOf3bD/7/mpx3482YLOV3XtBxZm5Lu/NyZ0mJOFS0a' +
  '0b1n7xJOkabAKeGdlzfvQ/ILQB6NI9RVugrJVlf4/4vJS8oOOMIU2FtAuUJVNxk7jDQePqeg/8kXni2YpALqFvD1BAwMBNxtkOHurOGu' +
  'gXF3AkAcPggpFeo4oQCAeOFJwXXnwMEHeNVIA4DbAADYPF70gRHcAAUA/MduXq4goAAAAJhMRvFBctokvGsvfH31G2rGgrHxv/qlJFas' +
  'AAQQcAM0QAcACCAAgAAaoEHnjujcMS4vJbFi5Q34hyCAHhAAT2pFCNvz76XwnwL/qfCfBv/pnlh7orOuE4hnirbgjP2unKaktm1SzKx8' +
  'IQFopzLduf/vdu8HAggoAELkBNvzixyQzQcvXtSPfElsbrd/WwUEMK61oUs9ppQdkMs9yFPug/Jp19AMANB4WcfEYaAkspfxWHI2pGUA' +
  'dvvqO5YFX2eNzQHQHIhLYOB74usCNRJr1y0GhiV2XJZC6UQ+mWP8VXQA+AIoCL1883y1xUk9ao3K7xIVhRSk4Fbt/q1FnuwTbtY0Tw4O' +
  'AIwAAIC8G7YMn/bSg5GTw469UyQbsQMAAfLjYG2Y4n5l83dS+7e1JKZu49KCfvxvFvV/b0RCtotc1Y0H27rDlzODKlVt8eQch9a/hfw/' +
  'ZXetW4FIQYGVBbDh9+96CAdOP5LABkR6Z8tWqp6+HBVCHZ3Cjf5T+mQVK0344ychEadlXBlsybKVpJPf3/MISRUgQCTSToZ+AK0b57sp' +
  'LSPkRw+4eKBpA8uHditLD7rCc6whCrmyBpBlRlhKhGy+3K8jfHMkvUq3jTAlTWAJgANcKkLruAcCSAWXNoHXMAA3uIwJvAEWW8AkEh9+' +
  'NGkGOFi3fQrXF/sPsgR4CA6K2G+cAhkBI+DgZvdPCGADh5ggIACOrtDSxQRZApBadxgTZA2Au+5woz4b4w4IYDE4wgTZAQ6CI02QA+Ch' +
  'H7XxEAPkjBEwUXc0E+QCsIELhaxd7reeM7NnEomMgKSCCze77stkBHCDi5hAH4DFAUW7FxMYAnCw7mJMYOQ//AzhUrio/zHgnDwVfg9f' +
  'de/B04AC6HYOsCahHQcamDtcknXAToWS339rTfZJwEBtptB8WkK8wAEsQOA5vMKieF+ei68o0GAXPy5lB3gBxX4XK03sA/w6lsM2TD4T' +
  'NDCXPzN5wzAqVWDtVSE4RsZyZPGyLgFkwJHetWaAACC3O1VtQ7SBeQ5oLvt0L/tNZx+Q7FUVZAWhdzzpfR832A+A547xO06/5gZAQQOQ' +
  'Y8KBUx2lb7rnThAlKSgIuIBj5+VpyejL8Mt+ti7Pna9M1ke5uciTSmdwdGCuHGT6l/sMr/KnfPnyJIiAoyLIuTIQWrFu4BLhmeWPkV/j' +
  'H4fuywdcOmKvcf5hfq/84JBwAvqXDUajfuN7sD0c34YmwOERZxvn7w+2t4Fjasu9gx2BWsb527D0guCCQlU+GfBlWtdpk3oiVZ8F2GlT' +
  'a/NVDygVq53L8tgY5x4Pi03aIbRpQEIpibRD2iHtUGbI3JiiK2jDFF8vOKiYFxLk8EKDUrywoG5eeNBoLyJocSESSFBmHIWAi7kQ+1fo' +
  'S4/HaucifcQOEzJ1ZlX+XrN/+bmD7Mxh33DQwL4RoFEuRIJahShQtxANqhZiQI1CLChfiAOVCvEgoZAAnGhe07MJ1TOJaWcR83KuQ8I1' +
  'QApdS0DQ9u1pPEv0J2jPcgNouD1zjPQSCLpR4T5GrA0d4WzvKvle+7B8hCrSrbtxDQW+eK5MqtluE3+pQmtf2EGSPK9XsKQA9fIRfEhd' +
  'rsnBbN/4uIUqvs/SCnTxP9P48x5QyCNPAbtsBwDEZfbpKF+Fs7HbnshT4n2oEEcSkK+6P5vbf7Gq+/P//y9M/zY9d+5ANTxDI+rWK8mz' +
  'cVNK5YFoiCanSd96GxexYudO/g8AAFSCGI3V/1cBgKODQiYye7Yqtrx5do/Xnn9R7PHJIFJQlE/UnBKtnuciFF2pZjnRw5oKp8Rn+nnl' +
  'QgROSnDSyd4b+TbemdSoQeM7gcmzvHT1BgSIAgLEAgESgABOIEB5IEAloADVl6lZEkDXbEkRgPrz3EqBWpT1kh3M85lSjMnzYetjXOPu' +
  'JjeVQ+e5YfLHgHKqTRR6euyhje4MsgPrmvSx3UAlLrbdQANzh+s2Nn2NiVJp/2JNJ3tP5Jt4Z1KrDu2zBjJHBSpQa6nME0BrBGdEIpL9' +
  'G54NW7K386YRpXOs+PKVcqDQvH5t2Hu4uxmkrmEfmxLy2wDPLooWDbLM3QwKdSxfXdtZO2hgLl9757VXVKrAmk727mjXsc5SHNeAlqhA' +
  'Beotl1kCaI3gjEhEksKzY0vmkqd3M8rkWMnBV8uBSvPqtrtJAMgBwOymt/5wg0vhOUSJohrHQxuDoh3LJTuUtKCBuXyasmMJlSqwppO9' +
  'K9pVrLMUxzWwNSpQgYZLKieA1gjOiEQkKTwHtmQueWJ6WTbHio2vlQON5g24w00CgA2ABaTtwwUuhZcsShe9OZYSBUp0LJ9bnncJGpib' +
  '2eUmhKUSrOlkZ0a7jHWW4rgm8IoKVKDpslUngNYIzohEJCm8ZGzJXPK49F17jpVifF050NG8UzzZTQJAMQAWN7V/sONSeKnCXnS/xgYn' +
  'KN2xvL42vHHQwFy+cfja61SqwJpO9s5oF/HOnAzXRN5RgQq0WFqaAFojOCMSkaTwUjFlLnnUyCs4x4qdry8DejZvcLlJALADsIL4QMWl' +
  'yGndREhR903dM4A9ed746p+1tRtBA3P5P1cbP6dSBdZ0sjOinsc7S81XLS2QpvMJygPcZnn9apKVAbRWzBkCyW1geN2wJXs7j4oPybES' +
  'yTeUAwPN66ubzxZA3CQARAKwuml+ZwmXwsWUAyCnSxERt23m+bK7QAjw/vDqVA2AR7sRNDB3uBqnXn2wUCrBmk729shnYR8lOFVnqNyW' +
  'Eds1b1YeSuQrA2itmDMEjGsKrxi2cCGowx/OyaQcKw6+qRwYaZ5T7ATO6onJhAzXl5waeFq/lq0o1YLNCTBiNHzJreHg+EsDAA4AXiCT' +
  '2Th01A8AEVNUal9mIRDRsfyzx7I5aGAuv9my5w+VKrCmk70t6mm8sxxJ08S+sQZUoHMzTQv5ygBaK+YMgVbYkrnkwYUiYTlWKvHN5cCE' +
  '8zIl3YpSLcRApnArfYa93ASZkB8AVB2RUNT6bMQgENOx3J3+ZG3QwFx+7ZP03VSqwJpO9tbIJ2EfFTRxBvCLClSg+zqGBJROYWWtmDME' +
  'WmFL9oa9vkc5VpP5lnJgxnmZkm5FqRZiQHO4yZ8dbxDmdx+ASCrK7OLVBCR0LBvOrp8naGAun6f+7IZUqsCaTvaWqMfxznIkjUH8b9Mq' +
  'UIHeaxnUSboygNaKOUOgFbZkLrmf3Scix2oK31oOLDgvU9KtKNVCDGw5ANyUa87bTcn8iIpFY1Juu0BSx/LICc4GDczlz3LiCJUqsKaT' +
  'vTnyUbyzFEljoICoQAX6r2cwkq8MoLVizhBohS2ZG34v+DjlWE3le5UDK87LlHQrSrWQFsAaburV5gPC3MhZ24uq94c+6d0IUBEU7puW' +
  '/MQFXADSRkFwYTvbfcCBUx3uSXJa3wKUkh96G15rapErVUvutg+NyvW1xuc5rfs2GPUFDdtrXPx3AQBcCVBiRW4+cAmAOUjhq9lm2Jtc' +
  'W77k+/hShA2IiiV3LgiUFhzBwC4kh4CQusoP9qWaurZGkWCDyRG0WYC4RUbQge7OSpBO9rpGG0X65QXhhPeQOoIV8tmJJP0rA2hGcgam' +
  'QU/jL1egFnUbC4EbaV41sNT6x5RQiypX6DaR59qUJL9tlKt6GbDdAL6xvOEhFoECLg3xUj1Y9PPd8gkcOy8Pjb+c0tMUUrUJYAPHAHIH' +
  'Wa4QkF/0ptVycrAzhUvhIt0H0MV0cR28bwyAnEkJ9Q0wlVvXlNx65NYntwG5KeQ2JLcRuY3JbUJuU3Kbkduc3FRyW5DbktxW5LYmtw25' +
  'bcltR257cl3kdiC3I7mdyO1Mbhdyu5Lbjdzu5PYgtye5vcjtTW4fcvuS24/c/uQOIHcguYPIHUzuEHLTyHWTO5TcdHKHkTuc3BHkjiR3' +
  'FLmjyR1D7lhyx5E7ntwJ5E4kdxK5k8mdQu5UcqeRO53cGeTOJHcWubPJnUPuXHLnkTuf3AXkLiR3EbmLyV1C7lJyl5G7nNwV5K4kdxW5' +
  'q8ldQ+5acteRu57cDeRuJHcTuZvJ3ULuVnK3kbud3B3kZpC7k9xMcneRu5vcPeTuJXcfufvJPUDuQXIPkXuY3CPkHiX3GLnHyT1B7kly' +
  'T5F7mtwz5J4l9xy558m9QO5Fci+Re5ncK+ReJfcaudfJvUHuTXJvkXub3Dvk3iX3Hrn3yX1A7kNyH5H7mNwn5D4l9xm5z8l9Qe5Lcl+R' +
  '+5rcN+S+Jfcdue/J/UDuR3I/kfuZ3C/kfiX3G7nfyf1B7k9yf5H7m9w/5P4l9x+5/7H1OBcEcoVchVyVXI1cHbl6cg3kGsk1kWsm10Ku' +
  'lVwvcr3J9SHXl1w/cv3JDSA3C7lZyc1GbnZyc5Cbk9xc5OYmNw+5ecnNR25+cm3kBpJbgNyC5BYitzC5RcgtSm4xcouTW4LckuSWIrc0' +
  'uWXILUuundwgcoPJDSE3lNwwcsPJjSA3ktwocqPJjSE3ltw4cuPJTSDXQW4iuU5yk8gtR255ciuQW5HcSuRWJhcf5E5yF7mb3EPuJfeR' +
  '+4H7k2sAQC5ykYtc5CIXuchFLnKRi1zkIhe5yEUucpGLXOQiF7nIRS5ykYtc5CIXuchFLnKRi1zkIhe5yEUucpGLXOQiF7nIRS5ykYtc' +
  '5CIXuchFLnKRi1zkIhe5yEUucpGLXOQiF7nIRS5ykYtc5CIXuchFLnKRi1zkIhe5yEUucpGLXOQiF7nIRS5ykYtc5CIXuchFLnKRi1zk' +
  'Ihe5yEUucpGLXOQiF7nIRS5ykYtc5CIXuchFLnKRi1zkIhe5yEUucpGLXOQiF7nIRS5ykYtc5CIXuchFLnKRi1zkIhe5yEUucpGLXOQi' +
  'F7nIRS5ykYtc5EZu5EZu5EZu5EZu5EZu5EZu5EZu5EZu5EZu5EZu5EZujCbd3f0A';

/** A copy of its own each time: 32 MiB, nearly all of them zeros. */
export function dirtyVersion4Image(): Buffer {
  return brotliDecompressSync(Buffer.from(IMAGE, 'base64'));
}
