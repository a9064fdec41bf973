// Any bytes as a cfg: the whole import, and what is made of a network before a device is opened.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "darknet/cfg.hpp"
#include "darknet/weights.hpp"
#include "graph/fingerprint.hpp"
#include "graph/fold_batch_normalization.hpp"
#include "graph/limits.hpp"
#include "graph/shapes.hpp"
#include "graph/shortcut_weights.hpp"
#include "support.hpp"

namespace yolofleet::fuzz {
namespace {

namespace limits = graph::limits;

constexpr std::size_t kLongestMessage = 1000;

void must_keep_to_limits(const graph::Network& network) {
  must(!network.heads().empty() && network.class_count() <= limits::kMaxClasses);
  must(network.parameters() <= limits::kMaxParameters && network.flops() <= limits::kMaxFlops);
  int index = 0;
  for (const graph::Layer& layer : network.layers()) {
    for (const int read : graph::inputs_of(layer.operation, index)) {
      must(read < index && read >= (index == 0 ? -1 : 0));
    }
    must(layer.output.elements() > 0 && layer.output.elements() <= limits::kMaxElements);
    must(layer.parameters >= 0 && layer.flops >= 0);
    must(!graph::kind_of(layer.operation).empty());
    static_cast<void>(graph::describe(layer.operation));
    ++index;
  }
}

/// A weights file of zeros fits to what was counted.
void must_take_its_weights(graph::Network& network) {
  constexpr std::int64_t kMostParameters = 20'000;
  constexpr std::size_t kHeader = 16;
  if (network.parameters() > kMostParameters) {
    return;
  }
  static const MemoryFile file;
  const auto floats = static_cast<std::size_t>(network.parameters());
  file.hold(std::vector<std::uint8_t>(kHeader + floats * sizeof(float)));
  std::vector<std::string> warnings;
  must(darknet::read_weights(file.path(), network, false, warnings).has_value());
  must(graph::fold_batch_normalization(network).has_value());
  for (const graph::Layer& layer : network.layers()) {
    if (const auto* const shortcut = std::get_if<graph::Shortcut>(&layer.operation)) {
      static_cast<void>(graph::normalized_weights(*shortcut));
    }
  }
}

/// Whether it was taken.
bool import(Bytes bytes, const LoadOptions& options) {
  std::vector<std::string> warnings;
  auto network = darknet::network_from_cfg(text_of(bytes), {"a.cfg", "a"}, options, warnings);
  must(warnings.size() <= limits::kMaxWarnings + 1);
  for (const std::string& warning : warnings) {
    must_be_well_said(warning, kLongestMessage);
  }
  if (!network) {
    must_be_well_said(network.error().message, kLongestMessage);
    return false;
  }
  must_keep_to_limits(*network);
  must_take_its_weights(*network);
  must(!graph::fingerprint(*network).empty());
  return true;
}

}  // namespace
}  // namespace yolofleet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace fuzz = yolofleet::fuzz;
  yolofleet::LoadOptions options;
  if (!fuzz::import({data, size}, options)) {
    options.allow_unknown_keys = true;
    options.input_size = {64, 32};
    fuzz::import({data, size}, options);
  }
  return 0;
}
