/** Letter pairs that words of many languages have; a namespace of a person or company has mostly such. */
const COMMON = new Set(
  'th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa ge ie wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id os iv ia am fi ci vi pl ig tu ev ld ry mp fe bl ab gh ty op wo sa ay ex ke fr oo av ag if ap gr od bo sp rd do uc bu ei ov by rm ep tt oc fa ef cu rn sc gi da yo cr cl du ga qu ue ff ba ey ls va um pp ua up lu go ht ru ug ds lt pi rc rr eg au ck ew mu br bi pt ak pu ui rg ib tl ny ki rk ys ob mm fu ph og ms ye ud mb ip ub oi rl gu dr hr cc tw ft wn nu af hu nn eo vo rv nf xp gn sm fl iz ok nl my gl aw ju oa eq sy sl ps jo lf nv je nk kn gs dy hy ze ks xt bs ik dd pe ro ja'.split(
    ' ',
  ),
);

/** Why a namespace looks as if a machine had made it up; undefined where it does not. */
export function randomness(namespace: string): string | undefined {
  const digits = /\d{5,}$/.exec(namespace)?.[0];
  if (digits !== undefined && digits.length < namespace.length) {
    return `${namespace} ends in ${digits.length} digits, as throw-away accounts do`;
  }
  const letters = namespace.replace(/[^a-z]/g, '');
  if (letters.length > 0 && (namespace.match(/\d/g)?.length ?? 0) >= 6)
    return `${namespace} is mostly digits`;
  if (letters.length < 5 || letters.length > 40) return undefined;
  let common = 0;
  for (let at = 0; at + 1 < letters.length; at++) if (COMMON.has(letters.slice(at, at + 2))) common++;
  const share = common / (letters.length - 1);
  // Few letters say little: of five, not one pair may be common.
  return share < (letters.length < 8 ? 0.1 : 0.3)
    ? `${namespace} has letters in an order that words do not have`
    : undefined;
}
