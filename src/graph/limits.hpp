#pragma once

#include <cstddef>
#include <cstdint>

/// What a model may be at most. Anything over a limit is refused with kTooLarge before its memory
/// is taken. The limits are several times what the largest published Darknet detectors need
/// (yolov4-p7 at 1536 x 1536 has 277 million parameters), and small enough that no product of them
/// leaves 64 bits.
namespace yolofleet::graph::limits {

inline constexpr std::size_t kMaxCfgBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxNamesBytes = std::size_t{1} << 24;
inline constexpr std::size_t kMaxOptions = 256;  ///< of one section of a cfg

inline constexpr int kMaxLayers = 4096;
inline constexpr int kMaxInputSide = 16384;  ///< pixels
inline constexpr int kMaxChannels = 65536;
inline constexpr int kMaxSide = 65536;     ///< rows or columns of a layer's output
inline constexpr int kMaxKernel = 1023;    ///< size, padding and dilation of a kernel
inline constexpr int kMaxStride = 1023;    ///< also of an upsampling
inline constexpr int kMaxClasses = 65000;  ///< of a head
inline constexpr int kMaxAnchors = 1024;   ///< in a head's list

/// Floats of one layer's output: 1 GiB.
inline constexpr std::int64_t kMaxElements = std::int64_t{1} << 28;
/// Floats of all layers' outputs together: 32 GiB.
inline constexpr std::int64_t kMaxTotalElements = std::int64_t{1} << 33;
/// Floats in a weights file: 4 GiB.
inline constexpr std::int64_t kMaxParameters = std::int64_t{1} << 30;
/// Of the whole network, for one picture.
inline constexpr std::int64_t kMaxFlops = std::int64_t{1} << 50;

}  // namespace yolofleet::graph::limits
