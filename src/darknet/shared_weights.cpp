#include "darknet/shared_weights.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <variant>

#include "base/fail.hpp"

namespace yolofleet::darknet {
namespace {

constexpr std::string_view kKey = "share_index";

/// The properties that two convolutions with the same weights have in common.
struct Form {
  int filters = 0;
  int size = 0;
  int groups = 0;
  int channels = 0;  ///< of the input

  Form(const graph::Convolution& op, const graph::Shape& input)
      : filters(op.filters), size(op.size), groups(op.groups), channels(input.channels) {}
  friend bool operator==(const Form&, const Form&) = default;

  std::string text() const {
    return fmt::format("filters={}, size={}, groups={} and {} input channels", filters, size,
                       groups, channels);
  }
};

}  // namespace

Result<std::int64_t> resolve_share_index(graph::Operation& operation, const graph::Shape& input,
                                         std::span<const graph::Layer> before,
                                         const CfgSection& section, std::string_view file) {
  auto* const convolution = std::get_if<graph::Convolution>(&operation);
  if (convolution == nullptr || !convolution->share_index) {
    return 0;
  }
  const CfgOption& option = *section.find(kKey);
  const auto refuse = [&](std::string_view why) {
    return base::fail(ErrorCode::kMismatch, "{}:{}: [{}] {}={}: {}", file, option.line,
                      shown(section.name), kKey, shown(option.value), why);
  };
  const int index = *convolution->share_index;
  const graph::Layer& named = before[static_cast<std::size_t>(index)];
  const auto* const owner = std::get_if<graph::Convolution>(&named.operation);
  if (owner == nullptr) {
    return refuse(fmt::format("layer {} is [{}] (line {}); must be a [convolutional]", index,
                              graph::kind_of(named.operation), named.line));
  }
  const Form theirs{*owner, named.input};
  const Form ours{*convolution, input};
  if (theirs != ours) {
    return refuse(fmt::format("layer {} (line {}) has {}; this layer has {}: they must be alike",
                              index, named.line, theirs.text(), ours.text()));
  }
  if (owner->share_index) {
    convolution->share_index = owner->share_index;
  }
  return before[static_cast<std::size_t>(*convolution->share_index)].parameters;
}

}  // namespace yolofleet::darknet
