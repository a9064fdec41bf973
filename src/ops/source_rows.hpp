#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include "ops/resize_taps.hpp"
#include "yolofleet/planes.hpp"

namespace yolofleet::ops {

/// Values from 0 to 1 at a row's taps, a row of Taps::size() floats for each channel, one after the
/// other: those at `first` and those at `second`.
struct TapValues {
  float* first = nullptr;
  float* second = nullptr;
};

/// Reads the rows of a picture at fixed columns, as the picture lies in memory.
class SourceRows {
 public:
  /// `columns`, positions in the rows of memory, must outlive this object.
  explicit SourceRows(const Taps& columns) : columns_(columns) {}
  SourceRows(const SourceRows&) = delete;
  SourceRows& operator=(const SourceRows&) = delete;
  virtual ~SourceRows() = default;

  /// The channels that it gives: 3 (R, G, B), or 1 if all are the same.
  virtual int channels() const noexcept = 0;
  virtual void read(int row, const TapValues& values) = 0;
  /// Reads both values of each tap and mixes them by its fraction: `out` has a row of Taps::size()
  /// floats for each channel.
  virtual void read_mixed(int row, float* out);

 protected:
  const Taps& columns() const noexcept { return columns_; }

 private:
  const Taps& columns_;
  std::vector<float> values_;  // of both taps, for `read_mixed`
};

/// The samples must outlive the reader, too. `channels`: of the network's input; for 1, colour
/// becomes grey.
std::unique_ptr<SourceRows> rows_of(const ImageView& picture, const Taps& columns, int channels);
std::unique_ptr<SourceRows> rows_of(const PlanesView& picture, const Taps& columns, int channels);

}  // namespace yolofleet::ops
