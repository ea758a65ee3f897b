// Batch normalisation in training, alone or with what follows it: ReLU, or the sum with a residual and ReLU.
#pragma once

#include "lowering.h"

namespace convnets {

void batch_norm(Lowering& at);
void batch_norm_relu(Lowering& at);
void batch_norm_add_relu(Lowering& at);
void normalize_relu(Lowering& at);
void batch_norm_grad(Lowering& at);
void batch_norm_relu_grad(Lowering& at);
void batch_norm_add_relu_grad(Lowering& at);

}  // namespace convnets
