#pragma once

#include "lowering.h"

namespace convnets {

void adaptive_avg_pool(Lowering& at);
void adaptive_avg_pool_input_grad(Lowering& at);

}  // namespace convnets
