#include <array>
#include <cstddef>

#include "generated/forward.hpp"

namespace yolofleet::generated {
namespace {

/// So many sums are made at once, in registers.
constexpr std::size_t kChunk = 32;

/// An input taken apart so that every tap of a kernel reads a run of neighbours, whatever the
/// stride: part (y, x) has the rows y, y + stride_y ... and the columns x, x + stride_x ... of the
/// padded input. A row of sums is as long as a part's row; what is beyond the output isn't used.
class Parts {
 public:
  Parts(const graph::Convolution& op, const Tensor& input, graph::Shape output)
      : op_(op),
        rows_(output.height + op.dilation * (op.size - 1) / op.stride_y + 1),
        columns_(output.width + op.dilation * (op.size - 1) / op.stride_x + 1),
        sums_(rounded_up(static_cast<std::size_t>(output.height * columns_))),
        part_(static_cast<std::size_t>(rows_ * columns_) + kChunk),
        channel_(part_ * static_cast<std::size_t>(op.stride_y * op.stride_x)),
        values_(channel_ * static_cast<std::size_t>(input.shape.channels) + sums_, 0.0F) {
    for (int c = 0; c < input.shape.channels; ++c) {
      fill(input, c);
    }
    for (int y = 0; y < op.size; ++y) {
      for (int x = 0; x < op.size; ++x) {
        taps_.push_back(place(y * op.dilation, x * op.dilation));
      }
    }
  }

  int columns() const { return columns_; }
  std::size_t sums() const { return sums_; }

  /// Adds up kChunk neighbours of a filter whose channels begin at `channel`.
  std::array<float, kChunk> sum(std::span<const float> weights, std::size_t channel,
                                std::size_t at) const {
    std::array<float, kChunk> sums{};
    const float* weight = weights.data();
    const std::size_t channels = weights.size() / taps_.size();
    for (std::size_t c = 0; c < channels; ++c) {
      const float* const from = values_.data() + (channel + c) * channel_ + at;
      for (const std::size_t tap : taps_) {
        for (std::size_t i = 0; i < kChunk; ++i) {
          sums[i] += *weight * from[tap + i];
        }
        ++weight;
      }
    }
    return sums;
  }

 private:
  static std::size_t rounded_up(std::size_t count) {
    return (count + kChunk - 1) / kChunk * kChunk;
  }
  std::size_t place(int y, int x) const {
    const int part = y % op_.stride_y * op_.stride_x + x % op_.stride_x;
    return static_cast<std::size_t>(part) * part_ +
           static_cast<std::size_t>(y / op_.stride_y * columns_ + x / op_.stride_x);
  }
  void fill(const Tensor& input, int c) {
    const std::span<const float> plane = input.channel(c);
    for (int y = 0; y < input.shape.height; ++y) {
      for (int x = 0; x < input.shape.width; ++x) {
        const int to_y = y + op_.padding;
        const int to_x = x + op_.padding;
        if (to_y / op_.stride_y < rows_ && to_x / op_.stride_x < columns_) {
          values_[static_cast<std::size_t>(c) * channel_ + place(to_y, to_x)] =
              plane[static_cast<std::size_t>(y * input.shape.width + x)];
        }
      }
    }
  }

  const graph::Convolution& op_;
  int rows_;  ///< of a part
  int columns_;
  std::size_t sums_;     ///< of a filter
  std::size_t part_;     ///< floats of a part
  std::size_t channel_;  ///< floats of a channel's parts
  std::vector<float> values_;
  std::vector<std::size_t> taps_;
};

}  // namespace

Tensor convolve(const graph::Convolution& op, const Tensor& input, std::span<const float> kernel,
                graph::Shape output) {
  const Parts parts{op, input, output};
  const auto filters = static_cast<std::size_t>(op.filters);
  const auto groups = static_cast<std::size_t>(op.groups);
  const std::size_t per_filter = kernel.size() / filters;
  const std::size_t channels = static_cast<std::size_t>(input.shape.channels) / groups;
  Tensor result{output, std::vector<float>(static_cast<std::size_t>(output.elements()))};
  const auto columns = static_cast<std::size_t>(parts.columns());
  const auto width = static_cast<std::size_t>(output.width);
  for (std::size_t at = 0; at < parts.sums(); at += kChunk) {
    for (std::size_t f = 0; f < filters; ++f) {
      const auto sums = parts.sum(kernel.subspan(f * per_filter, per_filter),
                                  f / (filters / groups) * channels, at);
      const std::span<float> to = result.channel(static_cast<int>(f));
      for (std::size_t i = 0; i < kChunk; ++i) {
        const std::size_t row = (at + i) / columns;
        const std::size_t column = (at + i) % columns;
        if (column < width && row * width + column < to.size()) {
          to[row * width + column] = sums[i];
        }
      }
    }
  }
  return result;
}

}  // namespace yolofleet::generated
