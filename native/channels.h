#pragma once

#include "lowering.h"

namespace convnets {

void add_channels(Lowering& at);
void sum_channels(Lowering& at);
void scale_channels(Lowering& at);
void dot_channels(Lowering& at);
void batch_norm_scale(Lowering& at);

}  // namespace convnets
