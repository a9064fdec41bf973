#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "graph/operations.hpp"
#include "graph/shape.hpp"

namespace yolofleet::graph {

/// One layer: its operation, shapes and costs.
struct Layer {
  Operation operation;
  int line = 0;  ///< of its section in the cfg, from 1
  Shape input;   ///< output of the layer before it; for a route, of the first layer it names
  Shape output;
  std::int64_t parameters = 0;  ///< floats in the weights file
  std::int64_t flops = 0;       ///< for one picture; a multiply-add counts as two
};

/// The layers of a detector in the order of the cfg; layer i reads layer i - 1 unless its
/// operation names others. Every index in it is valid and smaller than its layer's own.
class Network {
 public:
  Network() = default;
  Network(std::string name, Shape input, bool letterbox, std::vector<Layer> layers)
      : name_(std::move(name)), input_(input), letterbox_(letterbox), layers_(std::move(layers)) {}

  const std::string& name() const noexcept { return name_; }  ///< the cfg's file name, no ending
  Shape input() const noexcept { return input_; }
  bool letterbox() const noexcept { return letterbox_; }
  std::span<const Layer> layers() const noexcept { return layers_; }
  std::span<Layer> layers() noexcept { return layers_; }

  /// The indices of the heads, in the order of the layers.
  std::vector<std::size_t> heads() const;
  /// The largest number of classes of any head; 0 without heads.
  int class_count() const noexcept;
  std::int64_t parameters() const noexcept;
  std::int64_t flops() const noexcept;

 private:
  std::string name_;
  Shape input_;
  bool letterbox_ = false;
  std::vector<Layer> layers_;
};

/// The weights that a convolution of this network computes with: its own, or those of the
/// convolution that `share_index` names.
const ConvolutionWeights& weights_of(const Network& network, const Convolution& convolution);

}  // namespace yolofleet::graph
