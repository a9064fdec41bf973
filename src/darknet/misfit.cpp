#include "darknet/misfit.hpp"

#include <fmt/format.h>

#include <string>

#include "graph/fitting_inputs.hpp"

namespace yolofleet::darknet {

Error with_fitting_sizes(Error error, std::span<const graph::Operation> operations,
                         const graph::Shape& input, bool is_set_by_option) {
  if (error.code != ErrorCode::kMismatch) {
    return error;
  }
  std::string sizes;
  for (const graph::Shape& near : graph::nearest_fitting_inputs(operations, input)) {
    sizes += fmt::format("{}{}x{}", sizes.empty() ? "" : " and ", near.width, near.height);
  }
  if (sizes.empty()) {
    return error;
  }
  error.message += fmt::format(". This is due to the input size, {}x{}; the nearest that fit: {}",
                               input.width, input.height, sizes);
  if (is_set_by_option) {
    error.code = ErrorCode::kInvalidArgument;
  }
  return error;
}

}  // namespace yolofleet::darknet
