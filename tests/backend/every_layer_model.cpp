#include "backend/every_layer_model.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "darknet/cfg.hpp"
#include "graph/network.hpp"
#include "whole_file.hpp"

namespace yolofleet::backend {
namespace {

/// The floats of a weights file for a network, in the file's order.
class Generator {
 public:
  std::vector<float> weights_of(const graph::Network& network) {
    for (const graph::Layer& layer : network.layers()) {
      const auto* const op = std::get_if<graph::Convolution>(&layer.operation);
      if (op != nullptr && !op->share_index) {
        convolution(*op, static_cast<std::size_t>(layer.parameters));
      } else {
        uniform(static_cast<std::size_t>(layer.parameters), 0.3F, 1.5F);  // of a weighted sum
      }
    }
    return std::move(floats_);
  }

 private:
  void convolution(const graph::Convolution& op, std::size_t parameters) {
    const auto filters = static_cast<std::size_t>(op.filters);
    uniform(filters, -1.0F, 1.0F);
    std::size_t of_filters = 1;
    if (op.batch_normalize) {
      uniform(filters, 0.7F, 1.3F);
      uniform(filters, -0.3F, 0.3F);
      uniform(filters, 0.5F, 1.5F);
      of_filters = 4;
    }
    const std::size_t kernel = parameters - of_filters * filters;
    const std::size_t inputs = kernel / filters;
    // Wide behind the small kernels: what an activation does far from zero is to be seen too.
    const float spread = (op.size == 1 ? 2.2F : 1.4F) / std::sqrt(static_cast<float>(inputs));
    std::normal_distribution<float> normal{0.0F, spread};
    for (std::size_t i = 0; i < kernel; ++i) {
      floats_.push_back(normal(random_));
    }
  }

  void uniform(std::size_t count, float least, float most) {
    std::uniform_real_distribution<float> values{least, most};
    for (std::size_t i = 0; i < count; ++i) {
      floats_.push_back(values(random_));
    }
  }

  std::mt19937 random_{9};  // every head is sure of something
  std::vector<float> floats_;
};

}  // namespace

ModelFiles write_every_layer_model(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  ModelFiles files{folder / "every-layer.cfg", folder / "every-layer.weights", {}};
  yolofleet::testing::write_whole(files.cfg, every_layer_cfg());
  std::vector<std::string> warnings;
  const auto network = darknet::read_cfg(files.cfg, {}, warnings);
  if (!network) {
    throw std::runtime_error(network.error().message);
  }
  const std::vector<float> floats = Generator{}.weights_of(*network);
  const std::array<std::uint32_t, 5> header{0, 2, 5, 0, 0};
  std::string weights(reinterpret_cast<const char*>(header.data()), sizeof header);
  weights.append(reinterpret_cast<const char*>(floats.data()), floats.size() * sizeof(float));
  yolofleet::testing::write_whole(files.weights, weights);
  return files;
}

}  // namespace yolofleet::backend
