#pragma once

#include "lowering.h"

namespace convnets {

void sgd_update(Lowering& at);
void adam_update(Lowering& at);
void rmsprop_update(Lowering& at);
void centered_rmsprop_update(Lowering& at);
void ema_update(Lowering& at);
void moving_average(Lowering& at);

}  // namespace convnets
