// Convolutions by our own Winograd transforms: where they apply, how their work may be cut, and their steps.
#pragma once

#include <string>
#include <vector>

#include "conv_attrs.h"
#include "winograd.h"

namespace convnets {

/// A transform and how its work is cut; without a transform, nothing.
struct Transformed {
  const Winograd* transform = nullptr;
  WinogradCut cut;

  std::string name() const;
};

/// The shape as the transforms know it; `kernel` is 0 where they don't apply.
WinogradShape transformed_shape(const Lowering& at, const Type& x, const Type& weight,
                                const ConvAttrs& attrs);

/// Whether a candidate may take so much memory for itself. More would not stay in any cache, and on large
/// pictures it would be gigabytes.
bool affordable(size_t bytes);

// What may be chosen from: the two transforms that multiply least, cut in ways that keep scratch memory
// small.
std::vector<Transformed> transformed_candidates(const WinogradShape& shape);
std::vector<Transformed> transformed_gradient_candidates(const WinogradShape& shape);

// Seconds of a run, without the weights' transform when they are `constant`. `transposed`: the gradient
// towards the input, whose `shape` has the channels swapped.
double measure_transformed(const Transformed& own, const WinogradShape& shape, bool transposed, bool constant,
                           double limit);
double measure_transformed_gradient(const Transformed& own, const WinogradShape& shape, double limit);

/// The steps of a convolution, or with `transposed` of the gradient towards its input: the weights'
/// transform, and what has to follow in every run.
void emit_transformed(Lowering& at, const Transformed& own, const WinogradShape& shape, bool transposed,
                      const Epilogue& end);
/// The step of the gradients towards the weights and, with `bias`, towards the bias.
void emit_transformed_gradient(Lowering& at, const Transformed& own, const WinogradShape& shape, bool bias);

}  // namespace convnets
