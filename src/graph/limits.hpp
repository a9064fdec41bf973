#pragma once

#include <cstddef>
#include <cstdint>

/// Limits of a model; docs/limits.md has their messages, and the cost of the worst files. A model
/// over a limit is refused before its memory is taken: kTooLarge for the size of a file, a list or
/// the network, kMalformed for a number out of its range. The limits are several times what the
/// largest published Darknet detectors need (yolov4-p7 at 1536 x 1536 has 277 million parameters),
/// and small enough that no product of them overflows 64 bits. Other limits: the command's other
/// input in tools/yolofleet/input/read.hpp, pictures in yolofleet::DecodeLimits, engines of the
/// cache in backend/tensorrt/engine/file.hpp.
namespace yolofleet::graph::limits {

inline constexpr std::size_t kMaxCfgBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxDataBytes = std::size_t{1} << 20;  ///< of a .data file
inline constexpr std::size_t kMaxNamesBytes = std::size_t{1} << 24;
inline constexpr std::size_t kMaxOptions = 256;   ///< of one section of a cfg, of a .data file
inline constexpr std::size_t kMaxWarnings = 200;  ///< of a model; then one line says that it is cut

inline constexpr int kMaxLayers = 4096;
inline constexpr int kMaxInputSide = 16384;  ///< pixels
inline constexpr int kMaxChannels = 65536;
inline constexpr int kMaxSide = 65536;     ///< rows or columns of a layer's output
inline constexpr int kMaxKernel = 1023;    ///< size, padding and dilation of a kernel
inline constexpr int kMaxStride = 1023;    ///< also of an upsampling
inline constexpr int kMaxClasses = 65000;  ///< of a head
inline constexpr int kMaxAnchors = 1024;   ///< in a head's list
inline constexpr int kMaxHeads = 64;
inline constexpr std::size_t kMaxSources = 256;  ///< layers that one route or shortcut names

/// Floats of one layer's output: 1 GiB.
inline constexpr std::int64_t kMaxElements = std::int64_t{1} << 28;
/// Floats of all layers' outputs together: 32 GiB.
inline constexpr std::int64_t kMaxTotalElements = std::int64_t{1} << 33;
/// Floats in a weights file: 4 GiB.
inline constexpr std::int64_t kMaxParameters = std::int64_t{1} << 30;
/// Of the whole network, for one picture.
inline constexpr std::int64_t kMaxFlops = std::int64_t{1} << 50;

}  // namespace yolofleet::graph::limits
