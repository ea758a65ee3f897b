#pragma once

#include "lowering.h"

namespace convnets {

void sgd_update(Lowering& at);

}  // namespace convnets
