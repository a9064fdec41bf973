#include "fleet/results.hpp"

#include <utility>

namespace yolofleet::fleet {

std::uint64_t Results::expect() {
  if (ordered_) {
    results_.emplace_back();
  }
  ++under_way_;
  return next_ticket_++;
}

void Results::put(PictureResult result) {
  if (ordered_) {
    results_[static_cast<std::size_t>(result.index - oldest())] = std::move(result);
  } else {
    results_.emplace_back(std::move(result));
  }
}

bool Results::ready() const {
  return !results_.empty() && results_.front().has_value();
}

PictureResult Results::take() {
  PictureResult result = *std::move(results_.front());
  results_.pop_front();
  --under_way_;
  return result;
}

}  // namespace yolofleet::fleet
