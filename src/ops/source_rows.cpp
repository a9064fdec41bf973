#include "ops/source_rows.hpp"

#include "ops/row_loops.hpp"

namespace yolofleet::ops {

void SourceRows::read_mixed(int row, float* out) {
  const std::size_t count = columns_.size();
  const auto rows = static_cast<std::size_t>(channels());
  values_.resize(2 * rows * count);
  const float* const first = values_.data();
  const float* const second = first + rows * count;
  read(row, {values_.data(), values_.data() + rows * count});
  for (std::size_t channel = 0; channel < rows; ++channel) {
    const std::size_t begin = channel * count;
    row_loops().mix(first + begin, second + begin, columns_.fraction.data(), count, out + begin);
  }
}

}  // namespace yolofleet::ops
