import { brotliDecompressSync } from 'node:zlib';

/*
 * A file system that Linux 6.18 wrote, with every form of folder, attribute and extent that fits; to be read, and to be damaged.
 *
 *   export TEST_DIR=/tmp TEST_DEV=/tmp QA_CHECK_FS=1 # mkfs.xfs then makes small ones
 *   truncate -s 32M f.img
 *   mkfs.xfs -b size=1024 -i size=512,sparse=0 -d agcount=2 -L small \
 *     -m uuid=0123abcd-0000-4000-8000-00000000beef,finobt=0,inobtcount=0,rmapbt=0,reflink=0 f.img
 *   mount -o loop f.img m; cd m; mkdir block leaf btree sub
 *   echo hello >file; chmod 4755 file; chown 1000:100 file; ln -s file link; ln -s /$(printf 'long/%.0s' $(seq 190))end far
 *   for i in $(seq 30); do ln file block/a-name-$i; done; for i in $(seq 150); do ln file leaf/some-name-$i; done
 *   for i in $(seq 700); do ln file btree/rather-a-long-name-for-a-file-$i
 *     [ $((i%16)) = 0 ] && { dd if=/dev/zero of=sub/pad bs=1k count=1 seek=$((i*2)) conv=notrunc; sync -f .; }; done
 *   setfattr -n user.one -v 1 file; setfattr -n user.large -v "$(printf 'large%.0s' $(seq 500))" block
 *   for i in $(seq 14); do setfattr -n trusted.n$i -v "$(printf 'v%.0s' $(seq 120))" leaf; done
 *   mkfifo pipe; mknod null c 1 3; truncate -s 100k holes; echo end >>holes; fallocate -l 8k reserved
 *   find . -exec touch -h -d @1700000000 {} +; cd ..; umount m; xfs_repair -L f.img
 */
