// Any bytes as a weights file; the first one says of which network.
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "darknet/cfg.hpp"
#include "darknet/weights.hpp"
#include "graph/fingerprint.hpp"
#include "graph/fold_batch_normalization.hpp"
#include "graph/shortcut_weights.hpp"
#include "support.hpp"

namespace yolofleet::fuzz {
namespace {

constexpr std::string_view kNet = "[net]\nwidth=8\nheight=8\nchannels=1\n";
constexpr std::string_view kHead =
    "[convolutional]\nfilters=6\nactivation=linear\n[yolo]\nmask=0\nanchors=1,2\nclasses=1\n";

/// Between them every kind of array that a weights file holds.
constexpr std::array<std::string_view, 6> kMiddles{
    "",
    "[convolutional]\nfilters=2\nbatch_normalize=1\nsize=3\npad=1\n",
    "[convolutional]\nfilters=4\n[convolutional]\nfilters=4\ngroups=2\nbatch_normalize=1\n",
    "[convolutional]\nfilters=2\n[convolutional]\nfilters=2\n"
    "[shortcut]\nfrom=0,1\nweights_type=per_feature\nweights_normalization=relu\n",
    "[convolutional]\nfilters=2\nbatch_normalize=1\n[dropout]\n"
    "[shortcut]\nfrom=0,0\nweights_type=per_channel\nweights_normalization=softmax\n",
    "[convolutional]\nfilters=2\n[convolutional]\nfilters=2\nbatch_normalize=1\n"
    "[convolutional]\nfilters=2\nshare_index=1\n",
};

std::vector<graph::Network> networks() {
  std::vector<graph::Network> made;
  for (const std::string_view middle : kMiddles) {
    std::vector<std::string> warnings;
    const std::string cfg = std::string{kNet} + std::string{middle} + std::string{kHead};
    made.push_back(darknet::network_from_cfg(cfg, {"a.cfg", "a"}, {}, warnings).value());
  }
  return made;
}

void must_be_finite(const std::vector<float>& values) {
  for (const float value : values) {
    must(std::isfinite(value));
  }
}

void must_be_usable(const graph::Network& network) {
  for (const graph::Layer& layer : network.layers()) {
    if (const auto* const convolution = std::get_if<graph::Convolution>(&layer.operation)) {
      must(convolution->weights.scale.empty());
      must_be_finite(convolution->weights.kernel);
      must_be_finite(convolution->weights.bias);
    } else if (const auto* const shortcut = std::get_if<graph::Shortcut>(&layer.operation)) {
      must_be_finite(graph::normalized_weights(*shortcut));
    }
  }
  must(!graph::fingerprint(network).empty());
}

void read(Bytes bytes, graph::Network network, bool allow_trailing) {
  constexpr std::size_t kLongestMessage = 300;
  static const MemoryFile file;
  file.hold(bytes);
  std::vector<std::string> warnings;
  const auto done =
      darknet::read_weights(file.path(), network, allow_trailing, warnings).and_then([&] {
        return graph::fold_batch_normalization(network);
      });
  for (const std::string& warning : warnings) {
    must_be_well_said(warning, kLongestMessage);
  }
  if (done) {
    must_be_usable(network);
  } else {
    must_be_well_said(done.error().message, kLongestMessage);
  }
}

}  // namespace
}  // namespace yolofleet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace fuzz = yolofleet::fuzz;
  static const auto networks = fuzz::networks();
  if (size > 0) {
    const fuzz::Bytes bytes{data, size};
    fuzz::read(bytes.subspan(1), networks[data[0] % networks.size()], data[0] >= 128);
  }
  return 0;
}
