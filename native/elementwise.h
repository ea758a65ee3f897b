#pragma once

#include "lowering.h"

namespace convnets {

void relu(Lowering& at);
void relu_grad(Lowering& at);
void tanh(Lowering& at);
void tanh_grad(Lowering& at);
void exponential(Lowering& at);
void sigmoid(Lowering& at);
void sigmoid_grad(Lowering& at);
void mul(Lowering& at);
void add(Lowering& at);
void affine(Lowering& at);
void dropout(Lowering& at);
void fill(Lowering& at);

}  // namespace convnets
