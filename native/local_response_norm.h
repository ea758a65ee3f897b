#pragma once

#include "lowering.h"

namespace convnets {

void local_response_norm(Lowering& at);
void local_response_norm_grad(Lowering& at);

}  // namespace convnets
