// Choosing between primitives by measuring them. What was chosen before is chosen again, so that a repeated
// or resumed run computes the same bits.
#pragma once

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "program.h"

namespace convnets {

struct Candidate {
  std::string name;
  std::function<double(double)> seconds;  // measures it; may give up once it is far above the given time
};

/// Whether weights that are read once a run have left the caches when their turn comes again.
bool cold(size_t bytes);

/// How to measure.
struct Measuring {
  bool cold = false;  // each run begins with nothing of its own in the caches
  double limit = std::numeric_limits<double>::infinity();  // the time to beat
};

/// The least time of a few runs, of fewer when the first are far above the limit.
double seconds_of(const std::function<void()>& run, Measuring how = {});
/// The same for a primitive, on memory of its own.
double seconds_of(dnnl_primitive_desc_t pd, Measuring how = {});

/// The index of the candidate that `chosen` or else `known` names under `key`, or of the fastest; `chosen`
/// then names it.
size_t choose(const Choices& known, Choices& chosen, const std::string& key,
              const std::vector<Candidate>& candidates);

}  // namespace convnets
