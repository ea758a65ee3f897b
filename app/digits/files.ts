export type Split = "train" | "test";

/** Where the digits are, from the page. The names end so that no server takes them for compressed transport. */
export const digitFiles: Readonly<Record<Split, { readonly images: string; readonly labels: string }>> = {
  train: { images: "digits/train-images.idxz", labels: "digits/train-labels.idxz" },
  test: { images: "digits/test-images.idxz", labels: "digits/test-labels.idxz" },
};
