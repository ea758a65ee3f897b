// Choosing between primitives by measuring them. What was chosen before is chosen again, so that a repeated
// or resumed run computes the same bits.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "program.h"

namespace convnets {

struct Candidate {
  std::string name;
  std::function<double()> seconds;  // measures it
};

/// The least time of a few runs.
double seconds_of(const std::function<void()>& run);
/// The same for a primitive, on memory of its own.
double seconds_of(dnnl_primitive_desc_t pd);

/// The index of the candidate `choices` names under `key`, or of the fastest, which `choices` then names.
size_t choose(Choices& choices, const std::string& key, const std::vector<Candidate>& candidates);

}  // namespace convnets
