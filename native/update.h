#pragma once

#include "lowering.h"

namespace convnets {

void sgd_update(Lowering& at);
void moving_average(Lowering& at);

}  // namespace convnets
