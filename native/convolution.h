#pragma once

#include "lowering.h"

namespace convnets {

void conv2d(Lowering& at);
void conv2d_bias(Lowering& at);
void conv2d_bias_add(Lowering& at);
void conv2d_input_grad(Lowering& at);
void conv2d_weight_grad(Lowering& at);
void conv2d_parameter_grad(Lowering& at);

}  // namespace convnets
