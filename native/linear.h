#pragma once

#include "lowering.h"

namespace convnets {

void linear(Lowering& at);
void linear_bias(Lowering& at);
void linear_input_grad(Lowering& at);
void linear_weight_grad(Lowering& at);
void linear_parameter_grad(Lowering& at);

}  // namespace convnets
