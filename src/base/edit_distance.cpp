#include "yolofleet/edit_distance.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace yolofleet {

std::size_t edit_distance(std::string_view from, std::string_view to) {
  constexpr std::size_t kCompared = 64;
  from = from.substr(0, kCompared);
  to = to.substr(0, kCompared);
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t above_left = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = above_left + (from[i] == to[j] ? 0U : 1U);
      above_left = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, above_left + 1});
    }
  }
  return row.back();
}

}  // namespace yolofleet