const IMAGE =
  'z///fwXs2AuwccAevDXlwBhcDwC5TpY3XTlB/H88Tg5brDXwI4kg8awUjETXUilDVxtGIksrN3wuOmyccBc3fIjwqKIH36wMH9HQhWMF' +
  'mT0Rh1xTNt/BtH764Qw00aweWcxYP62zaU4eSus/j9v+3EcNxOxhVA7MYdV+dOOPrAIeeP9ez8WD/5it9RasBYApxlYCW+KJ+3/QdnZn' +
  'A9zZ4TBcVjbqRbWsbFTWGx5+DAc4DD+GH6g3DD9m1aYUoVGlCtMkCNMs3SEcuOYZhIckthubiXHM3Foi7MP//85/TmBhXhBBQe/+SmS4' +
  '6QZssyZoc5HFKupXWKz7/btj9atfYbHC+hUWFhbrxsLCwmKFhYWFhfM/Lu/8ureQlpYAO3Smgz80uMRFAWVwqXyJBCC5cLFUBchhNz8X' +
  '9XJw3B6bLpQ0eUKoDcQDbjXvYxNQhVwWQl0AgMIOLdh24Fxiy///udK+m2SZ/pm/u38RhBx65ZxaRGGTKSC5nnqGTIlkV5gyCrNW1joi' +
  'VPX1ovTE30jfZCsYLgaAP4vhhPEoxJOXz6g2xMOiyfgHd2lbyIFE8sUDk0Q0vO0elnLxHU65+FjKaXOgOPtRZAOne/s1/aTxJDjJyJOi' +
  'EuuBYHkcQebRq6XaJYlOiEewPJASzDTsojcYOQ12AzFTBaik7ZPZU5J9bgYgk/Mm9a0wADkAAJjIOUC+a56CsGX0/ooxgoHRPNE6wn1Q' +
  'ciAQxXAGje3WsyJIwI7YwGFp1I4IwfW4jS5jOw+AnswGYmyIYphGgEYvdTdCDdWlru2xEDPhryABmRXMIfXIywWgqzYhyMgBIWCff+tB' +
  'mceLE24iF7y/uCn3DJ24tG4CnkQIYCDEPerxzS70pv4JsBwY6sQGcwvvyn2bS3a9he5Z0lMBSqgeF3Jm5xKjDbEAZB/oVP4SQGFGkv4D' +
  'vk9cPJH7EaImfc9Yw0OAr0qFvapLWt/OLwP/1G0OmZl6y/KZyywsHEav6H0JcE33ACDtQdpf4W14arlUrHHq4EC0MexeFa/ivgjEVKWU' +
  'VCrAH6xnO5/+rWoEEI1WHzWqCZ8DSL0Nsbv+/P3A0XICEAC769ekkiweFOErEhgEQPEyIUJAKTDJ354RX1dZhJvCs5VO32p6l1y/4vFt' +
  'lu7wxi4/7LEyX8VxM/Twnj7U802wRr8mR+2vxtX6p3Nn/0+uEg/Ll2CJfkz22tfG2fq788r+m1wVHNVvbwAARLiYj8UDcrg/WRQRccd5' +
  'FzSe/dY93AFeIEeIC8waYYfRuqVzd/tdrUyABgI1FqRGsLpClAlVKUyBcMUi5IiUz1WzGZNMZgYWyazS2MSyS+AQzimKSyB3B6sQAK8g' +
  'jSosOjoAZLuvDdR5v/XvGyi8QINYZNviK2z/ttMCbB5dFIfq38mFm3In8XOEm9SYI+HC2q5G86J6vU1wYz3N5e18+l8t1NMKUQz765Gz' +
  'jkI6Pzj9V8o/JGneZN5gencHtWMAX836xS2atGQwtbuS/TN7uDgdA/gpclf1N91qUg8FJzpomIkA/pobXTTURgUIULyYm9VVBQjU/OgI' +
  'ZCYFIEhT2REGZJOCDUFfIHN3I0CILeI6UPi5EyC0dFEcauIUc6OtPZ/WXzXDALLSoQUYALl9E9jR1OOO51sHAbsfxUp13k4gl6LDSOHK' +
  'JRXQ0BJ98tXsfhS3OXysn/7damJPATE2gAOyCNJFjO64IFdGhCQbv/2kh18e7djXjzY1RuMiAaGzj6jWhAITNSAOaEwJxPCDIr5r0OuZ' +
  'GDPZAZ/9YpXQOVIZDnoUWUALeWAvuglyDaQBR5yOTyy1CR19ayNC9pKamyTrEgMlCABBaBAVL24DXJ1lm4+aqXzls//HlXgI/xNYEIpY' +
  'trRFNE0uYqJgokXfZbor/kSmUxrhP/svi50/32OA9UL+dgHSvglAsiNGthsEuJEwdThe39Iu/TL9pGdVc+o88CEADy/tbRW2SxWLLv1J' +
  'oRXGT29pEg+skw2f+865zRH0FuA61ZnY9dDW0rb6X2hKbeSb6Dn4NYKGgmrNl0jQRA0CViDFkhJs6tSBq/GHnCoHIeonP9tYPkQoAR5v' +
  'XA4Lq/SX5PZF+IBTsRpsQ+f2iaH9+TbfxWPq8YZqmN9SHGEvAR6P4rxIWfzCKaZlKZbyi6CoX4kB/CIpXr5F/uYXRaG7Yu7xi6boOyBs' +
  '5RdDsWU4bgq/WIqzD4kt+cVRKCZM1vOLp2iYXBrEL4FiRkKeNb9EirLqoV9+SRQzO6YOfskURz6JK78UCs2K/R9+qRQ9KqY2/NIo9mZv' +
  'zfzSKV7c9kn8MigiHPX4ZVLkNbefx0+gGN/QtJufnuLae+4VfgYKjy/zK78simYF/YlfNsXq4qEAfjkUn+5Xl/DLpUhqUGt+eRT/X3Jv' +
  '/PIpEm/Kwk+kaD+x8s/PSLGs++THr4Di9hMt5FdIYb+HZX5FFPnRO3t+xRS1GY6MXwlF/PvtH79Sir8flTf5lVGsaPwt5VdO0bHp5zF+' +
  'FRS2fWuEXyXFzTt2Ob8qiiFFL378qimMhS81/GooxnYF3eEnUeRMpv3lV4fC63Gcxq8uxQ1z3cyvHsXKTJ88fvUpmkSFNebXgCJlYdT8' +
  'GlJ8eW4bQaMRi9Q7Ozbys+gXRWOnVPWqXX5R5WBQfqMAtWKLqTU0PryJ3fSjtkeraFDLvRtZA/VMDrcGD9OXeC8g4DgOAY4baMBRaYwZ' +
  'grCAQ3GAI2DAUQjQGvhBiai3W00kBiKReCJZk3UzUdAS7ohlMoqYzyL7MNEUiSYSNamG9O3EwI5IJl5Evoqsw8SESDgRq8loyGzJvptY' +
  'lIkWEd9FKpA+TmxMRGriDcmWrLuJA5lwEfZTZAQyI9mniUs10YZES6ojfZ54WIT8FvFAMpJ1mvhQE26ItWR0ZGayL4uA/opoIOEmg0+x' +
  'LEVCMkun9yPWlBBpkMwitCAsnnHPo1mSjESWRSFkRgThLggWzsCbhMUyiIFvP4NlIvmYpw42M2BPLRJjrT+GZ1yTC3ZDF2hNtFFk/ihA' +
  'ICFOKZa0ZQy4J1dLzlaXi8U3nAR1WfA7owzfgI/QG2QDe048Mt2lbjDL3KwwbhmULtvOOU66ejxHlHbd/vX5Pxc24AEQKkSysVQCZ8JS' +
  'ABPK+QueFmfJ1mbuwLh0PGqKgk5qvj+egQtwIDbCwpgEw0SnFplpblSgWagSxUZ2oC6Sh6gQdMj6/Z9XbMgF0qFEZCcWQ4SbAilvxpWz' +
  'FywtxpKeTcOh5JLxiFXjCvSB+N8n0Ubtee1R7W7tRm25Nlsbrw3WLtfO1U7WempHau21/bWmerUYlAodNP/rt+eb8lE/3ySXvH7D2+AK' +
  '2EOWiDGmR2iYlCgZRiwfLRD4Fp7EtXEcbBfLw1QYWhL9ocHgcnAuOBn0BEeC9mB/0BRWC+IqBMhSLOXa0h2Jrp2eGCVcF7j4m84GW8Ac' +
  'wiA6mBqhYJLCT7+jb9HH6E20ET2PHkV3oxvRcjQbjSfUhJKQEzQhJcSEkIaAKJjBc6BQaMmWUm04B9YFeEIVf53n8m8ZG/QADUgJkcHE' +
  '8JMg42e8jJtxMnbGypgZI6Nni9l0NprRWnpajrS0t+xvaWqtFkRUmCCqmMnl0oVEy04pxhbuCHR5e1wVe53lqt/WMagBCpAUfvpd+Vb5' +
  'WHlT2ag8rzyq3K3cqCxXZivjlcHK5cq5ysk2UhuxjdAewngExvAESGUzqRxOwFoAKdTm7/B0OXtsFXMdZr1/R8YgFowtgPgID+MSHBOb' +
  'YjFMjiHQLYvStG3UQXNRPRSFrEPfx5qu59QCKiAIKcZyiXRTIrWTieHChUCLt+Rqs3dYuow9eoqGTmn9fyTLwAQYEB1ZxKaJURONojIU' +
  'jiygFpJEtBEciAv24BVQV7jOj9ppiAHCoUDEG3Ml7E2WlDGjx2kIShYZSQw/CTr4HbwObgeng13cKJaL2WK8GCwuF+eKk0VPcaRoL/YX' +
  'TWW1IFuFA3IVe3KVdF3iYj6NFUJuNE628TJMkGSiGJOEmSzAFLyp3Ezj4B0r73H46Xfka+R95GXkceRu5HrkYnA42BtsDzYGq4Olwfxg' +
  'ZjA5GBsMDzNh8kFfH3X3SUeftfZFU1/V902178/Sb7sjCtBb0Z6L8VOsz8UNsxKPk8BNIgdJAiTjecQAwkAZkCSYEZGNqsaU4poSNuq/' +
  '1D3pmJjS+oLEGSvecAlmSjRZkqWSzeexEbAatBeyHXYScRh1FXMe95Do9iIK4K9o3/ETF1hwCFaBD24hLASEpBATskNGKA3GUD9Uh9ah' +
  'aW5ovoE8FGOiWKPFmSvedAlWSrRYkq2SredxELAbdBZyHHYTcRn1FHMf95Ho9UyPfIABVAkphjVG1EW1x7TE9Sburr+dJVmCFGlShUgT' +
  'JZ2XDH4y2cniIufVVgFoJMcsVheEdPZpigNyyT6CCHwkeP/egNXdjzdYfrxB7vEGL443BBxvCH7ksxdiB2QcknlEdr0i6QzRsyTOkTom' +
  'Xd4Kf3D+QtUzEoxHk8ms6R0NjeHWWGdGNrOQ/ULtGBSMRhPJVG16ZsfE1khnPJssZL1YOxYEw9FYMqM2szF7dsemzmg2UUhdlenBjoPR' +
  'SDJem2zMmt1xoTOcjRUybpeZwezhjkfJaG2iMdWantvxMRspxO+UyWDWcCeAZLg21pjRmtmZPd4JqRC9WyaCqWh6tBNhbaQx3prsftdH' +
  'AN8/4IHnevb170f58Md/KYUsv1cmN5gXwx0ByXBtrDGjNbMze7wjqRC9LhPBVDSdTAxSmhK6oQd6oQ/a0IEpGMAQRjANMzALczB2Seoc' +
  'VY6Co+goOaodNY5aR52j7Kg4UA7AATogB9qBcWAdOAfsQBwsB+EgHZSD7eA4uA6eg3YwDpVDcIgOyaF2aBxah84hOxRHl6PhaDpajm5H' +
  'j6PX0edoOzqOqcWg/nknREwc7DvAMXSMHNOOGcesY84xdkwcW46FY+lYObYdO45dx55j7dg4rhwHx9Fxclw7bhy3jjvH2XFxuByGw4RY' +
  'NHRDD/RCH7ShA1MwgCGMYBpmYBbmYOySlDmrnAVn0VlyVjtrnLXOOmfZWXGinIATdEJOtBPjxDpxTtiJOFlOwkk6KSfbyXFynTwn7WSc' +
  'KqfgFJ2SU73U1FtiirzehOLUOnVO2ak4u5wNZ9PZcnY7e5y9zj5n29lxTjkHzqFz5Jx2zjhnnXPOsXPi3HIunEvnyrnt3HHuOveca+fG' +
  'eeU8OI/Ok/PaeeO8dd45z86L0+U0nCbUoqEbeqAX+qANHZiCAQxhBNMwA7MwB2OXpMxV5Sq4iq6Sq9pV46p11bnKrooL5QJcoAtyoV0Y' +
  'F9aFc8ErpM4n3xw3/cfFchEu0kW52C6Oi+viuWgX41K5BJfoklxql8aldelcsktxdbkarqar5ep29bh6XX2utqvjmnINXEPXyDXtmnHN' +
  'uuZcY9fEteVauJaulWvbtePade251q6N68p1cB1dJ9e168Z167pznV0Xl8tluEyYRUM39EAv9EEbOjAFAxjCCKZhBmZhDsYuydKtyq3g' +
  'VmwydaVysebGLnh6JBozG4Xdg1pXazbd89vaAQA0pXB2Brh0s0GvPrMPCG5hVQCj4R/JxZK2HHCtBxF0N3OEYkAO6yMAGVW25j2olSVK' +
  '3FopJqXKDGKxMVaIPhYuboyGaWAUoiFUjEKQTShFYogcQUAssIS3gY5CV7YnVcHpsAt/5G1wBewhS8QY0yM0TEqUDCN2+J1EgoAf8AJu' +
  'wAnYAStgBoyAHg1Gl6Nz0cmoJzoStUf7o6a4WhBXIUCWYinXlu5IdO30xCjhusClP+ZssAXMIQyig6kRCiYp/PQ7+ZZ8TN4kG8nz5FFy' +
  'N7mRLCezyXhGzSgZOUMzUkbMCHkIzSiYwXOgUGjJllJtOAfWBXhCFX+d57X+3WijytA/fvYZpAI4CIsAWCjhb/KknBlbzlzAWHQkNZuC' +
  '85vUqDpM8fl8FgMTYEB0ZBGbJkZNNIrKUDiygFpIEtFGcCAu2INXQF3hyk+w0xADhEOBiDfmStibLCljRo/TEJQsMpIYfieRoOAXvIJb' +
  'cAp240ZjuTHbGG8MNi43zjVONnoaRxrtjf2Npma1IFuFA3IVe3KVdF3iuj8hYAgF/CFPxBmzJcxNGEqHUeMUBCny9LvrW9fHrjddG13P' +
  'ux51f9mX4u6oYry0PF0AVMNMx4kJmdGB++9Vu2pcta46V9lVcaFcgAt0QS60C+PCunAu2IW4WC7CRbooF9vFcXFdPBftYlwql+ASXZJL' +
  '7dK4tC6dS3Ypri5Xw9V0tVzdrh5Xr6vP1XZ1XFOugWvoGrmmXTOuWdeca+yauLZcC9fStXJtu3Zcu64919q1cV25Dq6j6+S6dt24bl13' +
  'rrPr4nK5DJcJs14n6IYe6N0eBYD8WpDb4k9mYYYZFlhggQUWWGCBBRZYoIIKKqigggoqqKCCCgIECBAgQIAAAQIEiBAhQoQIESJEiBAh' +
  'QYIECRIkSJAgQYIaaqihhhpqqKGGGmpooIEGGmiggQYaaKCBFlpooYUWWmihhRZa6KrLy7STp+r/a6NkVOiggw466KCDDjrIkCFDhgwZ' +
  'MmTIkKFAgQIFChQoUKBAaTpm65mBAECUZtbJ6nTFxvHR5ZMAtX1OLkrbF8AXGHqyOe0piHyl73LgISBSdrJFYukvi0JP239X+kYgrKoE' +
  '+4TF6eyCbOjZy+5/95oyAJBverdY2vwfAHON9sbf/P//j6KSFaOoCDYOINned3xxYDf7WFgmHIabikEtioO3hNXvqI8JHnjctJcfoDI3' +
  'VnXazdNUqbmm7FRmJoxTE4h08542CE0yMS2HkjVyDw9Zy84D1LLtL9wqfF4M7/5h2Fk4DMPOhmEYDsMwHIZhOAzDcBgGvXG9swZHB81L' +
  '/ipVL/RsuRTlytC6rcKDMN0JhOkSoXBIgjDYw6ERBlcdKIRsQlWHNASHU3UztP7vWhHyhRAf//D///eSus+092f6nVIKDljZ6R9o1scR' +
  'SV0eD2C8dPARjGhcohqxAHLowb9xHug3iQN/RJG0hZJIgJR587MkwHj6OpjewxNopjBMIKFIvjS+44eLSWIRUvzzco9yc5J34SVftEAV' +
  'K0qhaeMD1KGOaOgfcIAVGf/Q31ee+3pWezO7LVswGGyM4Afs8mzYOITRWBsGW3AAgzFMZbzlxWaq0AEADQAAAP98/69U9GCExe25AB0U' +
  'gACA85Sz54QF8V8AAHh2zk5O0kTMAY1tV7WZM9ljUU5GLkhKkO46VUILJ0D7b252gL3fQSBBnoj+8iLjYoEEJCgAGegA3M0H4EnFQafg' +
  '//JiJsHqh/ve2X1TEFyEI/M/egoQQAIrMV2xx7n8F4De9u+nQxabxPnZUfsqZcrT3pVwnnlKzaJmnwvn2LM3R6qhQLIzZKvpfggS0lxT' +
  'hHlTGMHKS9w/GTVFqqEqEBvBZUPdX7+5WYNJiRAfYGrAF+K8bs6iXHZ8E3z/V6sGDOT/7y5fBzogIAA6ACBjuhHwlvaSO2l98UXc2/Oj' +
  'Dm38uVo/oAOOh41oyWZG9gIAI8vqR6MMcdqC5d5jnSufEt8BgEXMbPfCAfEdANgKyWz2wEi/FwCUdLvY+wEBDLvY+wEdcNzF3g8YgPMu' +
  '9n7AEYzfxd4POIOJu9j7gfFg8i72fmAimLpDvR+YTEmlplOcttPed9g0JD8H4K+QH3L7ADCHJi86OjS47+4HALB2CZCA+Pk1hQ9rlUlf' +
  'cqxrFSlAKFFiRhFwW5FGatl30NnaXO3//V+6/yuB5m7cuoQNSZOUrWnbM3ayfXFzE7cr4Z0ypAJphSsR2pM6UjrTqowerF5Dh0g7NwWk' +
  'Ja41oS2pTOlE68LoxqoNHbLThWmGNMcVCW1I7SgdaBVGV1Z3zs4709C5SG+4FoRWpBKlPa0jozOrytnRlek1KPQprkBoSWpNaUsrMzqx' +
  'unC2dW1qg8Lg4JoRmpOKlDa0dowOrApnazemO9Jz0HFwCb2RWlBa0UqM9qyOnM3dmirSA9drMHBMSQVKS1prRltWmbOpO9MF6YarDQZO' +
  'DqkZpTmtyGjDasdNDFeiY5nB/Z580OTa3G0i+n23pUMrx9ZObZzburRTnZe5Tag/cJs7tHBs6dTKubVLG9e2bhPXG7qX3HD+/b8RHEr4' +
  'RBzLCU84LQQjk5vIuZKmmEsVfSnXauKz3GrI4vVH7sJyeXIzOdRxMKa4EcbZlFOJW7Kcy3kgz2Uh+H1yC7lW8mnMrYofqf7Yrcaa5VDD' +
  's3mOC0vI5FZyqsMYU95Iwy/lUuLfLNdyHPPczgdTf+z8L/oTt5KFGYeLRbbd3B7HapLzOtWwMh/nWprzc6mjOP991Q27nfNWqr7DiT+T' +
  '6kE/Jn1pTon8ThbMWUH40FQt/R/uw82X4Rd72kq3matp1sjMZC7IZLYgHJzL3G6xH8vrPjvCbw4CCeJf3HIErz65Pd8tJ/HetcrbxJve' +
  'O0VpdHF8h1P8HXQBwl9q/uPOMcrarxbxOKTnyZSf2kxQxrp3pn+Sfuuj1N0YGek/eIwyt628SsJalfm822N75TLJLc+4hVm9/lrm5mdn' +
  'lvnuvDTlycdYFgSvlh2G90hK2qJ6ENZqMv4IEMbmRK8XlOLti5DbV92z4kQXvNr/zOxO10Ylgfn4iiM5b3zHL1pRkf/K0/xiFEvNH+zh' +
  'F6v4MfadW/jFKcLLxyXxi1fYWyY18jMr9o7Igl+CorndwZ1fomJqybwX+SUp3klf9Ae/ZIUWOW07vxSFOWXWJX6piv/6Sp35pSnCegv9' +
  '+aUrWmtzo/llKPbXZVbyy1S8FZe6nl+WYnJ84il+2YrEvLg3+eUoLLlRdn65iui2hyP45SnuHd0wmV++4vXWLf38ChSLynaU8CtUlKWu' +
  'OcKvSHFIuf0efsWKn9Pu/oxfiWJ56f02fqWKxsQ/buNXptgd/csufuWKv7Lsyq9CEVT4zw/8KhWpXV/M5VeluG3wk5X8qhXvNf6Qxa9G' +
  'Mb3qm05+tYqXo5Zf4VenmJe0eiu/eoVSFPobvwbFnZkRL/NrVPw+5OvJr0mxujMQfs2KqkrXen4timNNnin8WhVzClr/49emeDG78W1+' +
  '7Yq7Y2rP8OtQqAmVa/l1KlZWj5bz61L82jAYy69bcWKgN5Bfj6Kmu9ORX69iZ8YeK78+RX3xgS/49StCko/cx29A8Y964hC/QcUtzWeK' +
  '+A0pkisuDPIbVszsuDKV34jig+EbJhqjtm6ElT9hw7tJiQBYq7Eb0OCHLQKW42dWANgRIqy+gVTEswwK/lFBTGgdFJYm14q9CQwWQaEy' +
  'rIaor4JCa1yH0N0EheK0MkNMJygkZktxpPeCQm7+KtibwYUiKOwI203sq4LCkbjjwqkmKGxK22oY6wSF27Pd5bi3FxQezl/r9xbwSxEU' +
  '3gl7n/ioCgpfxH0tfNcEhdfS3jRc6wSFR7I97niqFxReyF8v320FSIFQCDILm0ssOIomrpyH4H0STaZo028D/NUJCvZuG5Jw6M9Fk3H+' +
  '48QfO/8LAuMbAgqTEmY2kxkNB4V5WcLN0utie5Kb27tJPi8xvJmPD5qk82Pib+kJQJNIew3bZ+wcRJN2h3U7ov8cRZPyn+NN293NPu4O' +
  '8bKOt018bONrFz+38nenAPcK9KC9nrPPSw665pCbDnvMEU856phjTjnunBPr0vZw8xt3f/HyGW9f8fEdXz/x8xp/bwnwnkAf/ckKAByF' +
  'cGR+z560E4idAC+n8/fc+dQdL7iTdv6yi1BNQRJDxVvp8ZGT6gBg/OXeDZThVk2ODAUL7fhFUrwBsD4NSJC++E0gr2rcqx///WNQAE5R' +
  'CgGABnCKKiMAsAKczJA0ADaAk9nIC0AC4JT8wUqiZErp1NJpZbOUzVo+2+SvYIpXiIoplVMrpx3VRpajWmGtnm3qV2aaVxY1U2qn1k6r' +
  'm6Vu1vrZpn91zPDqRMOUxqiN0bqVpVtZu5Nt7lw9c+/qRfdSepDag7TWsbSOtU1ss2kNzLY1iLZR2kVtF619LO1j7RDbHFoH5tg6iI5R' +
  'OkXtFK1zLJdzNLbP7iXAJYXvlyDP4KuFnu+CgG9MAEj0sk98bc3oLtnhn156e/6fgHcjANbK6wO2ubSOzLV1FF2jdJPaTdrxmMJyPFbG' +
  '2lNs89Q6Mc+tk+g5Si9Re4nWayy9xtpbbPPWOjPvrbPoPUofUfuI1mcsfcbaV2wfGfuFr8rEB52i+QMFbVZdx11NW5yle7PKkyDe+zMw' +
  'bygijQhrV0LEEiB4Np4FMiJCZApEhArtRh8m0JskTRMugVpfsU+0hPfMyFqYTTCHwRwKcwi0wUYdCMDy77F/8cnjANibsxHiLchprsaw' +
  'qlJEsKzJxmypGW+UTEvGr2+W7vJWHpggHCLWUktgXgJzBMzhEJtQ0MJYFDa4w70C6ZadYpbq52086b/RnxKjPy3oz0izBM5uBU9SbgkO' +
  'O4yshTkU5hCYg+EMEho4lyK8P7cT';

/** A copy of its own each time: 32 MiB, nearly all of them zeros. */
export function smallImage(): Buffer {
  return brotliDecompressSync(Buffer.from(IMAGE, 'base64'));
}
