#pragma once

#include "lowering.h"

namespace convnets {

void log_softmax(Lowering& at);
void log_softmax_grad(Lowering& at);
void nll_loss(Lowering& at);
void nll_loss_input_grad(Lowering& at);
void soft_cross_entropy(Lowering& at);
void soft_cross_entropy_input_grad(Lowering& at);
void squared_distance(Lowering& at);
void squared_distance_grad(Lowering& at);

}  // namespace convnets
