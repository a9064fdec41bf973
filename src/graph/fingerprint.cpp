#include "graph/fingerprint.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <memory>
#include <new>
#include <type_traits>
#include <vector>

namespace yolofleet::graph {
namespace {

struct Free {
  void operator()(XXH3_state_t* state) const noexcept { XXH3_freeState(state); }
};

/// Takes values in, one after the other.
class Hasher {
 public:
  Hasher() : state_(XXH3_createState()) {
    if (!state_) {
      throw std::bad_alloc();
    }
    XXH3_128bits_reset(state_.get());
  }

  template <typename... Values>
  void put(const Values&... values) {
    (put_one(values), ...);
  }
  std::string digest() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(state_.get());
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
  }

 private:
  template <typename Value>
  void put_one(const Value& value) {
    static_assert(std::has_unique_object_representations_v<Value> || std::is_enum_v<Value> ||
                  std::is_floating_point_v<Value> || std::is_same_v<Value, Anchor>);
    XXH3_128bits_update(state_.get(), &value, sizeof value);
  }
  /// With its length: two neighbours can't be taken for one.
  template <typename Value>
  void put_one(const std::vector<Value>& values) {
    put_one(values.size());
    if (!values.empty()) {
      XXH3_128bits_update(state_.get(), values.data(), values.size() * sizeof(Value));
    }
  }

  std::unique_ptr<XXH3_state_t, Free> state_;
};

// Each field of each operation. The structured bindings name all of them, so that a new field
// doesn't compile before it stands here, too.

void put(Hasher& hash, const Convolution& op) {
  const auto& [filters, size, stride_x, stride_y, dilation, padding, groups, blur, normalize,
               activation, weights] = op;
  const auto& [kernel, bias, scale, mean, variance] = weights;
  hash.put(filters, size, stride_x, stride_y, dilation, padding, groups, normalize, activation);
  hash.put(blur.size, blur.padding);
  hash.put(kernel, bias, scale, mean, variance);
}

void put(Hasher& hash, const Route& op) {
  const auto& [layers, groups, group_id] = op;
  hash.put(layers, groups, group_id);
}

void put(Hasher& hash, const Shortcut& op) {
  const auto& [from, activation, weights_type, normalization, weights] = op;
  hash.put(from, activation, weights_type, normalization, weights);
}

void put(Hasher& hash, const MaxPool& op) {
  const auto& [size, stride_x, stride_y, padding, blur] = op;
  hash.put(size, stride_x, stride_y, padding, blur.size, blur.padding);
}

void put(Hasher& /*hash*/, const AvgPool& /*op*/) {}
void put(Hasher& /*hash*/, const Dropout& /*op*/) {}

void put(Hasher& hash, const Upsample& op) {
  const auto& [stride, scale] = op;
  hash.put(stride, scale);
}

void put(Hasher& hash, const Reorg& op) {
  const auto& [stride, old] = op;
  hash.put(stride, old);
}

void put(Hasher& hash, const ScaleChannels& op) {
  const auto& [from, scale_wh, activation] = op;
  hash.put(from, scale_wh, activation);
}

void put(Hasher& hash, const Sam& op) {
  const auto& [from, activation] = op;
  hash.put(from, activation);
}

void put(Hasher& hash, const Head& op) {
  const auto& [kind, anchors, mask, classes, scale_x_y, new_coords, point, softmax, class_tree,
               nms] = op;
  hash.put(kind, anchors, mask, classes, scale_x_y, new_coords, point, softmax, class_tree);
  hash.put(nms.kind, nms.beta);
}

}  // namespace

std::string fingerprint(const Network& network) {
  Hasher hash;
  const Shape input = network.input();
  hash.put(input.channels, input.height, input.width);
  for (const Layer& layer : network.layers()) {
    hash.put(layer.operation.index());
    std::visit([&](const auto& op) { put(hash, op); }, layer.operation);
  }
  return hash.digest();
}

}  // namespace yolofleet::graph
