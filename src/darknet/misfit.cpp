#include "darknet/misfit.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <variant>

#include "base/fail.hpp"
#include "graph/fitting_inputs.hpp"

namespace yolofleet::darknet {

Result<void> check_head_fits(const graph::Operation& operation, const graph::Shape& input,
                             std::string_view place, const CfgSection& giver) {
  const auto* const head = std::get_if<graph::Head>(&operation);
  if (head == nullptr) {
    return {};
  }
  const auto anchors = static_cast<std::int64_t>(head->mask.size());
  const std::int64_t each = graph::numbers_per_anchor(*head);
  if (input.channels == anchors * each) {
    return {};
  }
  const CfgOption* const filters = giver.find("filters");
  const std::string given =
      filters == nullptr
          ? fmt::format("[{}] of line {} gives {} channels", shown(giver.name), giver.line,
                        input.channels)
          : fmt::format("[{}] of line {} has filters={} (line {})", shown(giver.name), giver.line,
                        input.channels, filters->line);
  return base::fail(ErrorCode::kMismatch,
                    "{}: {} anchors and classes={} need {} x ({} + {}) = {} channels, but the {}",
                    place, anchors, head->classes, anchors, head->classes, each - head->classes,
                    anchors * each, given);
}

Error with_fitting_sizes(Error error, std::span<const graph::Operation> operations,
                         const graph::Shape& input, bool is_set_by_option) {
  if (error.code != ErrorCode::kMismatch) {
    return error;
  }
  std::string sizes;
  for (const graph::Shape& near : graph::nearest_fitting_inputs(operations, input)) {
    sizes += fmt::format("{}{}x{}", sizes.empty() ? "" : ", ", near.width, near.height);
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
