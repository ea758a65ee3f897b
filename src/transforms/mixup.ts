/**
 * Makes of every picture `share` of itself and `1 - share` of its partner, in place (Zhang et al. 2017,
 * https://arxiv.org/abs/1710.09412). `images` are `pictures` pictures one behind the other; the partner of the first is
 * the last, that of the second the one before the last, and so on.
 */
export function mixup(images: Uint8Array, pictures: number, share: number): void {
  const stride = images.length / pictures;
  for (let first = 0, last = pictures - 1; first < last; first++, last--)
    for (let i = 0; i < stride; i++) {
      const own = images[first * stride + i] ?? 0;
      const other = images[last * stride + i] ?? 0;
      images[first * stride + i] = Math.round(other + share * (own - other));
      images[last * stride + i] = Math.round(own + share * (other - own));
    }
}
