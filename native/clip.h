#pragma once

#include "lowering.h"

namespace convnets {

void squared_norm(Lowering& at);
void clip_factor(Lowering& at);
void scale(Lowering& at);
void clamp(Lowering& at);
void largest_magnitude(Lowering& at);

}  // namespace convnets
