#include "limits.hpp"

#include <numeric>

namespace yolofleet::command {
namespace {

constexpr double kAllTheTime = 0.9;

double mean(const std::vector<double>& values) {
  return values.empty() ? 0.0
                        : std::accumulate(values.begin(), values.end(), 0.0) /
                              static_cast<double>(values.size());
}

}  // namespace

std::string limited_by(const TimeSpent& spent) {
  const auto all_the_time = [&](double seconds) { return seconds > kAllTheTime * spent.run; };
  if (all_the_time(spent.writing)) {
    return "writing";
  }
  if (all_the_time(mean(spent.busy))) {
    return "devices";
  }
  if (all_the_time(spent.decoding)) {
    return "decoding";
  }
  return all_the_time(spent.reading) ? "reading" : "none";
}

}  // namespace yolofleet::command
