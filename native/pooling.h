#pragma once

#include "lowering.h"

namespace convnets {

void max_pool(Lowering& at);
void max_pool_input_grad(Lowering& at);
void avg_pool(Lowering& at);
void avg_pool_input_grad(Lowering& at);

}  // namespace convnets
