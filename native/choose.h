// Choosing between primitives by measuring them. What was chosen before is chosen again, so that a repeated or
// resumed run computes the same bits.
#pragma once

#include <string>
#include <vector>

#include "program.h"

namespace convnets {

struct Candidate {
  std::string name;
  dnnl_primitive_desc_t pd;
};

/// The index of the candidate `choices` names under `key`, or of the fastest, which `choices` then names.
size_t choose(Choices& choices, const std::string& key, const std::vector<Candidate>& candidates);

}  // namespace convnets
