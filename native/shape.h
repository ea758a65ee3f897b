#pragma once

#include "lowering.h"

namespace convnets {

void concat(Lowering& at);
void slice(Lowering& at);
void pad(Lowering& at);
void reshape(Lowering& at);
void gather_rows(Lowering& at);
void transpose(Lowering& at);
void resize(Lowering& at);
void resize_input_grad(Lowering& at);

}  // namespace convnets
