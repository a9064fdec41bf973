#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bench/measure.hpp"
#include "input/source.hpp"
#include "yolofleet/image.hpp"

namespace yolofleet::command {

/// How long `calibrate` measures each device, after a second in which it gets going.
inline constexpr double kCalibrationSeconds = 2;

/// Pictures to measure with: the first 32 files of the inputs that can be decoded, of the first 64
/// inputs and of 256 MiB in all. Of standard input and of pipes, which can be read once, none; with
/// no picture left, made-up frames. The inputs are rewound.
BenchPictures first_pictures(Inputs& inputs, const DecodeLimits& limits);

/// What calibration has to do with besides the devices.
struct CalibrationTalk {
  std::function<bool()> stop;                            ///< measure no more
  std::function<void(const std::string& device)> about;  ///< this one is about to be measured
};

/// Pictures a second of each of `devices_of(options)` alone, in their order, from pictures in
/// memory. Nothing for one that can't be opened or fails, if runs go on without it
/// (OnDeviceError::kContinue), and for those that a stop cut short or left out. Errors: those of
/// devices_of, and of bench_devices but for kCancelled.
Result<std::vector<std::optional<double>>> calibrate(const Model& model, const Options& options,
                                                     const BenchPictures& pictures,
                                                     const CalibrationTalk& talk);

}  // namespace yolofleet::command
